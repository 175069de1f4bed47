"""Who is in the function that a sync.Once runs, and in the Do of which.

A goroutine that waits for a Once has ``doSlow`` on its stack, and behind it the Once's own lock
(``src/sync/once.go``). Who runs the function has it there too, and that function behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind

DO_SLOW = "sync.(*Once).doSlow"
"""The frame whose first argument is the Once."""
_IN_SYNC = "sync."


@dataclass(frozen=True)
class OnceCall:
    """A goroutine that is in the function of a Once.

    Attributes:
        state: the goroutine.
        frame: the frame that called Do.
        depth: the frame's place in the stack.
        do: the call of Do in the source.
        once: address of the Once; 0 if unknown.
    """

    state: GoroutineState
    frame: StackFrame
    depth: int
    do: Operation
    once: int


def once_calls(states: GoroutineStates, files: GoFiles) -> Iterator[OnceCall]:
    """Yield who is in the function of a Once, where the source has the call."""
    for state in states:
        for depth, frame in enumerate(state.frames):
            if frame.function != DO_SLOW or not depth:
                continue
            if state.frames[depth - 1].function.startswith(_IN_SYNC):
                continue
            found = _caller(state, depth)
            if found is None:
                continue
            at, caller = found
            calls = files.operations_at(caller, caller.line, OperationKind.DO)
            if len(calls) == 1:
                once = frame.arguments[0] if frame.arguments else 0
                yield OnceCall(state, caller, at, calls[0], once)


def _caller(state: GoroutineState, depth: int) -> tuple[int, StackFrame] | None:
    """Return the first frame beyond package sync, from one on, with its place in the stack."""
    return next(
        (
            (at, frame)
            for at, frame in enumerate(state.frames[depth:], depth)
            if not frame.function.startswith(_IN_SYNC)
        ),
        None,
    )
