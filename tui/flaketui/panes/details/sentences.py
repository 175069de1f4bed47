"""Sentences that describe intervals, goroutines, failures, tests and output lines."""

from __future__ import annotations

from flakecore.timeline import (
    Case,
    Failure,
    Goroutine,
    Interval,
    LaneKind,
    OutputLine,
    State,
    TestSpan,
    TestStatus,
    TimeSource,
)
from flakecore.times import format_duration
from flaketui.drawing.labels import moment_label

_STATE_VERBS = {
    State.RUNNING: "runs",
    State.RUNNABLE: "is ready and waits for a proc",
    State.SYSCALL: "is in a system call",
    State.CHAN_SEND: "waits to send on a channel",
    State.CHAN_RECEIVE: "waits to receive from a channel",
    State.SELECT: "waits in a select",
    State.MUTEX: "waits for a mutex",
    State.COND: "waits on a condition variable",
    State.WAIT_GROUP: "waits for a wait group",
    State.NETWORK: "waits for the network",
    State.SLEEP: "sleeps",
    State.GC: "waits for the garbage collector",
    State.FOREVER: "is blocked for ever by construction",
    State.SYSTEM: "waits for work as one of the runtime's own",
    State.COROUTINE: "waits to be switched back to",
    State.OTHER_WAIT: "waits",
    State.IDLE: "is idle",
}


def interval_sentence(now: Interval, *, recorded: bool = True) -> str:
    """Return what a lane does, since when, for how long, and what ended it.

    Args:
        now: what it does at a moment.
        recorded: whether the trace covers that moment.
    """
    if now.state is State.ABSENT and not recorded:
        return f"What {now.lane} does at this moment is not recorded."
    if now.state is State.ABSENT:
        return f"{now.lane} does not exist at this moment."
    verb = _STATE_VERBS[now.state]
    if now.lane.kind is LaneKind.PROC and now.goroutine >= 0:
        verb = f"runs G{now.goroutine}"
    elif now.lane.kind is LaneKind.THREAD and now.proc >= 0:
        verb = f"runs P{now.proc}"
    elif now.state is State.RUNNING and now.proc >= 0:
        verb = f"runs on P{now.proc}"
    since = (
        "since before the trace began"
        if now.before_trace
        else f"since {moment_label(now.start_ns)}"
    )
    span = f", for {format_duration(now.duration_ns)}"
    if now.wake is not None:
        waker = f"G{now.wake.goroutine}" if now.wake.goroutine > 0 else "the runtime (no goroutine)"
        end = f", until {waker} ended the wait at {moment_label(now.wake.time_ns)}"
    elif now.to_the_end:
        stopped = "this stretch of the trace" if now.cut else "the trace"
        end = f", and nothing ended it before {stopped} stopped" if now.state.waiting else ""
    else:
        end = ""
    return f"{now.lane} {verb} {since}{span}{end}."


def goroutine_sentence(goroutine: Goroutine, case: Case) -> str:
    """Return a goroutine's function, test, creator and lifetime."""
    parts = [f"G{goroutine.id} is {goroutine.short_function or 'a goroutine of unknown function'}"]
    if goroutine.test >= 0:
        parts.append(f"of {case.tests[goroutine.test].name}")
    made = f"created by G{goroutine.creator}" if goroutine.creator > 0 else "created"
    ended = goroutine.ended_ns
    at_the_end = "still there at the end"
    if case.trace is not None and case.trace.starts_late:
        at_the_end = "not seen to end"
    life = f"ended at {moment_label(ended)}" if ended is not None else at_the_end
    moment = moment_label(goroutine.created_ns)
    made = f"there before {moment}" if goroutine.there_before else f"{made} at {moment}"
    return f"{' '.join(parts)}; {made}, {life}."


def failure_headline(failure: Failure, case: Case) -> str:
    """Return a failure's kind, and how long after its test began it happened."""
    if failure.test < 0:
        if not case.timed:
            return str(failure.kind)
        return f"{failure.kind} at {moment_label(failure.at_ns)}"
    if not case.tests[failure.test].timed:
        return str(failure.kind)
    after = failure.at_ns - case.tests[failure.test].start_ns
    return f"{failure.kind} after {format_duration(after)}"


def test_sentence(test: TestSpan) -> str:
    """Return a test's outcome, and when it ran."""
    outcome = {
        TestStatus.PASS: "passed",
        TestStatus.FAIL: "failed",
        TestStatus.SKIP: "was skipped",
        TestStatus.UNFINISHED: "never finished",
    }[test.status]
    if not test.timed:
        length = f" after {format_duration(test.duration_ns)}" if test.has_duration else ""
        return f"{test.name} {outcome}{length}; nothing tells when it ran."
    words = f"{test.name} {outcome}: {moment_label(test.start_ns)} to {moment_label(test.end_ns)}"
    paused = sum(end - start for start, end in test.waits)
    pause = f", {format_duration(paused)} of it paused for other tests" if paused else ""
    return f"{words} ({format_duration(test.duration_ns)}{pause})."


def line_sentence(line: OutputLine, case: Case) -> str:
    """Return which goroutine printed a line, when, and how that is known."""
    who = f"G{line.goroutine}" if line.goroutine > 0 else "an unknown goroutine"
    error = f" ±{format_duration(line.error_ns)}" if line.error_ns else ""
    how = {
        TimeSource.EXACT: "paired with the write that printed it",
        TimeSource.BOUNDED: "placed between two lines whose writes are known",
        TimeSource.STAMPED: "stamped when go test read it",
        TimeSource.UNKNOWN: "no time of its own; placed after the line before it",
    }[line.time_source]
    at = f" at {moment_label(line.time_ns)}{error} ({how})" if case.timed else ""
    words = f"Printed by {who}{at}."
    words += "" if case.timed else " Nothing tells when."
    if line.reported_test >= 0 and line.reported_test != line.test:
        reported = case.tests[line.reported_test].name
        true = case.tests[line.test].name if line.test >= 0 else "no test"
        words += f" go test gave it to {reported}; it is of {true}."
    return words
