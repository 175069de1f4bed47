"""``leak``: what a test left that does not wait for ever, and that nobody can end any more.

Reports a goroutine that belongs to a test that is over, by the objects page or the dump that was
written when all tests were over:

- an iterator that ``iter.Pull`` began is at its ``yield`` (``coroutine`` in a dump): only ``next``
  and ``stop`` let it go on, and the test that had them has ended;
- it waits in a select for a ticker, and for what nobody that can go on could send on or close. Each
  tick wakes it, and it comes back.

Silent where the creator, or another goroutine of the test but these and those that wait for what
only these have, can still go on, where a package variable leads to what is selected from, and on
other timers, which may be its way out.

Example: ``for { select { case <-ticker.C: push(); case <-r.quit: return } }``, and nobody closes
``r.quit``.
Counterexample: the same where a package variable has ``r``, or the ``defer stop()`` of iter.Pull.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.test_runs import ended_tests
from flakecore.diagnosis.waits.blocked_on import BlockedOn

_SHOWN = 8


def _find(question: Question) -> Iterator[Finding]:
    case, graph = question.case, question.objects
    if case.crashes:
        return
    over = ended_tests(case)
    there = [each for each in question.states if each.test in over and each.own is not None]
    pulled = [each for each in there if each.blocked_on is BlockedOn.COROUTINE]
    ticking = {each.number for each in there if _is_kept_by_ticker(graph, each)}
    ends = {each.number for each in pulled} | ticking
    behind = _behind(graph, there, ends)
    alike: dict[tuple[int, str], list[GoroutineState]] = {}
    for each in there:
        kin = (other for other in question.states if other.test == each.test)
        is_done = each.number in ends and not any(_may_go_on(other, ends | behind) for other in kin)
        if is_done and each.own is not None:
            alike.setdefault((each.test, each.own.place), []).append(each)
    for states in alike.values():
        yield _finding(question, states, ticking)


def _may_go_on(state: GoroutineState, ends: set[int]) -> bool:
    """Return whether a goroutine besides some may yet do something."""
    waits_for_ever = state.live is False or state.leaked
    return state.number not in ends and not waits_for_ever


def _behind(graph: ObjectGraph | None, states: list[GoroutineState], ends: set[int]) -> set[int]:
    """Return the goroutines that wait for what only some, or others behind these, have."""
    found: set[int] = set()
    waiting = {
        each.number: graph.waits_of(each.number)
        for each in states
        if graph is not None and each.blocked_on.on_others and each.number not in ends
    }
    while True:
        more = {
            number
            for number, waits in waiting.items()
            if number not in found
            and waits
            and all(_is_kept_by(wait, ends | found | {number}) for wait in waits)
        }
        if not more:
            return found
        found |= more


def _is_kept_by(wait: ObjectWait, numbers: set[int]) -> bool:
    """Return whether nobody but some goroutines has what is waited for."""
    found = wait.object
    if found is None or found.is_global or found.reachable_from is None:
        return False
    return numbers.issuperset(found.reachable_from)


def _is_kept_by_ticker(graph: ObjectGraph | None, state: GoroutineState) -> bool:
    """Return whether a goroutine selects from a ticker, and from what nobody else has."""
    if graph is None or not state.live or state.blocked_on is not BlockedOn.SELECT:
        return False
    waits = graph.waits_of(state.number)
    timers = [graph.timer_of(each.wait.address) for each in waits]
    others = [each for each, timer in zip(waits, timers, strict=True) if timer is None]
    periods = [timer.period_ns for timer in timers if timer is not None]
    ticks = bool(periods) and all(periods) and bool(others)
    return ticks and all(_is_lost(graph, each) for each in others)


def _is_lost(graph: ObjectGraph, wait: ObjectWait) -> bool:
    """Return whether nobody that can go on has what is waited for, nor does it end by itself."""
    found = wait.object
    if found is None or found.is_global or not graph.page.has_liveness:
        return False
    if any(context.due_ns is not None for context in graph.contexts_of(found.address)):
        return False
    states = (graph.state(number) for number in found.reachable_from or ())
    return not any(each is None or each.live is not False for each in states)


def _finding(question: Question, states: list[GoroutineState], ticking: set[int]) -> Finding:
    first, own, made = states[0], states[0].own, states[0].created_at
    assert own is not None
    test = question.case.tests[first.test].name
    who = f"{len(states)} goroutines" if len(states) > 1 else first.name
    started = f", started at {made.place}" if made is not None and made.place else ""
    if first.number in ticking:
        begin = f"{test} left {who} ticking in a select at {own.place}"
        claims = [f"{begin}{started}", begin]
        fact = "nobody that can go on has what it selects from besides its ticker"
        what_next = "close what ends it before the test does"
    else:
        begin = f"{test} left {who} at the yield of an iterator ({own.place})"
        claims = [f"{begin} that iter.Pull began", begin]
        fact = "only next and stop of iter.Pull let it go on"
        what_next = "call the stop that iter.Pull returns, by defer"
    places = [each.place_of(Role.WAITS) for each in states[:_SHOWN]]
    if made is not None and made.file:
        places.append(Place(Role.CREATED, first.number, made.function, made.file, made.line))
    return Finding(
        rule="leak",
        claim=first_that_fits(*claims),
        certainty=Certainty.SEEN,
        test=first.test,
        places=tuple(places),
        evidence=(
            *(each.evidence() for each in states[:_SHOWN]),
            Evidence(fact, None, first.number),
        ),
        next=what_next,
        explains=frozenset(each.number for each in states),
    )


RULE = Rule("left-running", Needs.PASSED, _find, ("leak",))
