"""Failures that the race detector reports.

The detector numbers goroutines by a count of its own, which is not the runtime's: the numbers in
its reports do not occur in the trace. So a goroutine of a report is identified in the trace by the
stack of its creation, the function that it runs, and the test that is on its stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flakecore.frames import is_own, is_wrapper, own_frame, package_of
from flakecore.gotest import RACE_MESSAGE, DumpFrame, Race, RaceAccess
from flakecore.gotrace import Frame
from flakecore.timeline.dumps.dump_tests import name_of_test
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.lanes.lane import Goroutine

_MAIN = 1
_STARTS_TESTS = "testing.(*T).Run"


def race_failures(inputs: FailureInputs) -> Iterator[Failure]:
    """Return the failures by data races, one for each test."""
    of_test: dict[tuple[int, str], list[int]] = {}
    goroutines_of = [_goroutines(inputs, race) for race in inputs.run.races]
    for index, race in enumerate(inputs.run.races):
        goroutines = goroutines_of[index]
        blamed, name = _test_by_name(inputs, race)
        test = inputs.test_of(goroutines, blamed)
        if test >= 0 or not name:
            name = inputs.name(test)
        of_test.setdefault((test, name), []).append(index)
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
            messages=inputs.messages(test),
        )


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
        if goroutine.frames and goroutine.frames[0].function != _STARTS_TESTS
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


def _goroutines(inputs: FailureInputs, race: Race) -> tuple[int, ...]:
    """Return the runtime's number of the goroutine of each access; 0 if it is not certain.

    Two goroutines of a report are never taken for one.
    """
    found = tuple(_goroutine(inputs, race, access) for access in race.accesses)
    reported = {access.goroutine for access in race.accesses}
    return found if len(set(found)) >= len(reported) else (0,) * len(found)


def _goroutine(inputs: FailureInputs, race: Race, access: RaceAccess) -> int:
    """Return the runtime's number of the goroutine that did an access; 0 if it is not certain."""
    if access.goroutine == _MAIN:
        return _MAIN
    tree = inputs.tree
    entry = next((each for each in race.goroutines if each.number == access.goroutine), None)
    if tree is None or entry is None or not entry.frames:
        return 0
    at_ns = inputs.line_within(race.first_line)
    created = _places(entry.frames)
    own = [frame.function for frame in access.frames if not is_wrapper(frame.function)]
    name = _test_name(inputs, access.frames)
    found: list[Goroutine] = []
    for number in tree.created_at(lambda stack: _agree(_places(stack), created)):
        goroutine = tree.goroutine(number)
        if goroutine is None or goroutine.created_ns > at_ns:
            continue
        if own and goroutine.function != own[-1]:
            continue
        if name and goroutine.test >= 0 and _top(inputs.name(goroutine.test)) != name:
            continue
        found.append(goroutine)
    # A stamp may be late, and the race long over: whether one still ran then is only a hint.
    alive = [each for each in found if each.ended_ns is None or each.ended_ns >= at_ns]
    blamed = [each for each in found if each.test == race.test]
    for likely in (found, alive, blamed):
        if len(likely) == 1:
            return likely[0].id
    return 0


def _within_life(inputs: FailureInputs, number: int, at_ns: int) -> int:
    """Return a stamp moved into the lifetime of a goroutine."""
    goroutine = inputs.tree.goroutine(number) if inputs.tree is not None else None
    if goroutine is None:
        return at_ns
    ended = inputs.end_ns if goroutine.ended_ns is None else goroutine.ended_ns
    return max(goroutine.created_ns, min(at_ns, ended))


def _test_by_name(inputs: FailureInputs, race: Race) -> tuple[int, str]:
    """Return index and name of the test whose function is on a stack, or else the one go blames.

    A report without test output around it names tests that are in no list: index -1.
    """
    stacks = [access.frames for access in race.accesses]
    for frames in (*stacks, *(goroutine.frames for goroutine in race.goroutines)):
        name = _test_name(inputs, frames)
        if name and (race.test < 0 or _top(inputs.name(race.test)) != name):
            found = (test.index for test in inputs.tests if test.name == name)
            return next(found, -1), name
        if name:
            break
    return race.test, ""


def _test_name(inputs: FailureInputs, frames: Sequence[DumpFrame]) -> str:
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


def _places(stack: Sequence[DumpFrame | Frame]) -> list[tuple[str, int]]:
    return [(frame.file, frame.line) for frame in stack if not is_wrapper(frame.function)]


def _agree(one: Sequence[tuple[str, int]], other: Sequence[tuple[str, int]]) -> bool:
    """Return whether two stacks are the same as far as both of them reach."""
    shared = min(len(one), len(other))
    return shared > 0 and one[:shared] == other[:shared]


def _top(name: str) -> str:
    return name.partition("/")[0]


def _base(path: str) -> str:
    return path.rpartition("/")[2]
