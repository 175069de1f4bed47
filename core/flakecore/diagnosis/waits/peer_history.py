"""Goroutines that could have ended a wait and have ended themselves, as a trace has them."""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.source.calls.call_sites import FunctionKey
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers
from flakecore.timeline import Case

_LOOKED_AT = 64
"""Goroutines of a test that are looked at, the last ones to end first."""


@dataclass(frozen=True, slots=True)
class EndedPeer:
    """A goroutine that was started to do what would end a wait, and has ended.

    Attributes:
        number: the goroutine's.
        ended_ns: when it ended, on the case's clock.
        started: the ``go`` statement.
    """

    number: int
    ended_ns: int
    started: StackFrame


def ended_peers(case: Case, peers: WaitPeers) -> tuple[EndedPeer, ...]:
    """Return who of the waiter's test was started in a way that leads to an end of the wait.

    The last one to end comes first. Empty without a trace.
    """
    schedule, test = case.schedule, peers.state.test
    if schedule is None or test < 0:
        return ()
    leading = _leading(peers)
    found = []
    for number in schedule.tree.ended_of_test(test, _LOOKED_AT):
        each = schedule.goroutine(number)
        if each is None or not each.creation_stack or each.ended_ns is None:
            continue
        made = each.creation_stack[0]
        frame = StackFrame(made.function, made.file, made.line)
        stands = peers.package.function_of(frame)
        if stands is None:
            continue
        if peers.package.calls.starts(stands[0], frame.line) & leading:
            found.append(EndedPeer(each.id, each.ended_ns, frame))
    return tuple(found)


def _leading(peers: WaitPeers) -> frozenset[FunctionKey]:
    """Return the functions that lead to an end of a wait: of a loop over a channel, to a close.

    Where nothing closes it, those that lead to a send count.
    """
    closes = [each for each in peers.ends if each[1].kind is OperationKind.CLOSE]
    if peers.own[0].kind is not OperationKind.RANGE or not closes:
        return peers.leading
    return peers.package.calls.leading_to((file, each.function) for file, each in closes)
