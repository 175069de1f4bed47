"""Goroutines that had still to do what a test checks, by what a trace shows of both."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from diagnosis.failing_sources import AT_NS, FILE, GOROUTINE, function_of, question_of
from flakecore.diagnosis.rules.test_code.concurrency.lateness import (
    has_answered,
    has_run,
    is_late,
)
from flakecore.timeline import Goroutine, Interval, Lane, LaneKind, Schedule, State, Wake

OTHER = 8
"""The number of the goroutine that is asked about."""
CREATED_NS = 100

_TEXT = """import (
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

type box struct {
	in   chan int
	stop chan os.Signal
	n    int
}

func (b *box) plain()  { b.n++ }
func (b *box) takes()  { <-b.in; b.n++ }
func (b *box) ranges() { for range b.in { b.n++ } }
func (b *box) timed()  { <-time.After(time.Second); b.n++ }
func (b *box) stops()  { <-b.stop; b.n++ }
func (b *box) send()   { b.in <- 1 }

func TestX(t *testing.T) {
	b := &box{in: make(chan int, 1), stop: make(chan os.Signal, 1)}
	signal.Notify(b.stop, os.Interrupt)
	BEFORE
	if b.n != 1 {
		t.Fatal(b.n)
	}
}
"""
_SIGNAL = "syscall.Kill(os.Getpid(), syscall.SIGINT)"

Script = Sequence[tuple[int, State, int]]
"""Of each interval: its start in ns, its state, and which goroutine ended it; -1 for none."""
RUN, READY, RECEIVE, SLEEP = State.RUNNING, State.RUNNABLE, State.CHAN_RECEIVE, State.SLEEP
_NEW: Script = [(CREATED_NS, READY, -1)]
_RUNS: Script = [(CREATED_NS, READY, -1), (200, RUN, -1)]
_WAITS: Script = [*_RUNS, (300, RECEIVE, -1)]
_WOKEN: Script = [*_RUNS, (300, RECEIVE, GOROUTINE), (800, READY, -1)]
_THROUGH: Script = [(0, RUN, -1)]
_WAITED: Script = [(0, RUN, -1), (400, RECEIVE, OTHER), (700, RUN, -1)]
_WAITED_BEFORE: Script = [(0, RUN, -1), (20, RECEIVE, 1), (50, RUN, -1)]


class _Scripted(Schedule):
    """Answers what two goroutines were doing; the last interval of each goes on to the end."""

    def __init__(self, test: Script, other: Script, *, before_trace: bool) -> None:
        self._script = {
            GOROUTINE: _intervals(GOROUTINE, test, before_trace=False),
            OTHER: _intervals(OTHER, other, before_trace=before_trace),
        }

    def at(self, lane: Lane, time_ns: int) -> Interval | None:
        row = self._script[lane.id]
        return next((now for now in row if now.start_ns <= time_ns <= now.end_ns), None)

    def before(self, lane: Lane, time_ns: int) -> Interval | None:
        return next((e for e in reversed(self._script[lane.id]) if e.start_ns < time_ns), None)


def _intervals(number: int, script: Script, *, before_trace: bool) -> list[Interval]:
    ends = [*(start for start, _, _ in script[1:]), AT_NS]
    return [
        Interval(
            lane=Lane(LaneKind.GOROUTINE, number),
            start_ns=start,
            end_ns=end,
            state=state,
            reason="",
            stack=(),
            goroutine=-1,
            proc=-1,
            thread=-1,
            before_trace=before_trace,
            to_the_end=end == AT_NS,
            wake=Wake(end, waker, ()) if waker >= 0 else None,
        )
        for (start, state, waker), end in zip(script, ends, strict=True)
    ]


_GOROUTINE = Goroutine(
    *(OTHER, "example.com/p.(*box).plain", GOROUTINE, CREATED_NS, None, ()), test=0, system=False
)


def _is_late(
    method: str,
    other: Script,
    test: Script = _THROUGH,
    before: str = "",
    *,
    before_trace: bool = False,
) -> bool:
    schedule = _Scripted(test, other, before_trace=before_trace)
    question = question_of(_TEXT.replace("BEFORE", before), schedule=schedule)
    failing, now = question.failing, schedule.at(Lane(LaneKind.GOROUTINE, OTHER), AT_NS)
    assert failing is not None and now is not None
    starts = frozenset({(FILE, function_of(failing, method).start_byte)})
    return is_late(question, failing, _GOROUTINE, now, starts)


def test_one_that_has_not_run_is_late_if_the_trace_has_its_beginning() -> None:
    assert _is_late("plain", _NEW)
    assert _is_late("plain", _NEW, _WAITED)
    assert not _is_late("plain", _NEW, before_trace=True)


@pytest.mark.parametrize("state", [RUN, SLEEP, State.SYSCALL, State.NETWORK])
def test_one_at_work_is_late_if_the_test_waited_for_nothing_since(state: State) -> None:
    other = [*_RUNS, (300, state, -1)]
    assert _is_late("plain", other)
    assert _is_late("plain", other, _WAITED_BEFORE)
    assert not _is_late("plain", other, _WAITED)


def test_one_that_waits_for_another_is_not() -> None:
    assert not _is_late("plain", _WAITS)
    assert not _is_late("plain", [*_RUNS, (300, State.MUTEX, -1)])


@pytest.mark.parametrize("method", ["takes", "ranges"])
def test_one_that_receives_is_late_if_the_test_has_handed_it_something(method: str) -> None:
    assert _is_late(method, _WOKEN)
    assert _is_late(method, [*_WOKEN, (900, RUN, -1)])
    assert not _is_late(method, [*_RUNS, (300, RECEIVE, 1), (800, READY, -1)])
    assert not _is_late(method, [*_WOKEN, (850, RUN, -1), (900, RECEIVE, -1)])
    assert not _is_late(method, _WAITS)
    assert not _is_late(method, _RUNS)


@pytest.mark.parametrize("method", ["takes", "ranges"])
def test_one_that_receives_and_has_not_run_is_late_if_the_test_has_sent(method: str) -> None:
    assert _is_late(method, _NEW, before="b.in <- 1")
    assert _is_late(method, _NEW, before="b.send()")
    assert not _is_late(method, _NEW)
    assert not _is_late(method, _NEW, before="b.in <- 1", before_trace=True)
    assert not _is_late("stops", _NEW, before="b.in <- 1")


def test_a_channel_of_a_timer_hands_nothing_on() -> None:
    assert _is_late("timed", [*_RUNS, (300, SLEEP, -1)])
    assert not _is_late("timed", [*_RUNS, (300, SLEEP, -1)], _WAITED)


@pytest.mark.parametrize("other", [_NEW, _WAITS])
def test_one_that_takes_signals_is_late_until_the_one_of_the_test_has_woken_it(
    other: Script,
) -> None:
    assert _is_late("stops", other, before=_SIGNAL)
    assert not _is_late("takes", other, before=_SIGNAL)
    assert not _is_late("stops", other)
    woken = [*_RUNS, (300, RECEIVE, 1), (800, READY, -1), (900, RUN, -1)]
    assert not _is_late("stops", woken, before=_SIGNAL)


@pytest.mark.parametrize(("other", "ran"), [(_NEW, False), (_RUNS, True), (_WAITS, True)])
def test_what_is_before_the_interval_that_it_is_in_shows_that_it_ran(
    other: Script, *, ran: bool
) -> None:
    schedule = _Scripted(_THROUGH, other, before_trace=False)
    now = schedule.at(Lane(LaneKind.GOROUTINE, OTHER), AT_NS)
    assert now is not None
    assert has_run(question_of(_TEXT, schedule=schedule), _GOROUTINE, now) is ran


@pytest.mark.parametrize(
    ("test", "answered"), [(_WAITED, True), (_THROUGH, False), (_WAITED_BEFORE, False)]
)
def test_it_has_answered_where_it_ended_a_wait_of_the_test(test: Script, *, answered: bool) -> None:
    question = question_of(_TEXT, schedule=_Scripted(test, _RUNS, before_trace=False))
    assert question.failing is not None
    assert has_answered(question, question.failing, _GOROUTINE) is answered
