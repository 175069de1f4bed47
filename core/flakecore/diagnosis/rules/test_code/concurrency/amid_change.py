"""Goroutines that stood before the place at which they change a variable, by their stacks."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin
from flakecore.diagnosis.source.values.variable_writers import VariableWriter
from flakecore.frames import is_own
from flakecore.timeline import Frame, Interval, State

_STANDS = (State.SLEEP, State.SYSCALL, State.NETWORK)
"""States that end by themselves, in which the stack shows where a goroutine stands."""
_MAY_BE_PASSED = ("if_statement", "communication_case", "expression_case", "for_statement")


def change_to_come(
    package: GoPackage, writers: Sequence[VariableWriter], now: Interval, own_package: str
) -> tuple[Frame, VariableWriter] | None:
    """Return where a goroutine stood, and what it was still to change; None where that is unknown.

    It can go on by itself, it is in a function that changes the variable or calls one that does,
    and the change comes behind the statement that it is in, or is deferred. The next round of a
    loop does not count.

    Args:
        package: whose functions change the variable.
        writers: where they do.
        now: what the goroutine was doing.
        own_package: the path of the test's package.
    """
    if now.state not in _STANDS:
        return None
    for frame in now.stack:
        stands = package.function_of(frame) if is_own(frame, own_package) else None
        if stands is None:
            continue
        found = _to_come(package, writers, stands, frame)
        if found is not None:
            return frame, found
    return None


def _to_come(
    package: GoPackage, writers: Sequence[VariableWriter], stands: Origin, frame: Frame
) -> VariableWriter | None:
    """Return the change that comes behind a frame in its function, or in what that calls then."""
    file, function = stands
    for writer in writers:
        if (writer.file, writer.function) == stands and _is_behind(writer.node, function, frame):
            return writer
        for home, call in package.calls.calls_of((writer.file, writer.function.start_byte)):
            is_here = home == file and enclosing(call, *FUNCTIONS) == function
            if is_here and _is_behind(call, function, frame):
                return writer
    return None


def _is_behind(node: Node, function: Node, frame: Frame) -> bool:
    """Return whether a function comes to a node from a line on, whatever else it does."""
    around = node.parent
    while around is not None and around != function:
        if around.type == "defer_statement":
            return bool(line_of(around) < frame.line)
        if _is_periodic(around):
            return False
        is_within = line_of(around) < frame.line <= last_line_of(around)
        if around.type in _MAY_BE_PASSED and not is_within:
            return False
        around = around.parent
    returns = (each for each in walk(function) if each.type == "return_statement")
    return line_of(node) > frame.line and not any(
        frame.line <= line_of(each) < line_of(node) for each in returns
    )


def _is_periodic(node: Node) -> bool:
    """Return whether a node is a loop without an end that nobody hands anything to."""
    if node.type != "for_statement":
        return False
    is_endless = all(each.type in ("block", "comment") for each in node.named_children)
    return is_endless and "<-" not in text_of(node)
