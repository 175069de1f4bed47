"""``wait-cycle``: goroutines that wait for one another on channels, wait groups, conds and locks.

Reported where a goroutine is dead by the fixpoint of ``wait_peers.WaitGraph.dead``, and following
who could end its wait leads back to it. Cycles of locks alone are ``lock-cycle``, and a wait that
nobody could end is reported by ``peer_gone``. Silent where a wait is not understood, or a goroutine
that can go on may come to an operation that ends it.

Example: the test waits for the consumer's answer, the consumer for a wake-up that was dropped.
Counterexample: a third goroutine may still send the wake-up.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.waits.counterpart import KEEP_IT, dropped_wake_up, ending_places
from flakecore.diagnosis.waits.locks.lock_waits import LockWait
from flakecore.diagnosis.waits.peers.unblocker_sets import UnblockerSets
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers
from flakecore.diagnosis.waits.unanswered_requests import skipped_answer

_SHOWN = 3
"""Operations that would end one wait which are named."""


def _find(question: Question) -> Iterator[Finding]:
    dead = question.waits.dead
    for found in _cycles(dead):
        cycle = _from_the_test_on(question, found)
        waits = [_wait(question, number) for number in cycle]
        if not all(isinstance(each, LockWait) for each in waits):
            yield _finding(question, cycle, waits)


def _from_the_test_on(question: Question, cycle: list[int]) -> list[int]:
    """Return a cycle from a test's own goroutine on, else as it is: numbers are up to chance."""
    own = {test.goroutine for test in question.case.tests}
    at = next((at for at, number in enumerate(cycle) if number in own), 0)
    return cycle[at:] + cycle[:at]


def _cycles(dead: UnblockerSets) -> Iterator[list[int]]:
    """Yield cycles that following the lowest peer of each goroutine leads into."""
    done: set[int] = set()
    for start in sorted(dead):
        path: dict[int, int] = {}
        number = start
        while number not in done and number not in path and dead.has_others(number):
            path[number] = len(path)
            number = min(dead.others(number))
        done.update(path)
        if number in path:
            yield list(path)[path[number] :]


def _wait(question: Question, number: int) -> WaitPeers | LockWait | None:
    state = question.states.by_number[number]
    return question.locks.waits.get(number) or question.waits.peers(state)


def _finding(
    question: Question, cycle: list[int], waits: list[WaitPeers | LockWait | None]
) -> Finding:
    states = [question.states.by_number[number] for number in cycle]
    evidence: list[Evidence] = []
    places: list[Place] = []
    parts: list[str] = []
    short: list[str] = []
    for state, wait in zip(states, waits, strict=True):
        places.append(state.place_of(Role.WAITS))
        evidence.append(state.evidence())
        if isinstance(wait, WaitPeers):
            parts.append(f"{state.name} {wait.does} {wait.text} ({wait.place})")
            places += ending_places(wait, wait.ends)
            if wait.ends:
                evidence.append(_ends(state, wait))
        elif wait is not None:
            parts.append(f"{state.name} waits for {wait.text} ({wait.frame.place})")
        own = state.own
        short.append(f"{state.name} ({own.place})" if own is not None else state.name)
    dropped, skipped = dropped_wake_up(waits), skipped_answer(waits)
    claim = dropped or skipped
    return Finding(
        rule=RULE.id if skipped is None or dropped is not None else skipped[0].kind.rule,
        claim=first_that_fits(
            *(claim[1] if claim is not None else ()),
            f"Stuck on each other: {'; '.join(parts)}; nobody else can end either",
            f"Stuck on each other: {'; '.join(parts)}",
            f"Stuck on each other: {', '.join(short)}",
            f"{len(cycle)} goroutines are stuck on each other",
        ),
        certainty=Certainty.INFERRED,
        test=next((each.test for each in states if each.test >= 0), -1),
        places=tuple(places),
        evidence=tuple(evidence),
        next=KEEP_IT if dropped is not None else "",
        explains=question.waits.behind(frozenset(cycle)),
    )


def _ends(state: GoroutineState, wait: WaitPeers) -> Evidence:
    """Return the places by which a goroutine would go on, as a fact."""
    where = [f"the {each.kind.noun} at {file}:{each.line}" for file, each in wait.ends[:_SHOWN]]
    return Evidence(f"{state.name} would go on by {' or '.join(where)}", None, 0)


RULE = Rule("wait-cycle", Needs.STATES, _find, ("wait-cycle", "chan-no-sender"))
