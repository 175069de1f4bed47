"""Distances of a page's times, whose clock runs in steps."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.objects.page_clock import coarse_duration


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (-5, ""),
        (0, ""),
        (19_999_999, ""),
        (20_400_000, "20.0ms"),
        (301_631_910, "302ms"),
        (2_250_163_000, "2.25s"),
    ],
)
def test_a_distance_is_told_to_the_millisecond_from_twenty_on(ns: int, text: str) -> None:
    assert coarse_duration(ns) == text
