"""Which test a race is in, and how that is known.

Of parallel tests the output does not show it: a report stands amid the lines of whichever test was
named last (golang/go#57305). The trace does where all goroutines that may have raced are of one
test. Where they are not, one goroutine in several reports makes them races of one test, as far as
tests share nothing: a test that started fewer goroutines than these reports have is out. What is
left open beyond that is stated with the race.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from flakecore.gotest import Race, positions_of
from flakecore.timeline.failures.failure import RaceOwner
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.race_goroutines import Candidates, test_on_stack

_MARKS = ("=== ", "--- ")
_RUNS = re.compile(r"=== (?:RUN|CONT) ")
_STOPS = re.compile(r"=== PAUSE |\s*--- (?:PASS|FAIL|SKIP): ")


@dataclass(frozen=True, slots=True)
class RaceTest:
    """The test that a race is given to.

    Attributes:
        test: its index; -1 for none, or for one that is in no list.
        name: its name, or the package's for none.
        owner: the evidence for it, and for others; None where no other is possible.
    """

    test: int
    name: str
    owner: RaceOwner | None = None


def race_tests(inputs: FailureInputs, candidates: Sequence[Candidates]) -> list[RaceTest]:
    """Return the test of each race of a run.

    Args:
        inputs: what bears on it.
        candidates: for each race, the goroutines that may have done its accesses.
    """
    races = inputs.run.races
    running = _running_beside(inputs)
    alike = _reports_of_one_test(races)
    started: dict[int, _Started] = {}
    found = []
    for index, race in enumerate(races):
        tests = [_tests_of(inputs, each) for each in candidates[index]]
        certain = next((min(each) for each in tests if len(each) == 1 and -1 not in each), -1)
        possible = next((each - {-1} for each in tests if len(each) > 1), frozenset[int]())
        if certain >= 0:
            found.append(RaceTest(certain, inputs.name(certain)))
        elif len(possible) > 1:
            first = alike[index][0]
            if first not in started:
                started[first] = _started(inputs, alike[index], candidates)
            found.append(_of_several(inputs, race, sorted(possible), started[first]))
        else:
            found.append(_by_output(inputs, race, running[index]))
    return found


def _tests_of(inputs: FailureInputs, goroutines: frozenset[int]) -> frozenset[int]:
    if inputs.tree is None:
        return frozenset()
    return frozenset(map(inputs.tree.test_of, goroutines))


@dataclass(frozen=True, slots=True)
class _Started:
    """Goroutines of several reports, and those that fit them.

    Attributes:
        goroutines: how many the reports have.
        counts: how many that fit one of them each test started.
        complete: tests that have one for each.
    """

    goroutines: int
    counts: Counter[int]
    complete: frozenset[int]


def _of_several(
    inputs: FailureInputs, race: Race, possible: Sequence[int], started: _Started
) -> RaceTest:
    """Return the test that started goroutines enough, or the one go names where several did."""
    counts, goroutines = started.counts, started.goroutines
    enough = [test for test in possible if test in started.complete and counts[test] >= goroutines]
    if len(enough) == 1:
        (test,) = enough
        others = tuple(each for each in possible if each != test)
        owner = RaceOwner(others, goroutines, tuple(counts[each] for each in (test, *others)))
        return RaceTest(test, inputs.name(test), owner)
    likely = enough or possible
    test = race.test if race.test in likely else min(likely)
    others = tuple(each for each in likely if each != test)
    return RaceTest(test, inputs.name(test), RaceOwner(others))


def _started(
    inputs: FailureInputs, alike: Sequence[int], candidates: Sequence[Candidates]
) -> _Started:
    """Return how many goroutines some reports have, and how many each test started that fit."""
    fitting = {
        access.goroutine: each
        for at in alike
        for access, each in zip(inputs.run.races[at].accesses, candidates[at], strict=True)
        if each
    }
    tests = {each: inputs.test_of((each,), -1) for each in frozenset().union(*fitting.values())}
    of_each = (frozenset(tests[each] for each in found) for found in fitting.values())
    complete = frozenset(tests.values()).intersection(*of_each)
    return _Started(len(fitting), Counter(tests.values()), complete)


def _by_output(inputs: FailureInputs, race: Race, running: frozenset[int]) -> RaceTest:
    """Return the test whose function is on a stack, or else the one go names.

    A report without test output around it names tests that are in no list: index -1.
    """
    stacks = [access.frames for access in race.accesses]
    named = (test_on_stack(inputs, frames) for frames in stacks)
    created = (test_on_stack(inputs, each.frames) for each in race.goroutines)
    name = next(filter(None, chain(named, created)), "")
    if name and (race.test < 0 or _top(inputs, race.test) != name):
        index = next((test.index for test in inputs.tests if test.name == name), -1)
        return RaceTest(index, inputs.name(index) if index >= 0 else name)
    others = tuple(
        sorted(test for test in running - {race.test} if not name or _top(inputs, test) == name)
    )
    owner = RaceOwner(others) if others and race.test >= 0 else None
    return RaceTest(race.test, inputs.name(race.test), owner)


def _running_beside(inputs: FailureInputs) -> list[frozenset[int]]:
    """Return by race the tests that ran when it was reported and waited for no subtest."""
    races, lines = inputs.run.races, inputs.run.lines
    reports = sorted((race.first_line, index) for index, race in enumerate(races))
    found = [frozenset[int]()] * len(races)
    latest: frozenset[int] | None = frozenset()
    if not races:
        return found
    running: set[int] = set()
    marks = iter((*positions_of(lines.texts, _MARKS), len(lines)))
    mark = next(marks)
    for position, index in reports:
        while mark < position:
            test, text = int(lines.tests[mark]), lines.texts[mark]
            if test >= 0 and _RUNS.match(text):
                running.add(test)
            elif _STOPS.match(text):
                running.discard(test)
            latest = None
            mark = next(marks)
        if latest is None:
            latest = frozenset(running - {inputs.tests[test].parent for test in running})
        found[index] = latest
    return found


def _reports_of_one_test(races: Sequence[Race]) -> list[list[int]]:
    """Return by race the indices of those that goroutines join to it, itself among them.

    A goroutine belongs to one test; the main goroutine, which runs all of them, joins none.
    """
    group = list(range(len(races)))

    def root(at: int) -> int:
        while group[at] != at:
            group[at] = at = group[group[at]]
        return at

    first: dict[int, int] = {}
    for index, race in enumerate(races):
        for access in race.accesses:
            if access.goroutine > 1:
                group[root(index)] = root(first.setdefault(access.goroutine, index))
    members: dict[int, list[int]] = {}
    for index in range(len(races)):
        members.setdefault(root(index), []).append(index)
    return [members[root(index)] for index in range(len(races))]


def _top(inputs: FailureInputs, test: int) -> str:
    return inputs.name(test).partition("/")[0]
