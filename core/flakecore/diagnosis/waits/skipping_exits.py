"""Ways out of a function, or of one round of its loop, that leave an operation undone.

Where a wait has ended for none of the goroutines that could end it, and each of them is gone, one
of these was taken. That is a step of reasoning from the source: what a goroutine did is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.source.calls.call_sites import FunctionKey
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, nodes_of, text_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, is_deferred

_EXITS = {"return_statement": "return", "continue_statement": "continue"}
_RETURNS = frozenset(("return_statement",))
_DEFERS, _CALLS = frozenset(("defer_statement",)), frozenset(("call_expression",))
_BLOCKS = ("block", "communication_case", "expression_case", "type_case", "default_case")


@dataclass(frozen=True, slots=True)
class SkippingExit:
    """One way out that stands before an operation.

    Attributes:
        word: ``return`` or ``continue``.
        place: its file and line, for people.
        line: its line.
    """

    word: str
    place: str
    line: int


def skipping_exits(
    package: GoPackage,
    ends: Sequence[tuple[str, Operation]],
    leading: frozenset[FunctionKey],
    own: Sequence[Operation] = (),
) -> list[SkippingExit]:
    """Return the ways out that skip one of some operations on an object, in order.

    A way out behind another of the operations, or behind a call that may come to one, in a block
    around it, skips nothing, nor does one behind the very wait, or before the Add of what a Done
    counts down. Where the operations stand in several functions, which of them was to come is not
    known, and nothing is stated.

    Args:
        package: the package.
        ends: the operations, with the files that they stand in.
        leading: the functions that lead to one of them.
        own: the operations that are waited in.
    """
    found: dict[SkippingExit, None] = {}
    if len({(file, each.function.start_byte) for file, each in ends}) > 1:
        return []
    for file, end in ends:
        found |= dict.fromkeys(_skipped_starts(package, file, end))
        if end.deferred or is_deferred(end.function):
            continue
        counted = _counted_from(package, file, end)
        for node in _exits_before(end):
            waited = (each for each in own if each.function == end.function)
            if node.start_byte < counted or any(_is_done_before(node, each) for each in waited):
                continue
            done = any(_is_done_before(node, other) for home, other in ends if home == file)
            if not done and not _may_be_done_before(package, file, node, end, leading):
                line = line_of(node)
                found[SkippingExit(_EXITS[node.type], f"{file}:{line}", line)] = None
    return list(found)


def _skipped_starts(package: GoPackage, file: str, end: Operation) -> Iterator[SkippingExit]:
    """Yield the ways out between an Add and the start of the goroutine that calls Done."""
    function, statement = end.function, enclosing(end.node, "go_statement")
    call = function.parent
    if end.kind is not OperationKind.DONE or statement is None or call is None:
        return
    if call.parent != statement:
        return
    around = enclosing(statement, *FUNCTIONS)
    adds = [
        each.node.end_byte
        for home, each in package.uses.of(file, end)
        if home == file
        and each.kind is OperationKind.ADD
        and each.function == around
        and each.node.end_byte <= statement.start_byte
    ]
    if around is None or not adds:
        return
    for node in _exits_of(around, statement):
        if max(adds) <= node.start_byte:
            line = line_of(node)
            yield SkippingExit(_EXITS[node.type], f"{file}:{line}", line)


def loop_around(node: Node) -> Node | None:
    """Return the loop of the same function around a node, or that it ranges by; None for none."""
    loop = enclosing(node, "for_statement", *FUNCTIONS)
    return loop if loop is not None and loop.type == "for_statement" else None


def loop_ends(ends: Sequence[tuple[str, Operation]]) -> list[int]:
    """Return the lines of the returns that leave the loop in which the only end of a wait stands.

    Empty where it stands in none, or in a function that does so when it returns.
    """
    if len(ends) != 1 or ends[0][1].deferred or is_deferred(ends[0][1].function):
        return []
    end = ends[0][1]
    loop = loop_around(end.node)
    if loop is None:
        return []
    found = nodes_of(loop, _RETURNS)
    return sorted({line_of(each) for each in found if enclosing(each, *FUNCTIONS) == end.function})


def recover_place(ends: Sequence[tuple[str, Operation]]) -> str:
    """Return the place where a function recovers from panics that skip its only end; "" for none.

    Args:
        ends: what would end a wait, with the files that they stand in.
    """
    if len(ends) != 1 or ends[0][1].deferred or is_deferred(ends[0][1].function):
        return ""
    file, end = ends[0]
    for statement in nodes_of(end.function, _DEFERS):
        around = enclosing(statement, *FUNCTIONS)
        if around != end.function or statement.end_byte > end.node.start_byte:
            continue
        for call in nodes_of(statement, _CALLS):
            if text_of(call.child_by_field_name("function")) == "recover":
                return f"{file}:{line_of(call)}"
    return ""


def _counted_from(package: GoPackage, file: str, end: Operation) -> int:
    """Return the byte of the first Add in the function of a Done and before it; 0 for none."""
    if end.kind is not OperationKind.DONE:
        return 0
    return min(
        (
            each.node.start_byte
            for home, each in package.uses.of(file, end)
            if home == file
            and each.kind is OperationKind.ADD
            and each.function == end.function
            and each.node.end_byte <= end.node.start_byte
        ),
        default=0,
    )


def loop_that_waits(
    package: GoPackage, file: str, wait: Operation, ends: Sequence[tuple[str, Operation]]
) -> str:
    """Return the place of a loop that waits before it has started all whom Add has counted.

    Both the Wait and the ``go`` statements of who calls Done stand in it, and every Add before it;
    "" where that is not so.
    """
    loop = enclosing(wait.node, "for_statement", *FUNCTIONS)
    if loop is None or loop.type != "for_statement":
        return ""
    adds = [
        (home, each) for home, each in package.uses.of(file, wait) if each.kind is OperationKind.ADD
    ]
    outside = adds and all(
        home == file and each.function == wait.function and each.node.end_byte <= loop.start_byte
        for home, each in adds
    )
    started = ends and all(
        home == file and _is_started_in(each, loop, wait.node) for home, each in ends
    )
    return f"{file}:{line_of(loop)}" if outside and started else ""


def _is_started_in(end: Operation, loop: Node, before: Node) -> bool:
    """Return whether a goroutine that a loop starts before a node does an operation."""
    statement = enclosing(end.node, "go_statement")
    return (
        statement is not None
        and loop.start_byte <= statement.start_byte
        and statement.end_byte <= before.start_byte
    )


def left_select(
    state: GoroutineState, package: GoPackage, ends: Sequence[tuple[str, Operation]]
) -> tuple[str, str]:
    """Return the function and the place of the select that took another case than the only end.

    That is so where the waiter was started in the very function that comes to the select, before
    it, with no way out between. ``("", "")`` where it is not.
    """
    made = state.created_at
    stands = package.function_of(made) if made is not None else None
    if made is None or stands is None or len(ends) != 1:
        return "", ""
    file, end = ends[0]
    select = enclosing(end.node, "select_statement", *FUNCTIONS)
    if select is None or select.type != "select_statement" or not end.in_select:
        return "", ""
    cases = [each for each in select.named_children if each.type.endswith("_case")]
    start = next(iter(_starts_at(package, file, made.line)), None)
    if stands[0] != file or len(cases) < 2 or start is None:
        return "", ""
    function = enclosing(start, *FUNCTIONS)
    around = enclosing(select, *FUNCTIONS)
    straight = start.parent == select.parent and start.end_byte <= select.start_byte
    if function != around or not straight:
        return "", ""
    between = [node for node in _exits_before(end) if node.start_byte >= start.end_byte]
    declared = declared_around(end.function)
    if between or declared is None:
        return "", ""
    return text_of(declared.child_by_field_name("name")), f"{file}:{end.line}"


def _starts_at(package: GoPackage, file: str, line: int) -> Iterator[Node]:
    for call in package.files[file].calls_of:
        statement = call.parent
        if statement is not None and statement.type == "go_statement" and line_of(call) == line:
            yield statement


def _exits_before(end: Operation) -> Iterator[Node]:
    """Yield the ways out of an operation's own function, or round, that stand before it."""
    yield from _exits_of(end.function, end.node)


