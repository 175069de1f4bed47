"""A goroutine may come to what its functions do and have ahead, and to nothing else."""

from __future__ import annotations

from diagnosis.source.go_text import line_with, operation, package
from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.peers.goroutine_reach import GoroutineReach
from flakecore.diagnosis.waits.peers.wait_kinds import WAIT_KINDS
from flakecore.frames import HasFunction

TEXT = """
func produce(jobs chan int, rest func()) {
	rest() // before
	jobs <- 1 // send
	rest() // behind
}

func round(jobs chan int) {
	for range 3 {
		jobs <- 2 // again
	}
}

func consume(jobs, quit chan int) {
	select { // select
	case <-jobs:
	case <-quit:
	}
}
"""
PARSED = package(TEXT)


class OnePackage(GoFiles):
    """The files of one package, at hand without a case."""

    def package_of(self, frame: HasFunction) -> GoPackage | None:
        return PARSED if frame.file else None


def goroutine(function: str, part: str, blocked_on: BlockedOn = BlockedOn.SEND) -> GoroutineState:
    """Return a goroutine that stands in the line that holds a part."""
    frame = StackFrame(f"p.{function}", "/p/p.go", line_with(TEXT, part))
    return GoroutineState(9, 0, blocked_on, (frame,), "p", None, 0, 1, None)


def reach_of(state: GoroutineState) -> GoroutineReach:
    states = GoroutineStates({9: state}, 0, complete=True, is_exact=True, at_ns=0)
    return GoroutineReach(states, OnePackage(None))


def comes_to_send(part: str, blocked_on: BlockedOn) -> bool:
    """Return whether a goroutine in ``produce`` may come to its send."""
    send = operation(PARSED, OperationKind.SEND, "jobs")
    leading = PARSED.calls.leading_to([("p.go", send.function)])
    state = goroutine("produce", part, blocked_on)
    return reach_of(state).may_come(state, PARSED, leading, [send.node], {})


def test_who_stands_before_a_send_may_come_to_it_and_who_is_behind_it_may_not() -> None:
    assert comes_to_send("// before", BlockedOn.RECEIVE)
    assert not comes_to_send("// behind", BlockedOn.RECEIVE)


def test_what_is_waited_in_is_done_for_the_last_time_unless_a_loop_repeats_it() -> None:
    sends = [each for each in PARSED.files["p.go"].operations if each.kind is OperationKind.SEND]
    once, again = (each.node for each in sends)
    state = goroutine("produce", "// send")
    assert reach_of(state).is_done_now(state, once)
    assert not reach_of(state).is_done_now(state, again)
    repeated = goroutine("round", "// again")
    assert not reach_of(repeated).is_done_now(repeated, again)


def test_all_cases_of_a_select_are_waited_in() -> None:
    state = goroutine("consume", "// select", BlockedOn.SELECT)
    assert state.own is not None
    found = reach_of(state).waited_in(state.own, WAIT_KINDS[BlockedOn.SELECT])
    assert [each.object.text for each in found] == ["jobs", "quit"]
