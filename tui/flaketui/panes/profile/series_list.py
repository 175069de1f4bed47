"""The profiles that a run took one after another as rows, and the difference between any two."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual.strip import Strip

from flakecore.pprof import ValueType
from flakecore.profile_kinds import HEAP_KIND
from flakecore.report.hotspots import format_value
from flakecore.report.profile.series_rows import series_measure, series_rows
from flakecore.timeline import Case, CaseProfile
from flakecore.timeline.lanes.heap_by_repetition import heap_by_repetition
from flakecore.timeline.profiles.profile_series import profile_series
from flakecore.times import format_duration
from flaketui.drawing.lines import StyledLine
from flaketui.panes.profile.choices import Wanted, case_index
from flaketui.panes.profile.flame_lines import short_node_name
from flaketui.view.scene import Scene

_BYTES = ValueType("alive after the last collection within it", "bytes")


class ListedRow(NamedTuple):
    """One profile of a series, or one repetition of the tests.

    Attributes:
        number: its place, from 1.
        after_ns: since the first, or since the case began; -1 where it is not known.
        total: what it adds up to; None where nothing was collected in it.
        grew: what grew most since the one before, and by how much; "" for nothing.
        at_ns: its moment in the case; -1 for a profile, whose moment is no time of the trace.
    """

    number: int
    after_ns: int
    total: int | None
    grew: str
    at_ns: int = -1


class Series(NamedTuple):
    """Profiles of one kind one after another.

    Attributes:
        kind: of the profiles, or ``HEAP_KIND``.
        counted: what the rows count.
        rows: in the order of time.
    """

    kind: str
    counted: ValueType
    rows: tuple[ListedRow, ...]


def series_of(case: Case, profiles: tuple[CaseProfile, ...], kind: str, measure: str) -> Series:
    """Return the profiles of a kind, or where there are not several, the heap by repetition.

    Args:
        case: whose profiles they are.
        profiles: all that it has.
        kind: of the profile on screen.
        measure: which sample type; "" for what is alive of a heap, else the profiles' own choice.
    """
    series = profile_series(profiles, kind)
    if len(series) > 1:
        counted = series_measure(series, measure)
        rows = tuple(
            ListedRow(each.number, each.after_ns, each.total, _grew(each.grew, each.grown, counted))
            for each in series_rows(series, measure)
        )
        return Series(kind, counted, rows)
    if case.trace is None or case.gc is None:
        return Series(kind, _BYTES, ())
    found = heap_by_repetition(case.tests, case.trace, case.gc)
    left = tuple(
        ListedRow(number, time_ns, size if size >= 0 else None, "", time_ns)
        for number, size, time_ns in found
    )
    return Series(HEAP_KIND, _BYTES, left if len(left) > 1 else ())


def measure_of_series(scene: Scene, kind: str) -> str:
    """Return what the rows of a series count unless asked otherwise; "" where there are none."""
    series = profile_series(scene.profiles.get(case_index(scene)) or (), kind)
    return series_measure(series).kind if len(series) > 1 else ""


def _grew(name: str, grown: int, counted: ValueType) -> str:
    return f"{short_node_name(name)} +{format_value(grown, counted.unit)}" if name else ""


Defer = Callable[[Callable[[], Series], Callable[[Series], None]], None]
"""Has a thread call the first, and hands what that returns to the second, in the event loop."""


class SeriesShown:
    """Makes the series of what is on screen in a thread, and keeps the last one."""

    def __init__(self, defer: Defer, none: Callable[[], None]) -> None:
        """Have ``defer`` make series; ``none`` is called where there is none."""
        self._defer = defer
        self._none = none
        self._key: object = None
        self._empty = False
        self.found: SeriesList | None = None

    def of(self, scene: Scene, kind: str, wanted: Wanted) -> SeriesList | None:
        """Return the series of a kind; None before it is made, and where there is none."""
        profiles = scene.profiles.get(case_index(scene)) or ()
        key = (id(scene.case), kind, wanted.measure, len(profiles))
        if key != self._key:
            self._key, self.found, self._empty, case = key, None, False, scene.case

            def made(series: Series) -> None:
                if key != self._key:
                    return
                if series.rows:
                    self.found = SeriesList(series, wanted.number, wanted.less)
                else:
                    self._empty = True
                    self._none()

            self._defer(lambda: series_of(case, profiles, kind, wanted.measure), made)
        elif self._empty:
            self._none()
        return self.found


class SeriesList:
    """Rows that one chooses from, and the row that others are compared with."""

    def __init__(self, series: Series, chosen: int = -1, less: int = 0) -> None:
        """Stand on the last row, or on number ``chosen``; ``less`` is the number compared with."""
        self.series = series
        self.count = len(series.rows)
        self.chosen = chosen - 1 if 0 < chosen <= self.count else self.count - 1
        self.less = less

    @property
    def row(self) -> ListedRow:
        """The chosen row."""
        return self.series.rows[self.chosen]

    def step(self, delta: int) -> None:
        """Choose another row."""
        self.chosen = max(0, min(self.count - 1, self.chosen + delta))

    def choose(self, row: int) -> None:
        """Choose what a row below the title shows, ``top`` added to it."""
        if _HEAD_ROWS <= row < self.count + _HEAD_ROWS:
            self.chosen = row - _HEAD_ROWS

    def mark(self) -> str:
        """Compare with the chosen row, or with none again; returns a word on it."""
        number = self.row.number
        self.less = 0 if self.less == number else number
        if not self.less:
            return "profile: compared with none"
        return f"profile: compared with no. {number}; enter on another shows what differs"

    def draw(self, scene: Scene, width: int, top: int, rows: int) -> list[Strip]:
        """Return so many lines: what the rows count, then rows from ``top`` on."""
        look, unit = scene.look, self.series.counted.unit
        head = StyledLine(look, width).add(f" {self.series.kind} ", "strong")
        head.add(f"{self.series.counted.kind}  ", "text").add(self.difference, "accent")
        against = self.less and self.series.rows[self.less - 1].total is not None
        columns = StyledLine(look, width).cell("no.", 5, "faint", right=True)
        columns.cell("after", 9, "faint", right=True).cell("total", 10, "faint", right=True)
        word = f"to no. {self.less}" if against else "change"
        columns.cell(word, 11, "faint", right=True).add("  grew most", "faint")
        lines = [head.strip(), columns.strip()]
        for at in range(top, min(self.count, top + rows - _HEAD_ROWS)):
            row, change = self.series.rows[at], self._change(at)
            line = StyledLine(look, width, "selected" if at == self.chosen else "plain")
            line.cell(
                f"{'*' if row.number == self.less else ''}{row.number}", 5, "text", right=True
            )
            after = format_duration(row.after_ns) if row.after_ns >= 0 else "?"
            line.cell(after, 9, "muted", right=True)
            if row.total is None:
                line.cell("?", 10, "text", right=True).add("  no collection within it", "muted")
            else:
                line.cell(format_value(row.total, unit), 10, "text", right=True)
                grown = change is not None and change > 0
                answer = (
                    "" if change is None else f"{'+' if grown else ''}{format_value(change, unit)}"
                )
                line.cell(answer, 11, "bad" if grown else "good", right=True)
                line.add(f"  {row.grew}", "text")
            lines.append(line.strip())
        return [*lines, *[StyledLine(look, width).strip()] * (rows - len(lines))]

    @property
    def difference(self) -> str:
        """What the chosen row has more than the one that is compared with; "" for none."""
        if not self.less or self.less == self.row.number:
            return ""
        change, other = self._change(self.chosen), self.series.rows[self.less - 1]
        both = f"no. {self.row.number} less no. {self.less}"
        if change is None:
            return f"{both}: unknown"
        apart = ""
        if min(self.row.after_ns, other.after_ns) >= 0:
            apart = f", {format_duration(abs(self.row.after_ns - other.after_ns))} apart"
        sign = "+" if change > 0 else ""
        return f"{both}: {sign}{format_value(change, self.series.counted.unit)}{apart}"

    def _change(self, at: int) -> int | None:
        """Return what a row has more than the one compared with, or than the one before."""
        rows = self.series.rows
        other = self.less - 1 if self.less else at - 1
        total, base = rows[at].total, rows[other].total if other >= 0 else None
        return total - base if total is not None and base is not None and other != at else None


_HEAD_ROWS = 2
"""Lines above the rows: what they count, and the columns' names."""
