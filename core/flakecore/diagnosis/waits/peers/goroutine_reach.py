"""Whether a goroutine may yet come to an operation, by the frames of its stack and the source.

It may where a frame stands in a function that does it, or that leads to it by calls
(``source.call_graph``), and has it still ahead.
"""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.source.calls.call_sites import FunctionKey
from flakecore.diagnosis.source.calls.control_flow import is_in_loop_of
from flakecore.diagnosis.source.go_file import short_name
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.peers.wait_kinds import SELECTS, WAIT_KINDS, WaitKind
from flakecore.frames import is_own, is_wrapper

_HARNESS = ("testing.", "runtime.", "runtime/pprof.", "runtime/trace.", "os/signal.")
"""Packages whose goroutines call nothing of the package under test but its tests: those of the
profile and of the trace that a run writes go to files."""
Standing = tuple[str, str, int, str]
"""Where a frame stands: function, file and line, and which function it has called there."""


class GoroutineReach:
    """Which operations the goroutines of a moment may come to."""

    def __init__(self, states: GoroutineStates, files: GoFiles) -> None:
        """Take what the goroutines do, and the files of their stacks."""
        self._states = states
        self._files = files

    def waited_in(self, frame: StackFrame, kind: WaitKind) -> tuple[Operation, ...]:
        """Return the operations that a frame waits in; empty where they are not all known."""
        file = self._files.file_of(frame)
        if file is None:
            return ()
        if kind is not SELECTS:
            found = file.at(frame.line, *kind.own) or file.deferred_to(frame.line, *kind.own)
            return (found[0],) if len(found) == 1 else ()
        select = file.select_at(frame.line)
        return file.cases_of(select) if select is not None else ()

    def may_come(
        self,
        state: GoroutineState,
        package: GoPackage,
        leading: frozenset[FunctionKey],
        ends: Sequence[Node],
        memory: dict[Standing, bool],
    ) -> bool:
        """Return whether a goroutine may yet come to one of some operations.

        Args:
            state: the goroutine.
            package: the package of the operations.
            leading: the functions that lead to one of them.
            ends: the operations.
            memory: answers by where a frame stands, the same for all goroutines that are asked
                about the same operations; filled here.
        """
        stale = self._states.is_stale(state)
        for depth, frame in enumerate(state.frames):
            if is_wrapper(frame.function):
                continue
            inner = short_name(state.frames[depth - 1].function) if depth else ""
            ranging = frame == state.own and self._ranges(state, frame)
            line = 0 if stale else frame.line
            key = (frame.function, frame.file, line, f"range {inner}" if ranging else inner)
            if key not in memory:
                stands = package.function_of(frame)
                unclear = stands is None and package.has(frame)  # It may be anywhere in there.
                memory[key] = unclear or (
                    stands is not None
                    and package.calls.may_reach(
                        *stands, line, inner, leading, ends, ranging=ranging
                    )
                )
            if memory[key]:
                return True
        return False

    def is_done_now(self, state: GoroutineState, end: Node) -> bool:
        """Return whether a goroutine waits in an end, for the only time: another object than this.

        Who sends on a channel and who receives from it would have met.
        """
        kind, frame = WAIT_KINDS.get(state.blocked_on), state.own
        if kind is None or frame is None or line_of(end) != frame.line:
            return False
        function = enclosing(end, *FUNCTIONS)
        own = self.waited_in(frame, kind) if function is not None else ()
        if function is None or not any(each.node == end for each in own):
            return False
        return not is_in_loop_of(end, function, frame.line)

    def _ranges(self, state: GoroutineState, frame: StackFrame) -> bool:
        """Return whether a goroutine waits for the next value of a channel that it ranges over."""
        return state.blocked_on is BlockedOn.RECEIVE and bool(
            self._files.operations_at(frame, frame.line, OperationKind.RANGE)
        )

    def has_ahead(
        self, state: GoroutineState, package: GoPackage, ends: Sequence[tuple[str, Operation]]
    ) -> bool:
        """Return whether a goroutine has one of some operations ahead, in a later statement."""
        nodes = [each.node for _, each in ends]
        functions = ((file, each.function) for file, each in ends)
        leading = package.calls.leading_to(functions, started=False)
        return any(
            (stands := package.function_of(frame)) is not None
            and package.calls.comes_to(*stands, frame.line, leading, nodes)
            for frame in state.frames
            if not is_wrapper(frame.function)
        )

    def is_called_from_outside(self, package: GoPackage, leading: frozenset[FunctionKey]) -> bool:
        """Return whether a goroutine of other packages may call a method that leads to an end."""
        if not package.calls.has_exported_method(leading):
            return False
        return any(
            not any(is_own(frame) or frame.function.startswith(_HARNESS) for frame in state.frames)
            for state in self._states
            if state.frames
        )
