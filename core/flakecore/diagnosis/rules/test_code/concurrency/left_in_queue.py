"""``test-itself``: a worker that is stopped by one case of a select while work waits in another.

Where several cases of a select can go on, one of them is chosen at random (the Go language
specification, "Select statements"). Reports a failed assertion on what a loop changes in a case
that takes work from a buffered channel, where another case of its select leaves the loop, and the
test sends work and then closes or sends on the latter, by its own text or by methods that it calls,
with no wait between; the message has a smaller number than is wanted, or none. It is inferred from
the source. Silent where the loop goes on to take what is left, where the test waits in between, on
channels without a buffer, where the change stands in an ``if``, and where the source is not at
hand.

Example: ``for { select { case j := <-w.jobs: w.sum += j; case <-w.stop: return } }``, where the
test sends on ``w.jobs`` and closes ``w.stop``.
Counterexample: the same where the test waits for all jobs before it closes ``w.stop``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.reordered import named_after
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key
from flakecore.diagnosis.source.values.variable_writers import read_variables, writers_of

_WAITING = ("Wait", "Sleep", "Gosched")
_NUMBER = re.compile(r"(?<![\w.])-?\d{1,12}(?![\w.])")
_LOOKED_AT = 4_000


class _Select(NamedTuple):
    """A select in a loop.

    Attributes:
        file: the name of its file.
        node: it.
        takes: the case that takes work.
        work: what it receives from.
        leaves: what the case that leaves the loop receives from.
    """

    file: str
    node: Node
    takes: Node
    work: Node
    leaves: Node


def _find(failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble or not _has_less(failing):
        return
    types = failing.package.types
    read = {
        key
        for condition in failing.innermost
        for _, origin in failing.origins.of(failing.name, condition, fields=True)
        for key, _ in read_variables(failing.package, origin)
    }
    changed = [(each.file, each.node) for each in writers_of(failing.package, read)]
    found = [
        each
        for each in _selects(failing)
        if any(_is_taken(failing, each, *place) for place in changed)
    ]
    if len(found) != 1:
        return
    (select,) = found
    work, leaves = (variable_key(types, each) for each in (select.work, select.leaves))
    if work is None or leaves is None or not _is_buffered(failing, work):
        return
    sends = _done_by_test(failing, work, closes=False)
    ends = _done_by_test(failing, leaves, closes=True)
    if not sends or not ends or sends[-1][0].end_byte > ends[0][0].start_byte:
        return
    counted = [node for file, node in changed if _is_taken(failing, select, file, node)]
    if _wanted(failing) > len(sends) and all(map(_counts, counted)) and not _in_loop(sends):
        return  # it would be too few if all was taken
    if _waits_between(failing, sends[-1][0], ends[0][1], ends[0][0]):
        return
    where = f"{select.file}:{line_of(select.node)}"
    who, _ = named_after(failing.test_name, select.node)
    names = text_of(select.work), text_of(select.leaves)
    leaves_by = f"{who} may leave by {names[1]} while {names[0]} has work ({where})"
    (_, (end_file, end)), (_, (send_file, send)) = ends[0], sends[-1]
    yield assertion_finding(
        failing,
        (
            f"{failing.test_name} depends on which case a select takes: {leaves_by}",
            f"{failing.test_name}: {leaves_by}",
            leaves_by,
            f"A worker may leave while its queue has work ({where})",
        ),
        (
            f"what fails at {failing.at} is changed where {names[0]} is received from",
            f"the test sends on {names[0]}, and then ends {names[1]} without a wait between",
            "of cases that can go on, a select takes one at random",
        ),
        f"take what is left of {names[0]} before the loop is left, or close {names[0]} alone",
        places=(
            failing.place(Role.RECEIVES, select.node, select.file),
            failing.place(Role.SENDS, send, send_file),
            failing.place(Role.CLOSES, end, end_file),
        ),
    )


def _has_less(failing: FailingSource) -> bool:
    """Return whether a message has a smaller number than the constant that was wanted, or none."""
    wanted = [
        int(text_of(side), 0)
        for each in failing.comparisons
        for side in (each.left, each.right)
        if side.type == "int_literal"
    ]
    if len(wanted) != 1:
        return False
    found = [int(each) for each in _NUMBER.findall(failing.message[:_LOOKED_AT])]
    return not found or (min(found) < wanted[0] and max(found) <= wanted[0])


def _wanted(failing: FailingSource) -> int:
    """Return the constant that was wanted."""
    return next(
        int(text_of(side), 0)
        for each in failing.comparisons
        for side in (each.left, each.right)
        if side.type == "int_literal"
    )


def _counts(changed: Node) -> bool:
    """Return whether a change is one more for each that is taken: ``n++``, ``append(all, one)``."""
    around = enclosing(changed, "inc_statement", "assignment_statement", *FUNCTIONS)
    if around is None or around.type in FUNCTIONS:
        return False
    right = around.child_by_field_name("right")
    return around.type == "inc_statement" or text_of(right).startswith("append(")


def _in_loop(sends: list[tuple[Node, Origin]]) -> bool:
    loops = (enclosing(place, "for_statement", *FUNCTIONS) for place, _ in sends)
    return any(each is not None and each.type == "for_statement" for each in loops)


def _selects(failing: FailingSource) -> Iterator[_Select]:
    """Yield the selects in loops with one case that goes on and one that leaves the loop."""
    for file, parsed in failing.package.files.items():
        for operation in parsed.operations:
            if operation.kind is not OperationKind.RECEIVE or not operation.in_select:
                continue
            case = enclosing(operation.node, "communication_case", *FUNCTIONS)
            select = case.parent if case is not None else None
            if case is None or select is None or select.type != "select_statement":
                continue
            cases = [each for each in select.named_children if each.type != "comment"]
            loop = enclosing(select, "for_statement", *FUNCTIONS)
            if len(cases) != 2 or loop is None or loop.type != "for_statement" or case != cases[0]:
                continue
            for takes, leaves in (cases, cases[::-1]):
                work, end = _channel(takes), _channel(leaves)
                if work is None or end is None or not _only_leaves(leaves) or _leaves(takes):
                    continue
                yield _Select(file, select, takes, work, end)


def _is_taken(failing: FailingSource, select: _Select, file: str, node: Node) -> bool:
    """Return whether a place is in the case that takes work, or in a function that it calls."""
    branch = enclosing(node, "if_statement", *FUNCTIONS)
    if branch is not None and branch.type == "if_statement":
        return False
    if file == select.file and _within(node, select.takes):
        return True
    return any(
        home == file and _within(node, function)
        for call in walk(select.takes)
        if call.type == "call_expression"
        for home, function in failing.package.calls.called_by(select.file, call) or ()
    )


def _channel(case: Node) -> Node | None:
    communication = case.child_by_field_name("communication")
    for node in walk(communication) if communication is not None else ():
        if node.type == "unary_expression" and text_of(node).startswith("<-"):
            operand: Node | None = node.child_by_field_name("operand")
            return operand
    return None


def _leaves(case: Node) -> bool:
    return any(each.type == "return_statement" for each in walk(case))


def _only_leaves(case: Node) -> bool:
    """Return whether a case returns and does nothing that may take what is left."""
    return _leaves(case) and not any(
        each.type in ("for_statement", "select_statement", "call_expression") for each in walk(case)
    )


def _is_buffered(failing: FailingSource, channel: VariableKey) -> bool:
    """Return whether wherever a channel is made it is given a capacity, as far as the text shows.

    A literal without the names of its fields does not.
    """
    holder, name = channel[0].removeprefix("type "), channel[1].strip(".")
    made: list[Node] = []
    for file in failing.package.files.values():
        for each in file.named(holder) if channel[0].startswith("type ") else ():
            literal = each.parent
            body = literal.child_by_field_name("body") if literal is not None else None
            if literal is None or literal.type != "composite_literal" or body is None:
                continue
            given = [e for e in body.named_children if e.type != "comment"]
            if any(e.type != "keyed_element" for e in given):
                return False
            made += [e.named_children[-1] for e in given if text_of(e.named_children[0]) == name]
        for each in file.named(name):
            around = enclosing(each, "assignment_statement", "short_var_declaration", *FUNCTIONS)
            if around is None or around.type in FUNCTIONS:
                continue
            if _within(each, around.child_by_field_name("left")):
                made.append(around.child_by_field_name("right"))
    calls = [each for value in made for each in walk(value) if each.type == "call_expression"]
    return bool(calls) and all(
        text_of(each).startswith("make(chan")
        and len(each.child_by_field_name("arguments").named_children) == 2
        for each in calls
    )


def _done_by_test(
    failing: FailingSource, channel: VariableKey, *, closes: bool
) -> list[tuple[Node, Origin]]:
    """Return where the test sends on a channel, or else ends it, in the order of its text.

    Each with the place in the test: its own statement, or the call of what does so.
    """
    found: list[tuple[Node, Origin]] = []
    for node in walk(failing.function):
        if node.start_byte >= failing.call.start_byte:
            break
        if _is_done(failing, node, channel, closes=closes):
            found.append((node, (failing.name, node)))
        elif node.type == "call_expression":
            called = failing.package.calls.called_by(failing.name, node) or ()
            for home, function in called if len(called) == 1 else ():
                inner = (e for e in walk(function) if enclosing(e, *FUNCTIONS) == function)
                done = [e for e in inner if _is_done(failing, e, channel, closes=closes)]
                found += [(node, (home, each)) for each in done[:1]]
    return found


def _is_done(failing: FailingSource, node: Node, channel: VariableKey, *, closes: bool) -> bool:
    types = failing.package.types
    if node.type == "send_statement":
        return variable_key(types, node.child_by_field_name("channel")) == channel
    if not closes or node.type != "call_expression":
        return False
    given = node.child_by_field_name("arguments")
    is_close = text_of(node.child_by_field_name("function")) == "close"
    return (
        is_close and given is not None and variable_key(types, given.named_children[0]) == channel
    )


def _waits_between(failing: FailingSource, sends: Node, ends: Origin, by: Node) -> bool:
    """Return whether anything that may wait stands between where the test sends and ends.

    Args:
        failing: the call that failed.
        sends: where the test sends last.
        ends: where it ends the other channel, in a function that it calls perhaps.
        by: the place of that in the test.
    """
    file, end = ends
    spans = [(failing.name, failing.function, sends.end_byte, by.start_byte)]
    function = enclosing(end, *FUNCTIONS)
    if function is not None and end != by:
        spans.append((file, function, function.start_byte, end.start_byte))
    return any(
        start <= node.start_byte < stop and _may_wait(failing, home, node)
        for home, around, start, stop in spans
        for node in walk(around)
    )


def _may_wait(failing: FailingSource, file: str, node: Node) -> bool:
    if node.type in ("for_statement", "select_statement"):
        return True
    if node.type == "unary_expression":
        return text_of(node).startswith("<-")
    if node.type != "call_expression":
        return False
    is_own = bool(failing.package.calls.called_by(file, node))
    is_started = node.parent is not None and node.parent.type == "go_statement"
    name = text_of(node.child_by_field_name("function")).rpartition(".")[2]
    return (is_own and not is_started) or name in _WAITING


def _within(node: Node, around: Node | None) -> bool:
    return around is not None and bool(around.start_byte <= node.start_byte < around.end_byte)


RULE = source_rule("left-in-queue", _find)
