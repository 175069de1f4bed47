"""The rows of the Runs pane: rates and what they go with, then the runs one a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.comparison import (
    Run,
    conditions_beside,
    conditions_shown,
    drawn_rate_sentence,
)
from flakecore.text.counted import counted
from flakecore.timeline import Case
from flakecore.times import format_duration
from flaketui.drawing.palettes import Role
from flaketui.panes.paragraph_pane import Paragraph
from flaketui.view.scene import Scene, case_name

_RATES = 4
"""Tests whose rate is shown, the most frequent first."""

_PREDICATES = 3
"""Predicates of a test that are shown, the strongest first."""


@dataclass(frozen=True, slots=True)
class RunRow(Paragraph):
    """One row.

    Attributes:
        run: place of the run that it stands for; -1 for none.
        case: index of the case that it opens; -1 where its evidence is not in the bundle.
    """

    run: int = -1
    case: int = -1

    @property
    def on_one_line(self) -> bool:
        """Whether it is a run's row, which is cut and not folded."""
        return self.run >= 0


def run_rows(scene: Scene) -> tuple[RunRow, ...]:
    """Return the rows for the bundle of a scene."""
    return tuple(_of_runs(scene) if scene.runs.runs else _of_cases(scene))


def _of_runs(scene: Scene) -> Iterator[RunRow]:
    runs, rates = scene.runs.runs, scene.runs.rates
    drawn = [run for run in runs if run.drawn]
    failed, drawn_failed = (sum(not run.ended_well for run in some) for some in (runs, drawn))
    rate_of_all = drawn_rate_sentence(drawn_failed, len(drawn), failed, len(runs))
    yield RunRow(f"failed: {rate_of_all}", "strong")
    for rate in rates[:_RATES]:
        yield RunRow(f"{_short(rate.name)} failed {rate.sentence()}", "bad")
        for each in rate.goes_with:
            yield RunRow(f"{each.sentence()}", "text", 2)
        for found in rate.predicates[:_PREDICATES]:
            yield RunRow(f"{found.sentence()}", "text", 2)
    if len(rates) > _RATES:
        more = counted(len(rates) - _RATES, "more test")
        yield RunRow(f"{more} failed; flaketui runs lists them", "muted")
    alike = _shared_conditions(runs)
    first = next((run for run in runs if run.number == 1), None)
    if first is not None and len(runs) > 1:
        yield RunRow("what is not told of a run is as in run 1", "faint")
    for at, run in enumerate(runs):
        own = [each for each in conditions_shown(run.conditions) if each not in alike]
        if first is not None and run is not first:
            own = conditions_beside(run.conditions, first.conditions)
        took = format_duration(run.duration_ns) if run.duration_ns is not None else ""
        mark = "✓" if run.ended_well else "✗"
        tests = [_short(name) for name in dict.fromkeys(run.failed)]
        more = f" and {len(tests) - 2} more" if len(tests) > 2 else ""
        names = ", ".join(tests[:2]) + more
        index = _case_of(run, scene.others)
        # At 80 columns the conditions are cut, and never what failed.
        opens = "(opens)" if index >= 0 else ""
        parts = [f"{mark} {run.number:>3} {took:>7}", names, opens, "  ".join(own)]
        role: Role = "muted" if index < 0 else "good" if run.ended_well else "bad"
        text = "  ".join(part for part in parts if part)
        yield RunRow(text, role, 0, at, index)


def _of_cases(scene: Scene) -> Iterator[RunRow]:
    """Yield the cases, where nothing is recorded of runs."""
    if len(scene.others) < 2:
        yield RunRow("one run: nothing to hold it against", "muted")
        yield RunRow(
            "collect --until-fail --stress runs until one fails, and keeps a pass", "faint"
        )
        return
    for index, case in enumerate(scene.others):
        count = len(case.failures)
        outcome = "✓ passed" if not count else f"✗ {count} failed"
        yield RunRow(f"{outcome}  {case_name(case)}", "bad" if count else "good", 0, index, index)


def _case_of(run: Run, cases: tuple[Case, ...]) -> int:
    """Return the index of the first case of a run; -1 where it was not kept."""
    for index, case in enumerate(cases):
        if case.attempt.isdigit() and int(case.attempt) == run.number:
            return index
    return -1


def _shared_conditions(runs: tuple[Run, ...]) -> set[str]:
    """Return the conditions, as words, that all runs have."""
    shown = [set(conditions_shown(run.conditions)) for run in runs]
    return set.intersection(*shown) if shown else set()


def _short(name: str) -> str:
    """Return a test's name without its package."""
    return name.rpartition("/")[2].partition(".")[2] or name
