"""Goroutines that loop over the channel of a ticker which another one has stopped, by the source.

Stop closes no channel (``src/time/tick.go``), so the loop waits for good. The other one stands in a
function behind a ``Stop`` of a ticker of the same name, in a block around its line; where it may
have set the ticker anew, nothing is stated.
"""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.operations import ObjectName, OperationKind, object_name
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.source.types import PackageTypes
from flakecore.diagnosis.waits.blocked_on import BlockedOn


@dataclass(frozen=True, slots=True)
class StoppedTicker:
    """A ticker that is looped over and has been stopped.

    Attributes:
        text: the channel as the source has it: ``b.tick.C``.
        by: who stands behind the Stop.
        at: the function and the line of the Stop.
    """

    text: str
    by: GoroutineState
    at: StackFrame

    @property
    def claims(self) -> tuple[str, str]:
        """What has become of the ticker, the longer one first."""
        return (
            f"{self.by.name} has stopped its ticker ({self.at.place}), which does not close it",
            f"its ticker is stopped ({self.at.place})",
        )


def stopped_ticker(
    states: GoroutineStates, files: GoFiles, state: GoroutineState
) -> StoppedTicker | None:
    """Return the stopped ticker whose channel a goroutine loops over; None where there is none."""
    if state.blocked_on is not BlockedOn.RECEIVE or state.own is None or state.test < 0:
        return None
    ticker = _ticker(files, state.own)
    if ticker is None:
        return None
    others = [each for each in states if each.test == state.test and each is not state]
    if any(each.own is not None and _at(each.own) == _at(state.own) for each in others):
        return None  # Which of them has the ticker that was stopped is not known.
    seen: dict[tuple[str, str, int], StackFrame | None] = {}
    for other in others:
        for frame in other.frames:
            key = (frame.function, *_at(frame))
            if key not in seen:
                seen[key] = _stop(files, frame, ticker[1])
            if (at := seen[key]) is not None:
                return StoppedTicker(ticker[0], other, at)
    return None


def _at(frame: StackFrame) -> tuple[str, int]:
    return frame.file, frame.line


def _ticker(files: GoFiles, frame: StackFrame) -> tuple[str, ObjectName] | None:
    """Return what a frame loops over, ``b.tick.C``, and the name of the ticker; None for others."""
    found = files.operations_at(frame, frame.line, OperationKind.RANGE)
    file = files.file_of(frame)
    if len(found) != 1 or file is None:
        return None
    channel = found[0].node.child_by_field_name("right")
    if channel is None or channel.type != "selector_expression":
        return None
    through = channel.child_by_field_name("operand")
    if text_of(channel.child_by_field_name("field")) != "C":
        return None
    if file.types.type_of(through).lstrip("*") != "time.Ticker":
        return None
    name = object_name(through, found[0].function, file.types)
    return (text_of(channel), name) if name is not None else None


def _stop(files: GoFiles, frame: StackFrame, ticker: ObjectName) -> StackFrame | None:
    """Return where a function has stopped a ticker, its frame being behind that; None if not."""
    file, package = files.file_of(frame), files.package_of(frame)
    stands = package.function_of(frame) if package is not None else None
    if file is None or stands is None:
        return None
    calls = [
        (text_of(called.child_by_field_name("field")), call)
        for call in file.calls_of
        if line_of(call) < frame.line
        and (called := call.child_by_field_name("function")).type == "selector_expression"
        and enclosing(call, *FUNCTIONS) == stands[1]
        and _is_of(file.types, called.child_by_field_name("operand"), call, ticker)
    ]
    if any(name == "Reset" for name, _ in calls):
        return None
    stops = [call for name, call in calls if name == "Stop" and _is_passed(call, frame.line)]
    return StackFrame(frame.function, frame.file, line_of(stops[-1])) if stops else None


def _is_of(types: PackageTypes, operand: Node, call: Node, ticker: ObjectName) -> bool:
    function = enclosing(call, *FUNCTIONS)
    if function is None or operand.type not in ("identifier", "selector_expression"):
        return False
    name = object_name(operand, function, types)
    return name is not None and name.is_same(ticker)


def _is_passed(call: Node, line: int) -> bool:
    """Return whether a call is a statement of a block that reaches around a later line."""
    statement = call.parent
    block = statement.parent if statement is not None else None
    while block is not None and block.type == "statement_list":
        block = block.parent
    if statement is None or statement.type != "expression_statement" or block is None:
        return False
    return bool(block.start_point[0] < line <= block.end_point[0] + 1)
