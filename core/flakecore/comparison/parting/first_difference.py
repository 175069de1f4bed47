"""The first step at which two runs of a test differ and that could reach how it ended.

Two kinds of difference are asked for: a goroutine's own steps, and whom it met at a place, which is
who ended its wait there, or whose wait it ended. Runs differ by chance all the time, and most of
that means nothing. So only goroutines count that could have had a part in how the test ended in
either run (``reach``), and what other runs that passed had too counts only where there is nothing
else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flakecore.comparison.parting.happenings import NOBODY, Wakening, wakenings
from flakecore.comparison.parting.reach import reaching
from flakecore.comparison.parting.roles import GoroutineRole, is_elsewhere, roles_of_test
from flakecore.comparison.parting.steps import Step, failure_lines, reports, steps_by_role
from flakecore.comparison.predicates.event import RunEvent, TestRecord
from flakecore.timeline import Case, TestStatus, with_subtests
from flakecore.times import format_duration

_STRAY = 0.05
"""Share of the runs that passed up to which what they did is no habit: a run that should have
failed passes now and then. Chosen: one of twenty."""


@dataclass(frozen=True, slots=True)
class FirstDifference:
    """Where two runs of a test part.

    Attributes:
        role: the goroutine that did otherwise.
        numbers: its number in either run; 0 where it is not there.
        times_ns: when it did, in either run since the test began; None where it did nothing more.
        words: what it did in either run, its name in front of both.
        is_usual: whether other runs that passed did as the first one did, so that it may mean
            nothing.
        places: where a delay could bring the first run's side about, ``x_test.go:32``, the likelier
            first: what came in time in the second run, then what the first one did instead.
    """

    role: GoroutineRole
    numbers: tuple[int, int]
    times_ns: tuple[int | None, int | None]
    words: tuple[str, str]
    is_usual: bool
    places: tuple[str, ...] = ()

    @property
    def since_ns(self) -> int:
        """The moment in the first run, or else in the second."""
        first, second = self.times_ns
        return first if first is not None else second or 0

    def sentence(self) -> str:
        """Return both sides with their moments: ``in A, at 8ms, work (G9) …; in B, at 7ms, …``."""
        told = []
        for letter, words, time_ns in zip("AB", self.words, self.times_ns, strict=True):
            at = f", at {format_duration(time_ns)}," if time_ns is not None else ""
            told.append(f"in {letter}{at} {words}")
        return "; ".join(told)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the test.

    Attributes:
        case: the run that it is part of.
        test: its full name.
        start_ns: when the test began.
        over_ns: when it failed, or ended.
        numbers: goroutine of each role.
        steps: of each role, but for the lines that report the failure.
        woken: the waits that were ended.
        reaches: until when each role could have had a part in how the test ended.
    """

    case: Case
    test: str
    start_ns: int
    over_ns: int
    numbers: Mapping[GoroutineRole, int]
    steps: Mapping[GoroutineRole, Sequence[Step]]
    woken: Sequence[Wakening]
    reaches: Mapping[GoroutineRole, int]


def first_difference(
    first: Case, second: Case, test: str, passed: Sequence[TestRecord] = ()
) -> FirstDifference | None:
    """Return where two runs of a test part first; None where they do not (``differences``)."""
    return next(iter(differences(first, second, test, passed)), None)


def differences(
    first: Case, second: Case, test: str, passed: Sequence[TestRecord] = ()
) -> list[FirstDifference]:
    """Return where two runs of a test part, the first and likeliest in front.

    It is empty without two traces.

    Args:
        first: one run, usually the one that failed.
        second: another, usually one that passed.
        test: full name of the test.
        passed: what happened in all runs of it that passed, as far as it is kept.
    """
    runs: list[_Run] = []
    for case in (first, second):
        run = _run(case, test)
        if run is None:
            return []
        runs.append(run)
    pair = runs[0], runs[1]
    usual = UsualEvents(passed)
    found = [*_own_steps(pair, usual), *_meetings(pair, usual)]
    # The moment in the first run counts, usually the one that failed.
    ordered = sorted(found, key=lambda each: (each[1].is_usual, each[0], each[1].since_ns))
    return [each for _, each in ordered]


