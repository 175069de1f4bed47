"""``test-itself``: an assertion on which of several goroutines fails first.

An ``errgroup.Group`` keeps the first error that one of its goroutines returns
(golang.org/x/sync/errgroup). Reports a failed assertion that asks which error it is, where that
comes from its ``Wait`` in exactly one function, which starts several goroutines by ``Go``, or one
in a loop. It is inferred from the source. Silent where the message states that there was no error,
on an assertion that asks only whether there is one, and where the source is not at hand.

Example: ``g.Go(toDisk); g.Go(toCloud); err := g.Wait()``, and ``errors.Is(err, ErrDisk)``.
Counterexample: a group of one goroutine; ``if err := g.Wait(); err == nil``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.orders.kept_first import kept_first
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk

_GROUP = "golang.org/x/sync/errgroup"
_NO_ERROR = ("<nil>", "(nil)", "got nil", "no error", "An error is expected")
_STARTS = ("Go", "TryGo")

_NEXT = "accept the error of any of them, or join all with errors.Join"


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    if any(e in failing.message for e in _NO_ERROR) or not _asks_which(failing):
        return
    waits = {
        (file, node.start_byte): (file, node)
        for condition in failing.innermost
        for file, node in _errors_in(failing, condition)
        if node.type == "call_expression" and _is_wait(failing, file, node)
    }
    depends = f"{failing.test_name} depends on which goroutine fails first"
    if not waits and _may_come(failing):
        yield from _of_own(question, failing, depends)
    if len(waits) != 1:
        return
    ((file, wait),) = waits.values()
    starts = list(_started(wait))
    if len(starts) < 2 and not any(map(_is_in_loop, starts)):
        return
    where = f"{file}:{line_of(wait)}"
    name = text_of(wait.child_by_field_name("function"))
    yield assertion_finding(
        failing,
        (
            f"{depends}: {name} gives its error alone ({where})",
            f"{depends} ({where})",
            f"The test depends on which goroutine fails first ({where})",
        ),
        (
            f"the error that is asked for at {failing.at} comes from {where}",
            "an errgroup keeps the first error, and drops the others",
        ),
        _NEXT,
        places=(
            failing.place(Role.WAITS, wait, file),
            *(failing.place(Role.CREATED, each, file) for each in starts),
        ),
    )


def _of_own(question: Question, failing: FailingSource, depends: str) -> Iterator[Finding]:
    """Yield the finding on the only function that keeps the first error of its goroutines."""
    kept = [
        each
        for file, function in checked_functions(failing)
        for each in kept_first(question, failing, file, function)
    ]
    if len(kept) != 1:
        return
    ((file, node, starts),) = kept
    where = f"{file}:{line_of(node)}"
    name, who = named_after(failing.test_name, node)
    yield assertion_finding(
        failing,
        (
            f"{depends}: {who} keeps the first error alone ({where})",
            f"{depends} ({where})",
            f"The test depends on which goroutine fails first ({where})",
        ),
        (
            f"the error that is asked for at {failing.at} comes from {where}",
            f"{name} keeps the first error that its goroutines come to, and drops the others",
        ),
        _NEXT,
        places=(
            failing.place(Role.READS, node, file),
            *(failing.place(Role.CREATED, each, file) for each in starts[:3]),
        ),
    )


def _asks_which(failing: FailingSource) -> bool:
    """Return whether the failing line asks which error it is, and not only whether there is one."""
    if any("nil" in (text_of(e.left), text_of(e.right)) for e in failing.comparisons):
        return False
    called = text_of(failing.call.child_by_field_name("function")).rpartition(".")[2]
    return called.rstrip("f") not in ("NoError", "Error", "Nil", "NotNil") or not failing.asserted


def _may_come(failing: FailingSource) -> bool:
    """Return whether the test hands on what makes the error that it wants, as far as it is named.

    One that no task of the test returns is never the first.
    """
    wanted = {
        text_of(node)
        for condition in failing.innermost
        for node in walk(condition)
        if node.type == "identifier" and failing.package.types.is_variable(node)
    }
    if not wanted:
        return True
    named = {text_of(each) for each in walk(failing.function) if each.type == "identifier"}
    places = [failing.function] + [
        function
        for file in failing.package.files.values()
        for function in file.functions
        if text_of(function.child_by_field_name("name")) in named
    ]
    asks = [(each.start_byte, each.end_byte) for each in (*failing.innermost, failing.call)]
    return any(
        text_of(node) in wanted
        for place in places
        for node in walk(place)
        if node.type == "identifier"
        and not (
            place == failing.function and any(start <= node.start_byte < end for start, end in asks)
        )
    )


def _errors_in(failing: FailingSource, condition: Node) -> Iterator[tuple[str, Node]]:
    """Yield what a condition comes from; the text of an error comes from the error."""
    for file, node in failing.origins.of(failing.name, condition):
        yield file, node
        called = node.child_by_field_name("function") if node.type == "call_expression" else None
        if called is None or called.type != "selector_expression":
            continue
        if text_of(called.child_by_field_name("field")) == "Error":
            yield from failing.origins.of(file, called.child_by_field_name("operand"))


def _is_wait(failing: FailingSource, file: str, call: Node) -> bool:
    called = call.child_by_field_name("function")
    if called is None or called.type != "selector_expression":
        return False
    if text_of(called.child_by_field_name("field")) != "Wait":
        return False
    names = [n for n, path in failing.package.files[file].imports.items() if path == _GROUP]
    group = called.child_by_field_name("operand")
    kind = failing.package.types.type_of(group).lstrip("*")
    made = failing.origins.assigned(group) if group.type == "identifier" else []
    return kind in {f"{name}.Group" for name in names} or any(
        failing.library_function(each, file) == f"{_GROUP}.WithContext"
        for each in made
        if each.type == "call_expression"
    )


def _started(wait: Node) -> Iterator[Node]:
    """Yield the calls of ``Go`` of the same group in the function that waits for it."""
    group = text_of(wait.child_by_field_name("function").child_by_field_name("operand"))
    function = enclosing(wait, *FUNCTIONS)
    for node in walk(function) if function is not None else ():
        if node.type == "call_expression" and enclosing(node, *FUNCTIONS) == function:
            called = text_of(node.child_by_field_name("function"))
            if called in [f"{group}.{each}" for each in _STARTS]:
                yield node


def _is_in_loop(node: Node) -> bool:
    around = enclosing(node, "for_statement", *FUNCTIONS)
    return around is not None and bool(around.type == "for_statement")


RULE = assertion_rule("first-error", _find)
