"""Both windows are equally long, and the chosen moment stands in the same column of both."""

from __future__ import annotations

import pytest

from comparison.divergence.pair import failed_and_passed
from flakecore.timeline import axis_of
from flaketui.dialogs.side_by_side import Aligned, SideBySide, comparison_lines, side_by_side
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look

LOOK = look(DARK, ascii_glyphs=True)
NONE: dict[str, str | float] = {}


@pytest.fixture(scope="module")
def data() -> SideBySide:
    found = side_by_side(
        *failed_and_passed(), ("failed", "passed"), ({"GOMAXPROCS": "1"}, NONE), "TestDelivery"
    )
    assert found is not None
    return found


def test_windows_are_equally_long_and_aligned(data: SideBySide) -> None:
    for aligned, moments in (
        (Aligned.START, [test.start_ns for test in data.tests]),
        (
            Aligned.STEP,
            [
                test.start_ns + step.time_ns
                for test, step in zip(
                    data.tests,
                    (data.found.divergences[0].first, data.found.divergences[0].second),
                    strict=True,
                )
                if step is not None
            ],
        ),
    ):
        windows = data.windows(aligned)
        assert len({end - start for start, end in windows}) == 1
        columns = {
            axis_of(start, end, (), 100).column(moment)
            for (start, end), moment in zip(windows, moments, strict=True)
        }
        assert len(columns) == 1
        for (start, end), test in zip(windows, data.tests, strict=True):
            assert start <= test.start_ns
            assert test.end_ns <= end or aligned is Aligned.STEP


def test_goroutines_that_part_come_first(data: SideBySide) -> None:
    parts = [pair.divergence is not None for pair in data.pairs]
    assert parts == sorted(parts, reverse=True)
    assert parts[0]
    assert all(any(pair.numbers) for pair in data.pairs)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_every_line_has_the_width(data: SideBySide, width: int) -> None:
    for aligned in Aligned:
        lines = comparison_lines(data, LOOK, width, aligned)
        assert {line.cell_length for line in lines} == {width}


def test_conditions_and_lines_that_differ_are_told(data: SideBySide) -> None:
    text = "\n".join(line.text for line in comparison_lines(data, LOOK, 120, Aligned.START))
    assert "A GOMAXPROCS=1; B not recorded" in text
    assert "A 0, B 2: delivers" in text


def test_a_test_that_did_not_run_in_both_has_no_comparison() -> None:
    failed, passed = failed_and_passed()
    assert side_by_side(failed, passed, ("a", "b"), (NONE, NONE), "TestNone") is None
