"""Which output lines are shown: what a filter keeps, and filters as people type them.

A filter is typed as words: ``level:warn g:21 last:5s test:TestDrain deadlock`` shows the lines of
that level and above, which that goroutine printed, of the last five seconds before the failure,
of that test, which contain the rest. Any of them may be left out; nothing at all shows all lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from flakecore.gotest.logs.levels import Level, level_of
from flakecore.timeline import Case
from flakecore.times import format_duration, parse_duration
from flaketui.view.arrangement import OutputFilter
from flaketui.view.viewport import Viewport

EXAMPLE = "level:warn  g:21  last:5s  test:TestX  and any text"


class Asked(NamedTuple):
    """A filter as it was typed: for the pane, and for the viewport the test (-1 for all)."""

    filter: OutputFilter
    only_test: int


def parse_filter(text: str, case: Case) -> Asked | str:
    """Return the filter that was typed, or a sentence that explains what is wrong with it."""
    made, only, rest = OutputFilter(), -1, []
    for word in text.split():
        name, colon, value = word.partition(":")
        match name.lower() if colon and value else "":
            case "level":
                try:
                    made = replace(made, level=Level[value.upper().rstrip("+")])
                except KeyError:
                    return f"{value} is no level: debug, info, warn or error"
            case "g" | "goroutine":
                number = value.lower().removeprefix("g")
                if not number.isdecimal():
                    return f"{value} is no goroutine's number"
                made = replace(made, goroutine=int(number))
            case "last":
                span = parse_duration(value)
                if span is None or span <= 0:
                    return f"{value} is no duration: 5s, 200ms"
                made = replace(made, last_ns=span)
            case "test":
                only = next((test.index for test in case.tests if test.name == value), -1)
                if only < 0:
                    return f"no test is called {value}"
            case _:
                rest.append(word)
    return Asked(replace(made, text=" ".join(rest)), only)


def filter_text(shown: OutputFilter, only_test: str) -> str:
    """Return a filter as one would type it."""
    words = [f"level:{shown.level.name.lower()}"] if shown.level else []
    words += [f"g:{shown.goroutine}"] if shown.goroutine else []
    words += [f"last:{_typed(shown.last_ns)}"] if shown.last_ns else []
    words += [f"test:{only_test}"] if only_test else []
    return " ".join([*words, *([shown.text] if shown.text else [])])


def _typed(ns: int) -> str:
    short = format_duration(ns)
    return short if parse_duration(short) == ns else f"{ns}ns"


def lines_shown(case: Case, view: Viewport, shown: OutputFilter) -> Sequence[int]:
    """Return the indices of the lines that a filter keeps, in order."""
    output, only = case.output, view.only_test
    indices: Sequence[int] = range(len(output)) if only < 0 else output.of_test(only)
    if shown == OutputFilter():
        return indices
    since = _end_of_interest(case, view) - shown.last_ns if shown.last_ns else None
    needle = shown.text.lower()
    kept = []
    for index in indices:
        line = output[index]
        if since is not None and line.time_ns < since:
            continue
        if shown.goroutine and line.goroutine != shown.goroutine:
            continue
        if needle and needle not in line.text.lower():
            continue
        if shown.level and level_of(line.text) < shown.level:
            continue
        kept.append(index)
    return kept


def _end_of_interest(case: Case, view: Viewport) -> int:
    """Return the moment that the last seconds are counted from: the failure, else the end."""
    if view.selection.failure >= 0:
        return case.failures[view.selection.failure].at_ns
    if view.only_test >= 0:
        return case.tests[view.only_test].end_ns
    return case.output[-1].time_ns if len(case.output) else case.end_ns
