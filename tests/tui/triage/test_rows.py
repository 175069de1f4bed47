"""The lines of the triage screen."""

from __future__ import annotations

import pytest

from flakecore.fleet.triage.flaky_tests import TREND, FlakyTest
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.triage.rows import test_details as details_of
from flaketui.triage.rows import test_line as line_of

LOOK = DisplaySettings().look
TEST = FlakyTest(
    number=0,
    package="example.com/pool",
    test="TestDrain",
    runs=40,
    failures=3,
    drawn_runs=40,
    drawn_failures=3,
    low=0.02,
    high=0.2,
    trend=((1, 0),) * (TREND - 1) + ((17, 3),),
    since=None,
    last_ns=1_795_000_000_000_000_000,
)


@pytest.mark.parametrize("width", [40, 80, 90, 160])
def test_a_row_fills_its_width_and_ends_with_the_name(width: int) -> None:
    line = line_of(TEST, LOOK, width, chosen=False)
    text = line.strip().text
    assert len(text) == width - line.left
    assert text.rstrip().endswith("Drain")
    assert ("█" in text) == (width >= 90)


def test_what_is_not_known_yet_is_not_said_to_be_nothing() -> None:
    assert "working out what its failures go with …" in details_of(TEST, None, 80)
    assert "no condition that its failures go with" in details_of(TEST, (), 80)
