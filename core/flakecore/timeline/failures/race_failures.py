"""Failures that the race detector reports, one for each test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flakecore.frames import is_own, own_frame
from flakecore.gotest import RACE_MESSAGE, DumpFrame, Race
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.race_goroutines import (
    STARTS_TESTS,
    certain_goroutines,
    raced_goroutines,
)
from flakecore.timeline.failures.race_tests import race_tests


def race_failures(inputs: FailureInputs) -> Iterator[Failure]:
    """Return the failures by data races, one for each test."""
    of_test: dict[tuple[int, str], list[int]] = {}
    candidates = raced_goroutines(inputs)
    goroutines_of = list(map(certain_goroutines, inputs.run.races, candidates))
    tests = race_tests(inputs, candidates)
    for index, found in enumerate(tests):
        of_test.setdefault((found.test, found.name), []).append(index)
    for (test, test_name), races in of_test.items():
        # Of one that the log has only part of, less may be known.
        first = next((each for each in races if inputs.run.races[each].accesses), races[0])
        race, goroutines = inputs.run.races[first], goroutines_of[first]
        frame = _place(race, inputs.run.package)
        number = goroutines[0] if goroutines else 0
        yield Failure(
            index=0,
            test=test,
            test_name=test_name,
            kind=FailureKind.RACE,
            at_ns=_within_life(inputs, number, inputs.line_within(race.first_line)),
            message=_message(race, goroutines, inputs.run.package),
            file=frame.file if frame else "",
            line=frame.line if frame else 0,
            goroutine=number,
            output_line=inputs.line_index(race.first_line),
            races=tuple(races),
            race_goroutines=tuple(goroutines_of[each] for each in races),
            race_owners=tuple(tests[each].owner for each in races),
            messages=inputs.messages(test),
        )


def with_races_beside(failures: Sequence[Failure]) -> Iterator[Failure]:
    """Yield failures, those by assertions with the races that were, or may be, in their tests.

    These are of tests for which package testing counted a race.
    """
    of_test: dict[int, list[int]] = {}
    for failure in failures:
        for index, owner in zip(failure.races, failure.race_owners, strict=False):
            for test in (failure.test, *(owner.others if owner is not None else ())):
                of_test.setdefault(test, []).append(index)
    for failure in failures:
        counted = any(each.message == RACE_MESSAGE for each in failure.messages)
        if counted and failure.kind is FailureKind.ASSERTION:
            yield replace(failure, races=tuple(sorted(of_test.get(failure.test, ()))))
        else:
            yield failure


def with_counted_races(inputs: FailureInputs, failure: Failure, position: int) -> Failure:
    """Return a failure with the races that its test failed for, though they are others'.

    Package testing counts the detector's reports, and the test that looks first after one fails
    (``checkRaces`` in ``src/testing/testing.go``): any of those that ran beside the race. Since
    Go 1.22 each test counts by itself, so that several fail for one report: of a test for which
    none is left to count, the races are all since it began or went on.

    Args:
        inputs: what bears on it.
        failure: one whose message is ``RACE_MESSAGE``.
        position: of that message in ``inputs.run.lines``.
    """
    texts = inputs.run.lines.texts
    above = range(position - 1, -1, -1)
    after = next((at for at in above if RACE_MESSAGE in texts[at]), -1)
    since = (after, _went_on(inputs, failure, position))
    ranges = (
        [at for at, race in enumerate(inputs.run.races) if begin < race.first_line < position]
        for begin in since
    )
    counted = next(filter(None, ranges), None)
    if counted is None:
        return failure
    frame = _place(inputs.run.races[counted[0]], inputs.run.package)
    return replace(
        failure,
        races=tuple(counted),
        file=frame.file if frame else "",
        line=frame.line if frame else 0,
    )


def _went_on(inputs: FailureInputs, failure: Failure, position: int) -> int:
    """Return where a test began to count races: the last line by which it began or went on.

    ``position`` where the output has none, as without ``-v``.
    """
    begins = (f"=== RUN   {failure.test_name}", f"=== CONT  {failure.test_name}")
    lines = inputs.lines.message_lines(failure.test)
    own = [each.position for each in lines if each.text.rstrip() in begins]
    return max((at for at in own if at < position), default=position)


def _place(race: Race, package: str) -> DumpFrame | None:
    """Return one's own frame of the first access that has one, or else of where one began."""
    stacks = (access.frames for access in race.accesses)
    # Where a test's own goroutine began is package testing, whoever called that.
    created = (
        goroutine.frames
        for goroutine in race.goroutines
        if goroutine.frames and goroutine.frames[0].function != STARTS_TESTS
    )
    named = [own_frame(frames, package) for frames in (*stacks, *created)]
    own = (frame for frame in named if frame is not None and is_own(frame, package))
    return next(own, named[0] if named else None)


def _message(race: Race, goroutines: Sequence[int], package: str) -> str:
    parts = []
    for access, number in zip(race.accesses, goroutines, strict=True):
        frame = own_frame(access.frames, package)
        place = f" ({_base(frame.file)}:{frame.line})" if frame and frame.line else ""
        where = f" at {frame.function}{place}" if frame else ""
        who = f" by goroutine {number}" if number else ""
        parts.append(f"{access.kind}{who}{where}")
    return "data race: " + ", ".join(parts) if parts else "data race"


def _within_life(inputs: FailureInputs, number: int, at_ns: int) -> int:
    """Return a stamp moved into the lifetime of a goroutine."""
    goroutine = inputs.tree.goroutine(number) if inputs.tree is not None else None
    if goroutine is None:
        return at_ns
    ended = inputs.end_ns if goroutine.ended_ns is None else goroutine.ended_ns
    return max(goroutine.created_ns, min(at_ns, ended))


def _base(path: str) -> str:
    return path.rpartition("/")[2]
