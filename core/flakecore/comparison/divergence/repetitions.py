"""The repetitions of one test in a process (``-count``): lines that not all of them printed alike.

A test that passes once and fails from then on, or the other way round, mostly prints why itself:
"init done" in the first repetition, "state reset" in the second. What reports a failure is left
out, for it goes with the failure by definition; what varies within a line is taken out
(``signature``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flakecore.comparison.divergence.steps import failure_lines, is_of_the_framework, reports
from flakecore.comparison.signature import without_varying
from flakecore.timeline import Case, TestSpan, TestStatus

_LINES = 50_000
"""Lines of all repeated tests that are looked at, the first ones; a bound, not measured."""
_NAMED = 3
"""Repetitions that are named by number."""


@dataclass(frozen=True, slots=True)
class RepeatedLine:
    """A line that not every repetition printed as often.

    Attributes:
        text: without what varies.
        counts: how often each repetition printed it, in their order.
    """

    text: str
    counts: tuple[int, ...]

    def words(self) -> str:
        """Return which repetitions printed it: ``only in repetition 1``."""
        having = [at for at, count in enumerate(self.counts, 1) if count]
        lacking = [at for at, count in enumerate(self.counts, 1) if not count]
        if not lacking:
            fewest, most = min(self.counts), max(self.counts)
            return f"{fewest:,} to {most:,} times in each"
        if len(having) <= min(_NAMED, len(lacking)):
            return f"only in {_numbered(having)}"
        if len(lacking) <= _NAMED:
            return f"not in {_numbered(lacking)}"
        return f"in {len(having):,} of {len(self.counts):,}, first in repetition {having[0]:,}"


@dataclass(frozen=True, slots=True)
class RepeatedTest:
    """A test that ran several times in one process.

    Attributes:
        name: its full name.
        statuses: how each repetition ended, in their order.
        lines: those that not all printed alike, in the order first printed.
    """

    name: str
    statuses: tuple[TestStatus, ...]
    lines: tuple[RepeatedLine, ...]

    @property
    def ended_otherwise(self) -> bool:
        """Whether some repetitions ended otherwise than others."""
        return len(set(self.statuses)) > 1

    def ended(self) -> str:
        """Return how they ended: ``pass 1, fail 2`` in their order, alike ones counted."""
        parts: list[tuple[TestStatus, int]] = []
        for status in self.statuses:
            if parts and parts[-1][0] is status:
                parts[-1] = (status, parts[-1][1] + 1)
            else:
                parts.append((status, 1))
        shown = [f"{status}" if count == 1 else f"{count:,} × {status}" for status, count in parts]
        return ", ".join(shown[:_SHOWN]) + (", …" if len(shown) > _SHOWN else "")


_SHOWN = 6
"""Changes of outcome that are listed one after the other."""


def repeated_tests(case: Case) -> tuple[RepeatedTest, ...]:
    """Return the tests that ran several times, those that ended otherwise first.

    Tests whose repetitions all ended alike and printed the same are left out.
    """
    spans: dict[str, list[TestSpan]] = {}
    for test in case.tests:
        spans.setdefault(test.name, []).append(test)
    repeated = {name: each for name, each in spans.items() if len(each) > 1}
    counts = _counts(case, [test for each in repeated.values() for test in each])
    found = [
        RepeatedTest(
            name=name,
            statuses=tuple(test.status for test in each),
            lines=tuple(_differing([counts.get(test.index, Counter()) for test in each])),
        )
        for name, each in repeated.items()
    ]
    differing = [each for each in found if each.lines or each.ended_otherwise]
    return tuple(sorted(differing, key=lambda each: not each.ended_otherwise))


def _counts(case: Case, tests: Sequence[TestSpan]) -> Mapping[int, Counter[str]]:
    """Return how often each test printed each line itself, by its index."""
    columns = case.output.columns
    wanted = np.zeros(len(case.tests), np.bool_)
    wanted[[test.index for test in tests]] = True
    if not tests:
        return {}
    rows = np.flatnonzero((columns.test >= 0) & wanted[columns.test])
    reported = failure_lines(case)
    found: dict[int, Counter[str]] = {}
    for row in rows[:_LINES].tolist():
        test, text = int(columns.test[row]), columns.texts[row].strip()
        if not text or is_of_the_framework(text):
            continue
        line = without_varying(text)
        if line and not reports(line, reported.get(test, ())):
            found.setdefault(test, Counter())[line] += 1
    return found


def _differing(counts: Sequence[Counter[str]]) -> Iterator[RepeatedLine]:
    for text in dict.fromkeys(text for each in counts for text in each):
        pair = tuple(each[text] for each in counts)
        if len(set(pair)) > 1:
            yield RepeatedLine(text, pair)


def _numbered(numbers: Sequence[int]) -> str:
    *others, last = (f"{each:,}" for each in numbers)
    return f"repetitions {', '.join(others)} and {last}" if others else f"repetition {last}"
