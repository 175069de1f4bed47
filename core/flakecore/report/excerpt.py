"""Which lines of output and which failures a report shows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from flakecore.errors import BundleError
from flakecore.gotest import Race
from flakecore.loss import Loss, summed_up
from flakecore.timeline import Case, Failure, OutputLine

_MOST_LINES, _FEWEST_LINES, _LINES_IN_ALL = 200, 20, 10_000
"""Lines of output before one failure, and before all failures of a case together."""
_MOST_RACES, _RACES_IN_ALL = 200, 2_000
"""Races with one failure, and with all failures of a case together: each takes some 4 kB."""
_MOST_OUTPUT, _MOST_CHARACTERS = 200_000, 32 << 20
"""Lines of all output in one report, and their characters: half a minute of reading them into
JSON, and 100 MB of it. A test may print gigabytes, and they may come in 3 MB of an archive."""


@dataclass(slots=True)
class OutputBudget:
    """How much of all output a report may still show.

    Attributes:
        lines: so many lines.
        characters: with so many characters.
    """

    lines: int = _MOST_OUTPUT
    characters: int = _MOST_CHARACTERS

    def take(self, case: Case, indices: Sequence[int]) -> list[OutputLine]:
        """Return the lines with these indices, in their order, as far as they can be shown."""
        lines = []
        for index in indices[: self.lines]:
            line = case.output[index]
            if len(line.text) > self.characters:
                break
            self.characters -= len(line.text)
            lines.append(line)
        self.lines -= len(lines)
        return lines


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a report shows beside the failures themselves.

    Attributes:
        output: whether all output is shown.
        last_ns: how much of the time before each failure is shown with it; None for none.
        test: the only test that is shown, subtests included; "" for all.
        everything: whether the bounds on output, lines before a failure and losses are lifted.
    """

    output: bool = False
    last_ns: int | None = None
    test: str = ""
    everything: bool = False

    def failures(self, case: Case) -> Sequence[Failure]:
        """Return the failures that are shown."""
        if not self.test:
            return case.failures
        tests = self.tests(case)
        return [failure for failure in case.failures if failure.test in tests]

    def lines(
        self, case: Case, budget: OutputBudget
    ) -> tuple[Sequence[OutputLine], Sequence[OutputLine], int]:
        """Return the lines of the case that are shown, and take them off the budget of the report.

        Returns:
            The first ones, the last ones, and how many between them are left out.
        """
        indices = self._indices(case)
        if self.everything:
            return [case.output[index] for index in indices], (), 0
        half = OutputBudget(budget.lines // 2, budget.characters // 2)
        first = half.take(case, indices)
        rest = indices[len(first) :]
        budget.lines -= len(first)
        budget.characters -= sum(len(line.text) for line in first)
        last = budget.take(case, rest[::-1])
        return first, last[::-1], len(rest) - len(last)

    def lines_before(self, case: Case, failure: Failure) -> tuple[Sequence[OutputLine], int]:
        """Return the lines that are shown of the time before a failure, its own included.

        They are the last ones of that time; the second value is how many before them are left
        out. Many failures close together have the same lines before them.
        """
        if self.last_ns is None:
            return (), 0
        times = case.output.columns.time
        start = int(np.searchsorted(times, failure.at_ns - self.last_ns))
        end = max(case.output.at(failure.at_ns), failure.output_line) + 1
        indices = self._indices(case)
        first, last = bisect_left(indices, start), bisect_left(indices, end)
        most = max(_FEWEST_LINES, min(_MOST_LINES, _LINES_IN_ALL // len(case.failures)))
        begin = first if self.everything else max(first, last - most)
        return [case.output[index] for index in indices[begin:last]], begin - first

    def races(self, case: Case, failure: Failure) -> tuple[Sequence[Race], int]:
        """Return the races of a failure that are shown, and how many more it has.

        Of parallel tests each may fail by the reports of all.
        """
        most = max(1, min(_MOST_RACES, _RACES_IN_ALL // len(case.failures)))
        shown = failure.races if self.everything else failure.races[:most]
        return [case.races[index] for index in shown], len(failure.races) - len(shown)

    def losses(self, losses: Iterable[Loss], most: int) -> list[Loss]:
        """Return the losses that are stated, at most so many, and one for those that are not."""
        return list(losses) if self.everything else summed_up(losses, most)

    def _indices(self, case: Case) -> Sequence[int]:
        if not self.test:
            return range(len(case.output))
        columns = case.output.columns
        found: list[int] = np.flatnonzero(np.isin(columns.test, list(self.tests(case)))).tolist()
        return found

    def tests(self, case: Case) -> frozenset[int]:
        """Return the indices of the test that is shown and its subtests; none without one."""
        below = f"{self.test}/"
        return frozenset(
            test.index
            for test in case.tests
            if test.name == self.test or test.name.startswith(below)
        )


def check_test(cases: Sequence[Case], test: str) -> None:
    """Refuse to report on a test that is in none of the cases.

    Raises:
        BundleError: it names what there is.
    """
    names = {span.name for case in cases for span in case.tests}
    if test in names:
        return
    failed = dict.fromkeys(failure.test_name for case in cases for failure in case.failures)
    known = list(failed) or sorted(names)
    named = ", ".join(known[:5])
    remedy = f"those that failed are {named}" if failed else f"there is {named}"
    raise BundleError(f"there is no test {test!r}", remedy=remedy if known else "")


def outlives(case: Case, line: OutputLine) -> bool:
    """Return whether a line was printed when the test it belongs to was over."""
    if line.test < 0 or not line.goroutine:
        return False
    test = case.tests[line.test]
    return line.goroutine != test.goroutine and line.time_ns - line.error_ns > test.end_ns


def is_corrected(line: OutputLine) -> bool:
    """Return whether ``go test`` attributed a line to another test than its own."""
    return line.test != line.reported_test
