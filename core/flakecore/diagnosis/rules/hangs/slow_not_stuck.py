"""``slow-not-stuck``: a test that ran out of time while a goroutine of its own was running.

Reports a timeout where a goroutine of the test was running or ready to run when the time was up
and none of the test's goroutines is stuck for good. With a trace it states the share of the test's
time in which it ran. Silent where all of the test's goroutines wait.

That it is only slow is stated where the source has every loop that it is in come to an end; a loop
without a way out, and one that only asks for a value, are reported as such, with what sets the
value. Of all others that is unknown, and they are still running.

Example: a loop over a million entries under a limit of one second.
Counterexample: a deadlock beside a goroutine that polls once a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.values.asked_values import asked_value, setters_of
from flakecore.diagnosis.source.values.busy_loops import (
    Loop,
    asked_for,
    has_no_way_out,
    is_bounded,
    loops_at,
)
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.timeline import FailureKind, Lane, LaneKind, State, TestSpan
from flakecore.times import format_duration

_LOOK_BACK_NS = 60_000_000_000
"""How much of the trace before the timeout is looked at. Chosen."""
MOSTLY = 0.5
"""Share of the time looked at from which on a goroutine counts as running through it."""
_SETTERS = 3
"""Lines that set what a loop waits for and that are named."""
_WAITS = ("time.Sleep", "sync.runtime_", "internal/poll.runtime_poll", "runtime.gopark")
"""How functions begin in which a goroutine gives up its proc to wait."""
_SYNCHRONISE = "set it by package sync/atomic or under a lock: the compiler may read {} but once"
"""https://go.dev/ref/mem, on busy waiting for a value without synchronisation."""


@dataclass(frozen=True)
class _Reason:
    """Why a goroutine runs on, as the source shows.

    Attributes:
        kind: how the claim begins.
        words: what the goroutine does, the longest first.
        places: what it names besides.
        evidence: what it rests on.
        next: what to do about it.
    """

    kind: str
    words: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    next: str = ""


_UNKNOWN = _Reason("Still running", next="a longer -timeout shows whether it comes to an end")


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.TIMEOUT:
        return
    for state in question.states.of_test():
        if state.blocked_on not in (BlockedOn.RUNNING, BlockedOn.RUNNABLE):
            continue
        ran, ready, window = _shares(question, state)
        if not window and _has_just_been_woken(state):
            continue
        if (window and ran + ready < MOSTLY) or not (window or state.at()):
            continue
        reason = _reason(question, state)
        yield Finding(
            rule=RULE.id,
            claim=_claim(state, reason, ran, ready, window),
            certainty=Certainty.INFERRED if reason.evidence else Certainty.SEEN,
            test=state.test,
            places=(state.place_of(Role.RUNS), *reason.places),
            evidence=(
                state.evidence(),
                *([Evidence(_ran(state, ran, ready, window), None, state.number)] * bool(window)),
                *reason.evidence,
            ),
            next=reason.next,
            explains=question.waits.behind(frozenset((state.number,))),
        )
        return


def is_reported(question: Question) -> bool:
    """Return whether one goroutine ran through most of the time, and is reported."""
    return next(_find(question), None) is not None


def time_looked_at(question: Question, test: TestSpan) -> tuple[int, int]:
    """Return the time before a timeout in which shares are taken, as far as the trace has it, ns.

    Its end is not behind its beginning where the trace has none of it.
    """
    schedule = question.case.schedule
    assert schedule is not None
    until = min(question.states.at_ns, schedule.end_ns)
    return max(test.start_ns, until - _LOOK_BACK_NS, schedule.recorded_since(until)), until


def goes_round_for_ever(question: Question) -> bool:
    """Return whether a goroutine of the test is in a loop that runs until somebody else ends it."""
    running = (BlockedOn.RUNNING, BlockedOn.RUNNABLE)
    states = (each for each in question.states.of_test() if each.blocked_on in running)
    return any(_reason(question, each).places for each in states)


def _has_just_been_woken(state: GoroutineState) -> bool:
    """Whether a dump shows a goroutine in a call that waits, though it is ready: it ran little."""
    innermost = state.frames[0].function if state.frames else ""
    return state.blocked_on is BlockedOn.RUNNABLE and innermost.startswith(_WAITS)


