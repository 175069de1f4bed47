"""``deadline-missed``, of a test that polls: who was still at work when its patience ended.

Reports an assertion that fails in a loop which sleeps or waits for a ticker and asks for the time,
or behind one that is left early, by what a function returns from such a loop, or by ``Eventually``
of testify, in the test or in a helper of its package. The trace has the goroutine wait there, again
and again, and only one other of the test's goroutines that could go on at that moment, or some of
the same function: asleep, running, ready, in a system call or at the network. All others wait for
somebody. It is inferred, since what is polled for may come from elsewhere. Silent where several
could go on in different functions or none, where the loop sleeps once for each of some things, on
the clock of a bubble of testing/synctest, and without a trace or the source.

Example: ``for range 20 { if ready() { return }; time.Sleep(tick) }; t.Fatal("never ready")``.
Counterexample: ``for _, each := range all { send(each); time.Sleep(tick) }``, and then a check.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Certainty, Evidence, Finding
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.timers.at_work import at_work
from flakecore.diagnosis.rules.timers.polling_loops import PollingLoop, polling_loop
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.timeline import Interval, Lane, LaneKind
from flakecore.times import format_duration

_LOOKED_AT = 400
"""Intervals of the goroutine that polls, the last of which are looked at."""
_LEAST = 2
"""Waits in the loop from which on it polls."""
_NAMED = 3
"""Goroutines at work that are shown with their places."""


def _find(question: Question) -> Iterator[Finding]:
    failure, schedule = question.failure, question.case.schedule
    failing = question.failing
    if failure is None or schedule is None or failing is None or failure.test < 0:
        return
    loop = polling_loop(failing) if not failing.is_in_bubble and failing.goroutine > 0 else None
    if loop is None:
        return
    waits = _waits_in(question, failing, loop)
    others = at_work(question, failure.at_ns, (failing.goroutine,)) if len(waits) >= _LEAST else []
    are_alike = len({(each.place.file, each.place.line, each.doing) for each in others}) == 1
    if not others or (not are_alike and len({each.goroutine.function for each in others}) > 1):
        return
    other, who = others[0], names([each.goroutine.id for each in others])
    were = "was" if len(others) == 1 else "were"
    took = format_duration(failure.at_ns - waits[-1].start_ns)
    where, doing = other.where, f"{who} {were} still {other.doing}"
    if not are_alike:
        name = other.goroutine.function.rpartition("/")[2].partition(".")[2]
        where, doing = f" in {name}", f"{who} were still at work"
    gave_up = f"{failure.test_name} gave up after {took} ({failing.at})"
    polls_at = f"{loop.file}:{_line_in(waits[0], loop)}"
    yield Finding(
        rule="deadline-missed",
        claim=first_that_fits(
            f"{gave_up}; {doing}{where}",
            f"{gave_up}; {doing} ({other.at})" if are_alike else f"{gave_up}; {doing}",
            f"{gave_up}; {doing}",
            f"{doing}{where} when the test gave up",
            f"{doing} when the test gave up",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(failing.fails_at(), *(each.place for each in others[:_NAMED])),
        evidence=(
            Evidence(
                f"G{failing.goroutine} polls at {polls_at}: it waited there {len(waits)} times",
                waits[-1].start_ns,
                failing.goroutine,
            ),
            *(
                Evidence(
                    f"{each.name} was still {each.doing}{each.where}",
                    each.now.start_ns,
                    each.goroutine.id,
                )
                for each in others[:_NAMED]
            ),
            Evidence("no other goroutine of the test was at work then", None, 0),
        ),
        next="wait for the event itself, or poll as long as go test lets the test run",
        explains=frozenset((failing.goroutine, *(each.goroutine.id for each in others))),
    )


def _waits_in(question: Question, failing: FailingSource, loop: PollingLoop) -> list[Interval]:
    """Return the waits of the goroutine that failed within some lines, the last first."""
    schedule, lane = question.case.schedule, Lane(LaneKind.GOROUTINE, failing.goroutine)
    assert schedule is not None
    found: list[Interval] = []
    interval = schedule.at(lane, failing.at_ns)
    for _ in range(_LOOKED_AT):
        if interval is None:
            break
        if interval.state.waiting and interval.end_ns <= failing.at_ns:
            if _line_in(interval, loop):
                found.append(interval)
            elif found:
                break
        interval = schedule.before(lane, interval.start_ns)
    return found


def _line_in(interval: Interval, loop: PollingLoop) -> int:
    """Return the line of an interval's stack that lies within some lines; 0 for none."""
    file, first, last = loop
    for frame in interval.stack:
        if frame.file.rpartition("/")[2] == file and first <= frame.line <= last:
            return frame.line
    return 0


RULE = Rule("gave-up", Needs.TRACE | Needs.FAILURE, _find, ids=("deadline-missed",))
