"""Lines of output as text: in true order, the test each truly belongs to in front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.report.excerpt import is_corrected, outlives
from flakecore.timeline import Case, OutputLine, TimeSource
from flakecore.times import format_time

_WIDEST = 40
_LONGEST = 500
"""A message is shown as it was written, but a test may print a megabyte in one line."""
_AFTER = " (after its end)"
_MARKS = {
    TimeSource.EXACT: " ",
    TimeSource.BOUNDED: "~",
    TimeSource.STAMPED: "≈",
    TimeSource.UNKNOWN: "?",
}


def output_text(case: Case, lines: Sequence[OutputLine]) -> Iterator[str]:
    """Return lines of a case as a table, with what its marks mean below it."""
    tests = [_test(case, line) for line in lines]
    goroutines = [f"G{line.goroutine}" if line.goroutine else "" for line in lines]
    times = [f"{_MARKS[line.time_source]}{format_time(line.time_ns, digits=6)}" for line in lines]
    widths = [
        min(max(map(len, column), default=0), _WIDEST) for column in (tests, times, goroutines)
    ]
    corrected = False
    for line, test, time, goroutine in zip(lines, tests, times, goroutines, strict=True):
        wrong = is_corrected(line)
        corrected |= wrong
        head = f"{'*' if wrong else ' '}{test.ljust(widths[0])}  {time.rjust(widths[1])}"
        yield f"  {head}  {goroutine.ljust(widths[2])}  {cut(line.text)}".rstrip()
    shown = {line.time_source for line in lines}
    notes = ["* go test blames another test"] if corrected else []
    notes += [
        f"{_MARKS[known]} {meaning}"
        for known, meaning in (
            (TimeSource.BOUNDED, "between its neighbours"),
            (TimeSource.STAMPED, "when it was read"),
            (TimeSource.UNKNOWN, "no time known"),
        )
        if known in shown
    ]
    if notes:
        yield f"  ({'; '.join(notes)})"


def cut(text: str, longest: int = _LONGEST) -> str:
    """Return a text as it is shown: whole, unless it is absurdly long."""
    more = len(text) - longest
    return f"{text[:longest]}… {more:,} more characters" if more > 0 else text


def _test(case: Case, line: OutputLine) -> str:
    if line.test < 0:
        return "-"
    name = case.tests[line.test].name
    end = _AFTER if outlives(case, line) else ""
    room = _WIDEST - len(end)
    return f"{name if len(name) <= room else '…' + name[1 - room :]}{end}"