def _claim(state: GoroutineState, reason: _Reason, ran: float, ready: float, window: int) -> str:
    where, kind = state.at(), reason.kind
    begin = f"{kind}: {state.name} was {state.blocked_on.value}"
    if window:
        begin = f"{kind}: {_ran(state, ran, ready, window)}"
    if not reason.words:
        return first_that_fits(f"{begin}{where} when the time was up", f"{begin}{where}", begin)
    best, *less = reason.words
    return first_that_fits(
        f"{begin}{where}; it {best}",
        f"{begin}; it {best}",
        *(f"{kind}: {state.name} {each}" for each in (best, *less)),
        begin,
    )


def _ran(state: GoroutineState, ran: float, ready: float, window: int) -> str:
    share = f"was running {ran:.0%}"
    if ran < MOSTLY:
        share = f"was running or ready {ran + ready:.0%}"
    return f"{state.name} {share} of the last {format_duration(window)}"


def _shares(question: Question, state: GoroutineState) -> tuple[float, float, int]:
    """Return in which shares of the time before the failure it ran and was ready; and its ns."""
    schedule, test = question.case.schedule, question.case.tests[state.test]
    if schedule is None:
        return 0.0, 0.0, 0
    since, until = time_looked_at(question, test)
    if until <= since:
        return 0.0, 0.0, 0
    shares = schedule.shares(Lane(LaneKind.GOROUTINE, state.number), since, until, 1)
    ran, ready = (
        int(shares[each][0]) / (until - since) if each in shares else 0.0
        for each in (State.RUNNING, State.RUNNABLE)
    )
    return ran, ready, until - since


def _reason(question: Question, state: GoroutineState) -> _Reason:
    """Return why a goroutine runs on, by the loops that its stack is in."""
    bounded: list[bool] = []
    has_gone_on = state.blocked_on is BlockedOn.RUNNING and question.states.is_stale(state)
    for frame in state.frames:
        package = question.files.package_of(frame) if frame.line > 1 else None
        if package is None:
            continue
        for loop in loops_at(package, frame):
            found = _of_loop(package, loop, has_gone_on=has_gone_on)
            if found is not None:
                return found
            bounded.append(is_bounded(package, loop))
    if not bounded or not all(bounded) or has_gone_on:
        return _UNKNOWN
    fact = Evidence("the source has every loop that it is in come to an end", None, 0)
    return _Reason("Slow, not stuck", evidence=(fact,), next="a CPU profile shows what takes long")


def _of_loop(package: GoPackage, loop: Loop, *, has_gone_on: bool) -> _Reason | None:
    """Return what a loop shows; one that may have been left meanwhile shows less."""
    place = Place(Role.RUNS, 0, "", f"{package.folder}/{loop.file}", loop.line)
    condition = asked_for(package, loop)
    if condition is not None and not has_gone_on:
        return _spins(package, loop, place, " ".join(text_of(condition).split()))
    if not has_no_way_out(package, loop):
        return None
    fact = f"is in a loop without a way out ({loop.at})"
    return _Reason(
        "Endless loop",
        (fact,),
        (place,),
        (Evidence(f"it {fact}", None, 0),),
        "give the loop a way out, or a context that ends it",
    )


def _spins(package: GoPackage, loop: Loop, place: Place, text: str) -> _Reason:
    condition = asked_for(package, loop)
    name = asked_value(condition) if condition is not None else None
    setters = setters_of(package, name) if name is not None else None
    asks = f"only asks for {text} ({loop.at})"
    facts, places, words = [Evidence(f"it {asks}", None, 0)], [place], [asks]
    if setters is not None and name is not None:
        set_at = ", ".join(f"{each.file}:{each.line}" for each in setters[:_SETTERS])
        sets = f"{text_of(name)} is set at {set_at}" if setters else ""
        facts.append(Evidence(sets or f"nothing in the package sets {text_of(name)}", None, 0))
        places += [
            Place(Role.WRITES, 0, "", f"{package.folder}/{each.file}", each.line)
            for each in setters[:_SETTERS]
        ]
        if not setters:
            words.insert(0, f"{asks}, which nothing sets")
        elif len(setters) == 1:
            only = f"{asks}, which only {setters[0].function} sets"
            words = [f"{only} ({setters[0].file}:{setters[0].line})", only, asks]
    plain = condition is not None and "Load" not in text
    what = text_of(name) if name is not None else "it"
    return _Reason(
        "Spins",
        tuple(words),
        tuple(places),
        tuple(facts),
        _SYNCHRONISE.format(what) if plain else "wait on a channel or a sync.Cond instead",
    )


RULE = Rule("slow-not-stuck", Needs.STATES | Needs.FAILURE, _find)
