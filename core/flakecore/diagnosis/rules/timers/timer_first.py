"""``timer-lost``: a test that gave up when a timer came before what it raced with.

Reports a failed assertion that stands in the case of a select that receives from ``time.After``,
``time.NewTimer`` or a context with a deadline: that case was taken, so the timer came first. It
reports, too, a function of the package that returned from such a case what the assertion asks
for, where the trace has that wait of the test ended by no goroutine. With a trace it shows which
goroutine came to the other case later, and by how much, or what the test's goroutines that are able
to send there were doing. Silent on selects whose other cases are timers too, on the time of a
bubble of testing/synctest, and where the source is not at hand.

Example: ``select { case <-done: case <-time.After(20 * time.Millisecond): t.Fatal("late") }``.
Counterexample: the same, where ``done`` comes first and the test fails by what it got.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource, duration_text
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.timers.at_work import DOING
from flakecore.diagnosis.rules.timers.late_workers import late_workers
from flakecore.diagnosis.rules.timers.timer_races import (
    TimerRace,
    late_peers,
    returned_race,
    timer_race,
    with_its_moment,
)
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.times import format_duration

_SHOWN = 4
"""Goroutines that are places of a finding."""


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    failing = question.failing
    if failure is None or failing is None or failing.is_in_bubble:
        return
    race = timer_race(failing)
    race = with_its_moment(question, failing, race) if race is not None else None
    returned = returned_race(question, failing) if race is None else None
    race = race or returned
    if race is None:
        return
    timer = _label(race.timer)
    other = " ".join(text_of(race.other.node).split())
    who_gave_up, at = failure.test_name, failing.at
    made = f", made at {race.made_in}:{line_of(race.timer)}" if race.timer is not None else ""
    if returned is None:
        stands = "stands" if failing.helper is None else f"leads to {race.function}, which fails"
        facts = [failing.evidence(f"the failing line {stands} in the case of {timer}{made}")]
    else:
        who_gave_up, at = race.function, f"{race.file}:{race.line}"
        select = f"{race.file}:{line_of(race.select)}"
        facts = [
            failing.evidence(f"what the failing line asks for comes from {race.function}, at {at}"),
            Evidence(
                f"no goroutine of the test ended its select ({select}): {timer}{made} came first",
                race.at_ns,
                failing.goroutine,
            ),
        ]
    gave_up = f"{who_gave_up} gave up at {at}: {timer} came before {other}"
    claims = [gave_up, f"{timer} came first ({at})", f"A timer came first ({at})"]
    places = [failing.fails_at(), failing.place(Role.RECEIVES, race.other.node, race.file)]
    if returned is not None:
        file = failing.path_of(race.file)
        places.append(Place(Role.ENDED, failing.goroutine, "", file, race.line))
        made_at = (race.made_in, line_of(race.timer)) if race.timer is not None else None
        if made_at is not None and made_at != (race.file, race.line):
            places.append(failing.place(Role.MADE, race.timer, race.made_in))
    late = _late_side(question, failing, race)
    if late is not None:
        first = f"{timer} came first ({at})"
        claims = [f"{gave_up}; {late.text}", f"{first}; {late.text}", *claims]
        facts += late.facts
        places += late.places
    yield Finding(
        rule="timer-lost",
        claim=first_that_fits(*claims),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=tuple(places),
        evidence=tuple(facts),
        explains=frozenset({failing.goroutine, *(late.goroutines if late else ())} - {0}),
        next=(
            "wait without a limit, for go test has one, or leave room for a busy machine"
            if returned is None
            else f"give {race.function} a longer limit, or have the test answer without a delay"
        ),
    )


class _LateSide(NamedTuple):
    """Who came late, or was still at work: in words, with facts, places and numbers."""

    text: str
    facts: tuple[Evidence, ...]
    places: tuple[Place, ...]
    goroutines: tuple[int, ...]


def _late_side(question: Question, failing: FailingSource, race: TimerRace) -> _LateSide | None:
    """Return the other side of a race; None where several goroutines may be it, or none."""
    peers = late_peers(question, failing, race)
    if len(peers) == 1:
        (peer,) = peers
        who = f"G{peer.goroutine.id}"
        if peer.later_ns is not None:
            text = f"{who} came to send {format_duration(peer.later_ns)} later ({peer.at})"
        else:
            text = f"{who} was {DOING.get(peer.state, peer.state.label)} ({peer.at})"
        fact = Evidence(text, peer.since_ns, peer.goroutine.id)
        return _LateSide(text, (fact,), (peer.place,), (peer.goroutine.id,))
    late = late_workers(question, failing, race) if not peers else None
    if late is None:
        return None
    first, numbers = late.workers[0], tuple(each.goroutine.id for each in late.workers)
    does = f"{'was' if len(numbers) == 1 else 'were'} still {first.doing}"
    text = f"{names(numbers)} {does} ({first.at})"
    facts = [
        Evidence(
            f"{each.state.name}, which was to come to it, {each.does} {each.text} ({each.place})"
            if each is late.waits[0]
            else f"{each.state.name} {each.does} {each.text} ({each.place})",
            each.state.since_ns,
            each.state.number,
        )
        for each in late.waits
    ]
    facts.append(Evidence(f"{names(numbers)} {does}{first.where}", first.now.start_ns, numbers[0]))
    waiting = tuple(each.state.number for each in late.waits)
    places = (*late.places, *(each.place for each in late.workers[:_SHOWN]))
    return _LateSide(text, tuple(facts), places, (*numbers, *waiting))


def _label(timer: Node | None) -> str:
    """Return a timer for a person: ``time.After of 10ms``."""
    if timer is None:
        return "the deadline of its context"
    arguments = timer.child_by_field_name("arguments").named_children
    lasts = duration_text(arguments[-1]) if arguments else ""
    return f"{text_of(timer.child_by_field_name('function'))}{f' of {lasts}' if lasts else ''}"


RULE = Rule("timer-first", Needs.FAILURE, _find, ids=("timer-lost",))