def _exits_of(function: Node, before: Node) -> Iterator[Node]:
    """Yield the ways out of a function, or round of a loop, that stand before a node of it."""
    stack = [function.child_by_field_name("body")]
    while stack:
        node = stack.pop()
        if node is None or node.type == "func_literal":
            continue
        is_before = node.end_byte <= before.start_byte
        if is_before and node.type in _EXITS and _leaves_undone(node, before):
            yield node
        stack.extend(reversed(node.children))


def _leaves_undone(node: Node, undone: Node) -> bool:
    """Return whether a way out leads past a node: a continue does so in a loop around it."""
    if node.type == "return_statement":
        return True
    loop = enclosing(node, "for_statement", *FUNCTIONS)
    labelled = bool(node.named_children)
    return (
        not labelled
        and loop is not None
        and loop.type == "for_statement"
        and loop.start_byte <= undone.start_byte < loop.end_byte
    )


def _is_done_before(node: Node, end: Operation) -> bool:
    """Return whether an operation stands before a way out and in a block around it.

    One in a deferred function is done where that is deferred.
    """
    done: Node | None = end.node
    if is_deferred(end.function):
        done = enclosing(end.function, "defer_statement")
    return done is not None and is_before_and_around(done, node)


def is_before_and_around(done: Node, node: Node) -> bool:
    """Return whether a node stands before another one, and in a block around it."""
    if done.end_byte > node.start_byte:
        return False
    block = enclosing(done, *_BLOCKS)
    return block is not None and block.start_byte <= node.start_byte < block.end_byte


def _may_be_done_before(
    package: GoPackage, file: str, node: Node, end: Operation, leading: frozenset[FunctionKey]
) -> bool:
    """Return whether a call before a way out, in a block around it, may come to an operation.

    A call of a function value may, where a function that leads to one is used as a value.
    """
    function = end.function
    loop = enclosing(node, "for_statement", *FUNCTIONS)
    first = function.start_byte
    if node.type == "continue_statement" and loop is not None:
        first = loop.start_byte
    for call in package.files[file].calls_of:
        inside = first <= call.start_byte < node.start_byte
        if not inside or enclosing(call, *FUNCTIONS) != function:
            continue
        if not is_before_and_around(call, node):
            continue
        called = package.calls.called_by(file, call)
        if called is None and package.calls.is_by_value(leading):
            return True
        if any((home, each.start_byte) in leading for home, each in called or ()):
            return True
    return False
