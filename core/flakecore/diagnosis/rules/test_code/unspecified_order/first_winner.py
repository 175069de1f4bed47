"""``test-itself``: a test that wants a certain one of its goroutines to be the first.

Reports a failed assertion whose value comes from a field that one place of the package sets, once:
in a ``sync.Once.Do``, behind a ``CompareAndSwap``, or where it is empty still, where that place is
come to by goroutines which the test, or what it calls, starts in a loop or in several ``go``
statements, and the message shows another text of the list in the test's source which that wanted
one is of. Which goroutine is first is up to the scheduler. It is inferred from the source. Silent
where the place is come to by one goroutine alone, or by one after the other, where the field is set
elsewhere as well, and where the source is not at hand.

Example: ``for _, id := range []string{"a-1", "a-2"} { go e.Campaign(id) }``, where Campaign sets
``e.leader`` in ``e.once.Do``, and ``if e.Leader() != "a-1"``.
Counterexample: the same with ``e.Campaign(id)``; the same where the message has ``a-9``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.loop_rounds import WAITS
from flakecore.diagnosis.rules.test_code.orders.reordered import named_after
from flakecore.diagnosis.rules.test_code.orders.sibling_values import siblings
from flakecore.diagnosis.rules.test_code.orders.started_literals import loop_of
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.variable_writers import (
    VariableWriter,
    read_variables,
    writers_of,
)

_EMPTY = ('== ""', "== nil", "== 0", "!")


def _find(failing: FailingSource) -> Iterator[Finding]:
    pair = siblings(failing)
    if pair is None:
        return
    read = {
        key
        for condition in failing.innermost
        for _, origin in failing.origins.of(failing.name, condition, fields=True)
        for key, _ in read_variables(failing.package, origin)
        if key[0].startswith(("type ", "package"))
    }
    writers = list(writers_of(failing.package, read))
    once = [each for each in writers if _is_once(each)]
    if len(once) != 1 or len(writers) != 1:
        return
    (writer,) = once
    start = _start(failing, writer)
    if start is None:
        return
    where, at = f"{writer.file}:{line_of(writer.node)}", f"{failing.name}:{line_of(start)}"
    name = " ".join(text_of(writer.node).split())
    _, who = named_after(failing.test_name, writer.node)
    depends = f"{failing.test_name} depends on which goroutine is first"
    yield assertion_finding(
        failing,
        (
            f"{depends}: {who} sets {name} but once ({where})",
            f"{depends} ({where})",
            f"The test depends on which goroutine is first ({where})",
        ),
        (
            f"the message shows {pair.found}, which {pair.wanted} stands beside in the source",
            f"{name} is set at {where}, and by the first alone",
            f"the goroutines are started at {at}",
        ),
        "want any one of them, or start the one that is to be first before all others",
        places=(
            failing.place(Role.WRITES, writer.node, writer.file),
            failing.place(Role.CREATED, start),
        ),
    )


def _is_once(writer: VariableWriter) -> bool:
    """Return whether a place changes a variable for the first that comes to it alone."""
    literal = enclosing(writer.node, *FUNCTIONS)
    call = enclosing(literal, "call_expression") if literal is not None else None
    if call is not None and literal is not None:
        is_given = literal.parent == call.child_by_field_name("arguments")
        if is_given and text_of(call.child_by_field_name("function")).endswith(".Do"):
            return True
    branch = enclosing(writer.node, "if_statement", *FUNCTIONS)
    if branch is None or branch.type != "if_statement":
        return False
    asked = text_of(branch.child_by_field_name("condition"))
    name = text_of(writer.node)
    return "CompareAndSwap(" in asked or any(f"{name} {each}" in asked for each in _EMPTY)


def _start(failing: FailingSource, writer: VariableWriter) -> Node | None:
    """Return the test's ``go`` statement in a loop, or the first of several, that leads there."""
    package = failing.package
    leading = package.calls.leading_to([(writer.file, writer.function)])
    starts = []
    for node in walk(failing.function):
        if node.type != "go_statement" or node.start_byte >= failing.call.start_byte:
            continue
        within = [each for each in walk(node) if each.type == "call_expression"]
        called = [
            (home, function.start_byte)
            for call in within
            for home, function in package.calls.called_by(failing.name, call) or ()
        ]
        if any(key in leading for key in called):
            starts.append(node)
    if len(starts) == 1:
        loop = loop_of(starts[0])
        is_free = loop is not None and not _waits(failing, starts[0], loop.end_byte)
        return starts[0] if is_free else None
    is_free = len(starts) > 1 and not _waits(failing, starts[0], starts[1].start_byte)
    return starts[0] if is_free else None


def _waits(failing: FailingSource, start: Node, until: int) -> bool:
    """Return whether the test waits between a ``go`` statement and a byte of its file."""
    return any(
        each.kind in WAITS
        and start.end_byte <= each.node.start_byte < until
        and enclosing(each.node, *FUNCTIONS) == enclosing(start, *FUNCTIONS)
        for each in failing.file.operations
    )


RULE = source_rule("first-winner", _find)
