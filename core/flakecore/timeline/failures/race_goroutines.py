"""The goroutines of the trace that may have done each access of a race.

The detector numbers goroutines by a count of its own, which is not the runtime's: the numbers in
its reports do not occur in the trace. So a goroutine of a report is identified by the stack of its
creation, the function that it runs, the test that is on its stack, and when it lived: the later
access's goroutine prints the report, and so it had not ended before, and neither had another that
is running by the report.

One number of the detector is one goroutine in all reports: it gives none a second time (compiler-rt
``sanitizer_thread_registry.cpp``, since LLVM 14 and Go 1.19; before, when 64 others had ended). So
what one report leaves open another may show, and what one number is no other one is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from flakecore.frames import is_wrapper, package_of
from flakecore.gotest import DumpFrame, Race, RaceAccess, RaceGoroutine
from flakecore.gotrace import Frame
from flakecore.timeline.dumps.dump_tests import name_of_test
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.lanes.lane import Goroutine

STARTS_TESTS = "testing.(*T).Run"
"""What starts the goroutine of a test."""
_MAIN = 1
_MOST = 1 << 10
"""Goroutines of one ``go`` statement that are looked at; of more none is distinguished. Chosen."""

Candidates = tuple[frozenset[int], ...]
"""For each access of a race, the goroutines that may have done it; none where nothing is known."""


def raced_goroutines(inputs: FailureInputs) -> list[Candidates]:
    """Return the goroutines that may have done the accesses of each race of a run."""
    races = inputs.run.races
    if inputs.tree is None or not races:
        return [(frozenset(),) * len(race.accesses) for race in races]
    created: dict[tuple[DumpFrame, ...], Sequence[Goroutine]] = {}
    alone = [
        tuple(_that_fit(inputs, inputs.tree, created, race, each) for each in race.accesses)
        for race in races
    ]
    known = _by_number(races, alone)
    return [
        tuple(
            known.get(access.goroutine, found)
            for access, found in zip(race.accesses, candidates, strict=True)
        )
        for race, candidates in zip(races, alone, strict=True)
    ]


def certain_goroutines(race: Race, candidates: Candidates) -> tuple[int, ...]:
    """Return the runtime's number of the goroutine of each access; 0 if it is not certain.

    Two goroutines of a report are never taken for one.
    """
    found = tuple(next(iter(each)) if len(each) == 1 else 0 for each in candidates)
    reported = {access.goroutine for access in race.accesses}
    return found if len(set(found)) >= len(reported) else (0,) * len(found)


def test_on_stack(inputs: FailureInputs, frames: Sequence[DumpFrame]) -> str:
    """Return the name of the top-level test whose function is on a stack; "" for none."""
    names = {test.name for test in inputs.tests if test.parent < 0}
    package = inputs.run.package
    for frame in reversed(frames):
        if package and package_of(frame.function) not in (package, f"{package}_test"):
            continue
        name = name_of_test(frame.function)
        if name and (name in names or (not names and frame.file.endswith("_test.go"))):
            return name
    return ""


def _that_fit(
    inputs: FailureInputs,
    tree: GoroutineTree,
    created: dict[tuple[DumpFrame, ...], Sequence[Goroutine]],
    race: Race,
    access: RaceAccess,
) -> frozenset[int]:
    """Return the goroutines that a report's lines on one of its own fit."""
    if access.goroutine == _MAIN:
        return frozenset((_MAIN,))
    entry = entry_of(race, access)
    if entry is None or not entry.frames:
        return frozenset()
    if entry.frames not in created:
        created[entry.frames] = _created_at(inputs, tree, entry.frames)
    earliest, latest = inputs.line_bounds(race.first_line)
    own = [frame.function for frame in access.frames if not is_wrapper(frame.function)]
    name = test_on_stack(inputs, access.frames)
    ended = access.previous and not entry.running
    fitting = [
        each
        for each in created[entry.frames]
        if each.created_ns <= latest
        and (ended or each.ended_ns is None or each.ended_ns >= earliest)
        and not (name and each.test >= 0 and inputs.name(each.test).partition("/")[0] != name)
    ]
    # One whose creation is not in the trace counts where it began as those that were created there.
    begun = {each.function for each in fitting if not each.there_before}
    fitting = [each for each in fitting if begun and each.function in (*begun, "")]
    # What was inlined into the function that a goroutine began with stands in its place.
    started_so = [each for each in fitting if own and each.function in (own[-1], "")]
    exact = any(each.function for each in started_so)
    return frozenset(each.id for each in (started_so if exact else fitting))


def entry_of(race: Race, access: RaceAccess) -> RaceGoroutine | None:
    """Return where the goroutine of an access was created by its report; None if nowhere."""
    return next((each for each in race.goroutines if each.number == access.goroutine), None)


def _created_at(
    inputs: FailureInputs, tree: GoroutineTree, frames: Sequence[DumpFrame]
) -> Sequence[Goroutine]:
    """Return the goroutines that were created there, and those of which that is not known."""
    columns = tree.columns()
    unknown = columns.goroutine[columns.creation < 0]
    known = [_MAIN, *tree.system.tolist()]
    if frames[0].function != STARTS_TESTS:
        known += [test.goroutine for test in inputs.tests]
    unknown = unknown[~np.isin(unknown, known)]
    places = _places(frames)
    created = tree.created_at(lambda stack: _agree(_places(stack), places))
    numbers = (*created, *unknown.tolist())
    if len(numbers) > _MOST:
        return ()
    return [each for number in numbers if (each := tree.goroutine(number)) is not None]


def _by_number(
    races: Sequence[Race], candidates: Sequence[Candidates]
) -> Mapping[int, frozenset[int]]:
    """Return the goroutines that each number of the detector may be, by all reports."""
    found: dict[int, set[int]] = {}
    for race, each in zip(races, candidates, strict=True):
        for access, fitting in zip(race.accesses, each, strict=True):
            if fitting and access.goroutine:
                found.setdefault(access.goroutine, set(fitting)).intersection_update(fitting)
    holders: dict[int, list[int]] = {}
    for number, goroutines in found.items():
        for goroutine in goroutines:
            holders.setdefault(goroutine, []).append(number)
    certain = [number for number, goroutines in found.items() if len(goroutines) == 1]
    while certain:
        number = certain.pop()
        for goroutine in tuple(found[number]):
            for other in holders[goroutine]:
                if other != number and goroutine in found[other] and len(found[other]) > 1:
                    found[other].discard(goroutine)
                    if len(found[other]) == 1:
                        certain.append(other)
    return {number: frozenset(goroutines) for number, goroutines in found.items() if goroutines}


def _places(stack: Sequence[DumpFrame | Frame]) -> list[tuple[str, int]]:
    return [(frame.file, frame.line) for frame in stack if not is_wrapper(frame.function)]


def _agree(stack: Sequence[tuple[str, int]], reported: Sequence[tuple[str, int]]) -> bool:
    """Return whether a stack may be a reported one, as far as both of them reach.

    A report has of each frame the innermost of the functions inlined into it, and leaves out those
    that they were inlined into (``raceSymbolizeCode`` in ``src/runtime/race.go``).
    """
    if not stack or not reported or stack[0] != reported[0]:
        return False
    at = 1
    for place in reported[1:]:
        if at == len(stack):
            break
        if place not in stack[at:]:
            return False
        at = stack.index(place, at) + 1
    return True
