"""Who a goroutine still waited for that was to come to the other case of a select.

Often it is no work itself that ends a test's wait but a goroutine which waits for the work:
``go func() { wg.Wait(); close(done) }()``. What it waits for, by the source, is followed to the
goroutines that could go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.timers.at_work import AtWork, at_work, waiting_at
from flakecore.diagnosis.rules.timers.timer_races import COMES, TimerRace
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers

_MOST_HOPS = 4
"""Goroutines in a row that wait for each other; chosen. In a circle they come to no end."""


@dataclass(frozen=True)
class LateWorkers:
    """Goroutines at work that others wait for, of which the last was to end the test's wait.

    Attributes:
        workers: those at work, of those that do the same at one place the most: at least one; or
            the one that waits for what the source does not show.
        waits: of whom they are waited for, one behind the other, the first of whom was to come.
    """

    workers: tuple[AtWork, ...]
    waits: tuple[WaitPeers, ...]

    @property
    def places(self) -> Iterator[Place]:
        """Where those wait that are waited for."""
        for each in self.waits:
            own = each.state.own
            if own is not None:
                yield Place(Role.WAITS, each.state.number, own.function, own.file, own.line)


def late_workers(question: Question, failing: FailingSource, race: TimerRace) -> LateWorkers | None:
    """Return who is at work for the only goroutine that was to come to the other case.

    Where nobody whom it waits for could go on, that is the last one of which the source does not
    show what it waits for in turn. None where several were to come, or to be waited for.
    """
    state = _to_come(question, failing, race)
    waits: list[WaitPeers] = []
    at_work_then = {
        each.goroutine.id: each for each in at_work(question, race.at_ns, (failing.goroutine,))
    }
    while state is not None and len(waits) < _MOST_HOPS:
        peers = question.waits.peers(state)
        if peers is None:
            break
        waits.append(peers)
        others = [each for each in peers.candidates if each.number != failing.goroutine]
        workers = [at_work_then[each.number] for each in others if each.number in at_work_then]
        if workers:
            alike = Counter((each.doing, each.where) for each in workers)
            most = max(alike, key=lambda each: alike[each])
            chosen = tuple(each for each in workers if (each.doing, each.where) == most)
            return LateWorkers(chosen, tuple(waits))
        state = others[0] if len(others) == 1 else None
    last = waiting_at(question, state.number, race.at_ns) if state is not None and waits else None
    return LateWorkers((last,), tuple(waits)) if last is not None else None


def _to_come(question: Question, failing: FailingSource, race: TimerRace) -> GoroutineState | None:
    """Return the only goroutine of the test that may yet come to the other case, and waits."""
    uses = failing.package.uses.of(race.file, race.other)
    ends = [each for each in uses if each[1].kind in COMES]
    comers = question.waits.who_may_come(failing.package, ends) or ()
    found = [
        each for each in comers if each.test == failing.test and each.number != failing.goroutine
    ]
    return found[0] if len(found) == 1 and found[0].blocked_on.on_others else None