def _run(case: Case, name: str) -> _Run | None:
    index = next((test.index for test in reversed(case.tests) if test.name == name), None)
    if index is None or case.schedule is None:
        return None
    test, roles = case.tests[index], roles_of_test(case, index)
    woken = wakenings(case, roles)
    within = set(with_subtests(case.tests, index))
    failures = [each for each in case.failures if each.test in within]
    ends = {each.goroutine or test.goroutine: each.at_ns for each in failures}
    if test.status is not TestStatus.FAIL:
        ends = {test.goroutine: test.end_ns}
    until = reaching(case, woken, ends, roles)
    of_tests = failure_lines(case)
    told = set[str]().union(*(of_tests.get(index, ()) for index in within))
    steps = {
        role: [step for step in each if not reports(step.what.removeprefix("prints "), told)]
        for role, each in steps_by_role(case, index, roles, woken).items()
    }
    over_ns = max(ends.values())
    return _Run(
        case=case,
        test=name,
        start_ns=test.start_ns,
        over_ns=over_ns,
        numbers={role: number for number, role in roles.items()},
        steps=steps,
        woken=[each for each in woken if each.time_ns <= over_ns],
        reaches={roles[number]: time_ns for number, time_ns in until.items() if number in roles},
    )


class UsualEvents:
    """In how many of the runs that passed each event happened."""

    def __init__(self, passed: Sequence[TestRecord]) -> None:
        """Count them."""
        sets = [{record.table[at] for at in record.event.tolist()} for record in passed]
        self._runs, self._counts = len(sets), Counter(event for each in sets for event in each)

    def differ(self, first: RunEvent | None, second: RunEvent | None) -> bool:
        """Return whether runs that passed may do as the first one did, and not as the second."""
        if first is None or self._counts[first] <= _STRAY * self._runs:
            return False
        return second is None or self._runs - self._counts[second] > _STRAY * self._runs


_Found = tuple[bool, FirstDifference]
"""Whether a difference may only be that a run was over, or nobody came; and the difference."""


def _own_steps(runs: tuple[_Run, _Run], usual: UsualEvents) -> Iterator[_Found]:
    """Yield each goroutine whose own steps differ."""
    for role in dict.fromkeys([*runs[0].steps, *runs[1].steps]):
        own = [
            [step for step in run.steps.get(role, ()) if step.time_ns + run.start_ns <= run.over_ns]
            for run in runs
        ]
        alike = next(
            (at for at, (a, b) in enumerate(zip(*own, strict=False)) if a.what != b.what),
            min(map(len, own)),
        )
        ahead = [steps[alike] if alike < len(steps) else None for steps in own]
        # That a test does nothing more once it has failed is no step.
        if ahead == [None, None] or (role.test and ahead[0] is None):
            continue
        times = [step.time_ns if step is not None else None for step in ahead]
        before = [steps[alike - 1].time_ns if alike else 0 for steps in own]
        if not _reaches(runs, role, (before[0], before[1])):
            continue
        who = [_event_of(run, role, step) for run, step in zip(runs, ahead, strict=True)]
        words = [step.words if step is not None else "did nothing more" for step in ahead]
        is_usual = usual.differ(who[0], who[1])
        is_weak = ahead[0] is None or _waits_in_vain(runs[1], role, ahead[0])
        sites = [step.at if step is not None else "" for step in ahead]
        found = _difference(runs, role, (times[0], times[1]), (words[0], words[1]), is_usual, sites)
        yield is_weak, found


_Place = tuple[GoroutineRole, str]
"""A goroutine and a line, ``x_test.go:32``."""


class _Meeting(NamedTuple):
    """A wait that was ended, as seen from one of its two sides.

    Attributes:
        wakening: what happened.
        other: the other goroutine, and where it was.
        is_waker: whether this side ended the wait of the other one.
    """

    wakening: Wakening
    other: _Place
    is_waker: bool


def _waits_in_vain(other: _Run, role: GoroutineRole, step: Step) -> bool:
    """Return whether a step is a wait that the other run had too: what differs is its end."""
    waited = {each.at for each in other.woken if each.who == role and each.at}
    return step.waits and step.what.rpartition(" at ")[2] in waited


def _meetings(runs: tuple[_Run, _Run], usual: UsualEvents) -> Iterator[_Found]:
    """Yield each goroutine and place at which another one was met first that differs."""
    found = [_met(run) for run in runs]
    for (role, at), ours in found[0].items():
        theirs = found[1].get((role, at), [])
        pair = next((each for each in zip(ours, theirs, strict=False) if _differ(*each)), None)
        if pair is None:
            continue
        times = _since(runs[0], pair[0]), _since(runs[1], pair[1])
        if not _reaches(runs, role, times):
            continue
        events = [_woken(run, each.wakening) for run, each in zip(runs, pair, strict=True)]
        words = [_met_words(run, each, at) for run, each in zip(runs, pair, strict=True)]
        # That both come, only the other way round, is usual where several wait for their turn.
        had = [{each.other for each in side} for side in (ours, theirs)]
        swapped = pair[0].other in had[1] and pair[1].other in had[0]
        is_usual = swapped or usual.differ(events[0], events[1])
        sites = [each.other[1] for each in pair]
        yield False, _difference(runs, role, times, (words[0], words[1]), is_usual, sites)


