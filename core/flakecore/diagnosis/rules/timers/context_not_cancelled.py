"""``context-not-cancelled``: a goroutine left waiting for a context that nobody can cancel.

Speaks of a goroutine of a test that is over, which waits in a receive from ``ctx.Done()``, where
the source has the context made by ``context.WithCancel`` of the background in the function that
started the goroutine, and has no use of its cancel function but to drop it. It is inferred from the
source, and stands beside the leak itself, which is seen. Silent where the cancel function is
called, deferred, kept or handed on anywhere, on contexts with a deadline, which end by themselves,
and where the source is not at hand.

Example: ``ctx, _ := context.WithCancel(context.Background()); go func() { <-ctx.Done() }()``.
Counterexample: the same with ``defer cancel()``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, walk
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.timeline import TestStatus

_MAKERS = ("context.WithCancel", "context.WithCancelCause")
_ROOTS = ("context.Background", "context.TODO")


def _find(question: Question) -> Iterator[Finding]:
    case = question.case
    for state in question.states:
        if state.test < 0 or state.own is None or state.created_at is None:
            continue
        test = case.tests[state.test]
        is_over = test.status is not TestStatus.UNFINISHED and test.end_ns < case.end_ns
        if not is_over or state.blocked_on is not BlockedOn.RECEIVE:
            continue
        made = _made(question, state)
        if made is None:
            continue
        file, line = made
        at = f"{file.rpartition('/')[2]}:{line}"
        waits = f"{state.name} waits for ctx.Done() at {state.own.place}"
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(
                f"{waits}: nobody keeps the cancel of {at}", f"{waits}: nobody keeps its cancel"
            ),
            certainty=Certainty.INFERRED,
            test=state.test,
            places=(state.place_of(Role.WAITS), Place(Role.CREATED, 0, "", file, line)),
            evidence=(
                state.evidence(),
                Evidence(f"the context is made at {at}, and its cancel used nowhere", None, 0),
            ),
            next="defer the cancel where the context is made",
        )


def _made(question: Question, state: GoroutineState) -> tuple[str, int] | None:
    """Return where the context was made that a goroutine waits for and nobody can cancel."""
    own, started = state.own, state.created_at
    if own is None or started is None:
        return None
    waits_in, package = question.files.file_of(own), question.files.package_of(started)
    stands = package.function_of(started) if package is not None else None
    if waits_in is None or package is None or stands is None:
        return None
    if not _receives_done(waits_in, own.line):
        return None
    name, function = stands
    function = declared_around(function) or function
    file = package.files[name]
    given = _names_at(file, started.line)
    for statement in walk(function):
        if statement.type != "short_var_declaration":
            continue
        left = statement.child_by_field_name("left").named_children
        right = statement.child_by_field_name("right").named_children
        if len(left) != 2 or len(right) != 1 or not _is_maker(file, right[0]):
            continue
        if text_of(left[0]) in given and _is_dropped(function, statement, text_of(left[1])):
            return started.file, line_of(statement)
    return None


def _receives_done(file: GoFile, line: int) -> bool:
    """Return whether a line receives from a ``Done()`` and from nothing else."""
    received = [
        node.child_by_field_name("operand")
        for node in walk(file.root)
        if node.type == "unary_expression" and line_of(node) == line and text_of(node)[:2] == "<-"
    ]
    return len(received) == 1 and text_of(received[0]).endswith(".Done()")


def _names_at(file: GoFile, line: int) -> set[str]:
    """Return the names that the ``go`` statements of a line mention, their literals' included."""
    return {
        text_of(node)
        for statement in walk(file.root)
        if statement.type == "go_statement" and line_of(statement) == line
        for node in walk(statement)
        if node.type == "identifier"
    }


def _is_maker(file: GoFile, call: Node) -> bool:
    if call.type != "call_expression" or file.library_function(call) not in _MAKERS:
        return False
    parents = call.child_by_field_name("arguments").named_children
    return (
        len(parents) == 1
        and parents[0].type == "call_expression"
        and file.library_function(parents[0]) in _ROOTS
    )


def _is_dropped(function: Node, statement: Node, cancel: str) -> bool:
    """Return whether a cancel function is used nowhere but on the right of ``_ =``."""
    for node in walk(function):
        inside = statement.start_byte <= node.start_byte < statement.end_byte
        if node.type != "identifier" or text_of(node) != cancel or inside:
            continue
        assigned = enclosing(node, "assignment_statement", *FUNCTIONS)
        if assigned is None or assigned.type != "assignment_statement":
            return False
        if text_of(assigned.child_by_field_name("left")) != "_":
            return False
    return True


RULE = Rule("context-not-cancelled", Needs.PASSED, _find)
