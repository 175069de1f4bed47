"""Which test each goroutine of a dump or page belongs to: by trace, label, stack or creator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.frames import HasFunction
from flakecore.timeline import Case


@dataclass(frozen=True, slots=True)
class Owned:
    """What shows the test of a goroutine.

    Attributes:
        number: the goroutine's own.
        creator: number of the goroutine that created it; 0 if unknown.
        frames: its stack, innermost first, and behind it the frame that created it.
        test: name of the test that it is labelled with; "" for none.
    """

    number: int
    creator: int
    frames: Sequence[HasFunction]
    test: str = ""


def owning_tests(case: Case, goroutines: Sequence[Owned], at_ns: int) -> dict[int, int]:
    """Return the index in ``Case.tests`` of each goroutine's test, by its number, where known.

    Args:
        case: the goroutines are of its process.
        goroutines: all that there are at one moment.
        at_ns: the moment, on the case's clock: of several runs of a test the last that had begun.
    """
    by_name: dict[str, int] = {}
    for test in case.tests:
        if test.name not in by_name or test.start_ns <= at_ns:
            by_name[test.name] = test.index
    of_runner = {test.goroutine: test.index for test in case.tests if test.goroutine}
    found: dict[int, int] = {}
    parents: dict[int, int] = {}
    for each in goroutines:
        parents[each.number] = each.creator
        known = case.schedule.goroutine(each.number) if case.schedule is not None else None
        index = known.test if known is not None else of_runner.get(each.number, -1)
        if index < 0:
            index = by_name.get(each.test, -1)
        if index < 0:
            index = _named_by(each.frames, by_name)
        if index >= 0:
            found[each.number] = index
    for each in goroutines:
        seen: set[int] = set()
        number = each.number
        while number not in found and number in parents and number not in seen:
            seen.add(number)
            number = parents[number]
        if number in found:
            found[each.number] = found[number]
    return found


def _named_by(frames: Sequence[HasFunction], by_name: dict[str, int]) -> int:
    """Return the index of the test whose function is the outermost on a stack; -1 for none."""
    for frame in reversed(frames):
        name = frame.function.rpartition("/")[2].split(".")
        if len(name) > 1 and name[1] in by_name:
            return by_name[name[1]]
    return -1