def _met(run: _Run) -> dict[_Place, list[_Meeting]]:
    """Return whom each goroutine met at each place, in order of time."""
    found: dict[_Place, list[_Meeting]] = defaultdict(list)
    for each in run.woken:
        if each.matters:
            here, there = (each.who, each.at), (each.by, each.wakes_at)
            found[here].append(_Meeting(each, there, is_waker=False))
            if each.waker and each.wakes_at:
                found[there].append(_Meeting(each, here, is_waker=True))
    return found


def _differ(first: _Meeting, second: _Meeting) -> bool:
    return first.other != second.other


def _since(run: _Run, met: _Meeting) -> int:
    return met.wakening.time_ns - run.start_ns


def _met_words(run: _Run, met: _Meeting, at: str) -> str:
    each, other = met.wakening, _name(run, met.other[0])
    if met.is_waker:
        return f"at {at} woke {other}, which waited at {each.at} ({each.state.label})"
    place = f" at {each.wakes_at}" if each.wakes_at else ""
    return f"waited at {at} ({each.state.label}) and was woken by {other}{place}"


def _woken(run: _Run, each: Wakening) -> RunEvent:
    """Return the event that the end of a wait is."""
    place = f" at {each.wakes_at}" if each.wakes_at else ""
    by = _who(run, each.by)
    return RunEvent("woken", _who(run, each.who), f"is woken at {each.at} by {by}{place}")


def _difference(
    runs: tuple[_Run, _Run],
    role: GoroutineRole,
    times_ns: tuple[int | None, int | None],
    words: tuple[str, str],
    is_usual: bool,
    sites: Sequence[str],
) -> FirstDifference:
    numbers = [run.numbers.get(role, 0) for run in runs]
    told = [
        f"{_name(run, role)} {each}" if role in run.numbers else _missing(run, role)
        for run, each in zip(runs, words, strict=True)
    ]
    return FirstDifference(
        role=role,
        numbers=(numbers[0], numbers[1]),
        times_ns=times_ns,
        words=(told[0], told[1]),
        is_usual=is_usual,
        places=tuple(dict.fromkeys(site for site in reversed(sites) if site)),
    )


def _missing(run: _Run, role: GoroutineRole) -> str:
    if is_elsewhere(run.case, role, [*run.numbers.values()]):
        return f"none that the test is known to have started is {role.words()}"
    return f"there was no {role.words()}"


def _reaches(runs: tuple[_Run, _Run], role: GoroutineRole, times_ns: tuple[int, int]) -> bool:
    """Return whether what a goroutine did from a moment on could have reached how the test ended.

    In one of the runs at least: what never came in the one that failed did so in the other.
    """
    return any(
        time_ns + run.start_ns <= run.reaches.get(role, -1)
        for run, time_ns in zip(runs, times_ns, strict=True)
    )


def _name(run: _Run, role: GoroutineRole) -> str:
    """Return a goroutine for a person: ``work, number 2 (G9)``."""
    if role == NOBODY:
        return role.function
    number = run.numbers.get(role, 0)
    alike = [each for each in run.numbers if not each.test and _short(each) == _short(role)]
    name = role.words() if role.test or len(alike) > 1 else _short(role)
    return f"{name} (G{number})" if number else name


def _short(role: GoroutineRole) -> str:
    return role.function.rpartition("/")[2].partition(".")[2] or "a goroutine"


def _who(run: _Run, role: GoroutineRole) -> str:
    """Return a goroutine as events name it."""
    return "it" if role.test == run.test else role.words()


def _event_of(run: _Run, role: GoroutineRole, step: Step | None) -> RunEvent | None:
    """Return the event that a step is; None for one that is noted of no run."""
    if step is None:
        return None
    who = _who(run, role)
    verb, _, rest = step.what.partition(" ")
    if verb == "prints":
        return RunEvent("line", who, f"prints {rest!r}")
    if verb == "starts":
        return RunEvent("start", rest, "is started")
    if verb == "sleeps":
        return RunEvent("wait", who, f"waits (sleep) {rest}")
    return RunEvent("end", who, "ends") if verb == "ends" else None
