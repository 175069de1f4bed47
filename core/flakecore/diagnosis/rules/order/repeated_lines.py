"""Lines that show a test's first run in a process from its later ones: what it set up only once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.timeline import Case, TestSpan

_VARIES = re.compile(r"0[xX][0-9a-fA-F]+|\d+")
_OF_TESTING = re.compile(r"\s*(?:=== |--- |PASS\b|FAIL\b|ok\s)|.*\bpanic: ")
_PLACE = re.compile(r"\s*\w[\w.-]*\.go:\d+: ")
"""What package testing sets before a line that a test logs or fails with."""
_LINES = 2_000
"""Lines of a run that are looked at."""
_SHOWN = 2


def lines_of_the_first(case: Case, runs: Sequence[TestSpan]) -> list[str]:
    """Return lines that the first run of a test printed, and no later one that came as far.

    A line counts where every later run printed what the first one did behind it, so that none of
    them ended before it. Numbers and addresses may differ.

    Args:
        case: the runs are of it.
        runs: of one test in one process, in the order they ran.
    """
    end = len(case.output)
    first, later = _printed(case, runs[0], end), [_printed(case, each, end) for each in runs[1:]]
    if not first or not later:
        return []
    shapes = [set(map(shape_of, each)) for each in later]
    found: list[str] = []
    behind = False
    for text in reversed(first):
        shape = shape_of(text)
        everywhere = all(shape in each for each in shapes)
        if behind and not any(shape in each for each in shapes):
            found.append(text)
        behind = behind or everywhere
    return found[::-1][:_SHOWN]


def printed_before(case: Case, run: TestSpan) -> list[str]:
    """Return the lines that a run printed itself before it failed, in order; all if it did not."""
    failures = (each for each in case.failures if each.test == run.index and each.output_line >= 0)
    until = min((each.output_line for each in failures), default=len(case.output))
    return _printed(case, run, until)


def _printed(case: Case, run: TestSpan, until: int) -> list[str]:
    """Return the lines that a run printed itself, in order, up to one of the output."""
    own = (int(index) for index in case.output.of_test(run.index)[:_LINES])
    texts = [case.output[index].text for index in own if index < until]
    return [
        _PLACE.sub("", text).strip()
        for text in texts
        if text.strip() and not _OF_TESTING.match(text)
    ]


def shape_of(text: str) -> str:
    """Return a line without what differs from run to run: its numbers and addresses."""
    return _VARIES.sub("0", text)
