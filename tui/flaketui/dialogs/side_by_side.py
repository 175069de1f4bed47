"""Two runs of one test beside each other: what is looked up once, and its lines at any width."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.style import Style
from textual.strip import Strip

from flakecore.comparison import (
    CaseComparison,
    Condition,
    Divergence,
    Run,
    Step,
    compare_cases,
    condition_shown,
    roles_of_test,
)
from flakecore.report.comparing import where_it_parts
from flakecore.timeline import Case, Lane, LaneKind, TestSpan, axis_of
from flakecore.times import format_duration
from flaketui.drawing.cells import lane_segments
from flaketui.drawing.lines import StyledLine, fit, wrap
from flaketui.drawing.theme import Look

_PAIRS = 12
"""Goroutines of which both lanes are drawn, those that part first."""
_LINES = 20
_LABEL = 34
_BEHIND, _LEAST_NS = 4, 1_000


class Aligned(StrEnum):
    """Which moment of both runs stands in the same column."""

    START = "the test's start"
    STEP = "the first step that differs"


@dataclass(frozen=True, slots=True)
class RolePair:
    """A goroutine in both runs.

    Attributes:
        words: who it is.
        numbers: its number in either run; 0 where it is not there.
        divergence: where it parts; None where it does not.
    """

    words: str
    numbers: tuple[int, int]
    divergence: Divergence | None


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two runs and what differs.

    Attributes:
        cases: the runs, A and B.
        titles: what to call them.
        tests: the test in either.
        found: what differs.
        pairs: the goroutines to draw.
    """

    cases: tuple[Case, Case]
    titles: tuple[str, str]
    tests: tuple[TestSpan, TestSpan]
    found: CaseComparison
    pairs: tuple[RolePair, ...]

    @property
    def can_align_at_step(self) -> bool:
        """Whether there is a step that differs in both runs."""
        return self._step_offsets() is not None

    def _step_offsets(self) -> tuple[int, int] | None:
        """Return when the first step that differs came in either run, since the test began.

        Where one run has no further step, its last one that was alike stands for it.
        """
        first = self.found.parts
        if first is not None and first.times_ns[0] is not None and first.times_ns[1] is not None:
            return first.times_ns[0], first.times_ns[1]
        for divergence in self.found.divergences:
            steps = (divergence.first or divergence.last, divergence.second or divergence.last)
            if steps[0] is not None and steps[1] is not None:
                return steps[0].time_ns, steps[1].time_ns
        return None

    def windows(self, aligned: Aligned) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return the window of either run, equally long, in nanoseconds since its case began.

        Aligned at a step, it is what leads there from the test's start, and four times as long
        behind it, for what differs next.
        """
        offsets = self._step_offsets() if aligned is Aligned.STEP else None
        before = offsets or (0, 0)
        lead = max(before)
        after = max(
            test.duration_ns - offset for test, offset in zip(self.tests, before, strict=True)
        )
        if offsets is not None:
            after = min(after, _BEHIND * max(lead, _LEAST_NS))
        origins = [test.start_ns + at for test, at in zip(self.tests, before, strict=True)]
        first, second = ((at - lead, at + max(after, 1)) for at in origins)
        return first, second


def side_by_side(
    first: Case,
    second: Case,
    titles: tuple[str, str],
    conditions: tuple[Mapping[str, Condition], Mapping[str, Condition]],
    test: str,
    runs: Sequence[Run] = (),
) -> SideBySide | None:
    """Hold two runs against each other; None where the test did not run in both, or untraced.

    Takes a while: a thread calls it.

    Args:
        first: the run that is looked at.
        second: the other one.
        titles: what to call them.
        conditions: those of either run.
        test: full name of the test to follow.
        runs: all runs of the bundle, to show what is usual.
    """
    spans = [
        next((each for each in reversed(case.tests) if each.name == test), None)
        for case in (first, second)
    ]
    if spans[0] is None or spans[1] is None:
        return None
    if first.schedule is None or second.schedule is None:
        return None
    found = compare_cases(first, second, conditions, test, runs)
    roles = [roles_of_test(first, spans[0].index), roles_of_test(second, spans[1].index)]
    numbers = [{role: number for number, role in of_case.items()} for of_case in roles]
    parted = {divergence.role: divergence for divergence in found.divergences}
    order = dict.fromkeys([*parted, *numbers[0], *numbers[1]])
    pairs = [
        RolePair(
            role.words(),
            (numbers[0].get(role, 0), numbers[1].get(role, 0)),
            parted.get(role),
        )
        for role in order
    ]
    return SideBySide((first, second), titles, (spans[0], spans[1]), found, tuple(pairs))


def comparison_lines(data: SideBySide, look: Look, width: int, aligned: Aligned) -> list[Strip]:
    """Return everything as lines of a width: both timelines, then what differs in words."""
    lines = [*_timelines(data, look, width, aligned), StyledLine(look, width).strip()]
    for text in _words(data):
        indent = len(text) - len(text.lstrip())
        lines += [
            StyledLine(look, width).add(f" {' ' * indent}{part}").strip()
            for part in wrap(text.strip(), width - indent - 2)
        ]
    return lines


def _timelines(data: SideBySide, look: Look, width: int, aligned: Aligned) -> Iterator[Strip]:
    for letter, title in zip("AB", data.titles, strict=True):
        yield StyledLine(look, width).add(f" {letter}  ", "accent").add(title).strip()
    columns = max(8, width - _LABEL - 2)
    windows = data.windows(aligned)
    length = format_duration(windows[0][1] - windows[0][0])
    head = StyledLine(look, width).add(fit(f" {data.found.test}", _LABEL), "title")
    yield head.add(f" aligned at {aligned}, {length}", "muted").rule().strip()
    for pair in data.pairs[:_PAIRS]:
        for side, letter in enumerate("AB"):
            yield _lane(data, pair, side, letter, look, width, columns, windows[side])
    if len(data.pairs) > _PAIRS:
        more = f"   {len(data.pairs) - _PAIRS:,} more goroutines of the test are not drawn"
        yield StyledLine(look, width).add(more, "muted").strip()


def _lane(
    data: SideBySide,
    pair: RolePair,
    side: int,
    letter: str,
    look: Look,
    width: int,
    columns: int,
    window: tuple[int, int],
) -> Strip:
    """Draw one goroutine of one run, with the step at which it parts."""
    number, line = pair.numbers[side], StyledLine(look, width)
    name = f"G{number} " if number else ""
    words = pair.words if side == 0 or not pair.numbers[0] else ""
    line.add(f" {letter} ", "accent").add(fit(f"{name}{words}", _LABEL - 4, look.glyphs.ellipsis))
    line.add(" ")
    schedule = data.cases[side].schedule
    if not number or schedule is None:
        return line.add(" not there in this run", "faint").strip()
    axis = axis_of(window[0], window[1], (), columns)
    cells = schedule.cells(Lane(LaneKind.GOROUTINE, number), axis)
    marks: dict[int, tuple[str, Style]] = {}
    step = _step_of(pair, side)
    if step is not None:
        at = axis.column(data.tests[side].start_ns + step.time_ns)
        marks[max(0, min(columns - 1, at))] = (look.glyphs.mark, look.style("warn"))
    drawn = lane_segments(
        cells, LaneKind.GOROUTINE, look, line.ground, -1, -1, axis.gaps, None, marks
    )
    return line.segments(drawn, columns).strip()


def _step_of(pair: RolePair, side: int) -> Step | None:
    if pair.divergence is None:
        return None
    return pair.divergence.first if side == 0 else pair.divergence.second


def _words(data: SideBySide) -> Iterator[str]:
    found = data.found
    if not found.divergences and found.parts is None:
        yield "No step of the test differs: what its goroutines print, start and end is alike."
    yield from where_it_parts(found)
    for divergence in found.divergences:
        steps = "1 step" if divergence.alike == 1 else f"{divergence.alike:,} steps"
        yield f"{divergence.role.words()}: alike for {steps}, then"
        for letter, step in zip("AB", (divergence.first, divergence.second), strict=True):
            text = f"{format_duration(step.time_ns)}: {step.words}" if step else "nothing more"
            yield f"    {letter} {text}"
    if found.conditions:
        yield "Conditions that differ:"
    for name, pair in found.conditions.items():
        text = "; ".join(
            f"{letter} {condition_shown(name, value) if value is not None else 'not recorded'}"
            for letter, value in zip("AB", pair, strict=True)
        )
        yield f"    {text}"
    if found.lines:
        yield "Lines that one run printed more often, numbers and times left out:"
    for line in found.lines[:_LINES]:
        yield f"    A {line.first}, B {line.second}: {line.text}"
    if len(found.lines) > _LINES:
        yield f"    … {len(found.lines) - _LINES:,} more; flaketui compare has them"
