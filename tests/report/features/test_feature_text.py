"""Features as a person reads them."""

from __future__ import annotations

import pytest

import flakecore
from flakecore.comparison import FEATURES, feature_named
from flakecore.report.features import features_of_cases, render_feature_text
from flakecore.report.features.feature_text import threshold, value_words
from program import SAMPLE


@pytest.fixture(scope="module")
def lines() -> list[str]:
    with flakecore.open(SAMPLE) as bundle:
        found = features_of_cases(bundle.bundle, bundle.cases)
    return render_feature_text(found).decode().splitlines()


def test_those_with_thresholds_come_first_with_their_verdict(lines: list[str]) -> None:
    assert lines[0] == "example.com/flaky/courier"
    assert [line.split()[0] for line in lines[2:5]] == [feature.id for feature in FEATURES[:3]]
    assert lines[2].endswith("56.73  suspicious (usual 0 to 8.5, suspicious above 12)")
    assert lines[3].endswith("0.06%  usual (usual 0 % to 3.2 %, suspicious above 5 %)")


def test_tests_with_suspicious_values_come_first(lines: list[str]) -> None:
    table = lines[lines.index("  By test, those with suspicious values (!) first:") + 2 :]
    marked = ["!" in line for line in table if line]
    assert marked == sorted(marked, reverse=True)
    assert len(marked) == 13


def test_one_test_is_shown_in_full() -> None:
    with flakecore.open(SAMPLE) as bundle:
        found = features_of_cases(bundle.bundle, bundle.cases, "TestBackoff/attempt=7")
    text = render_feature_text(found, in_full=True).decode()
    assert text.splitlines()[2] == "  TestBackoff/attempt=7"
    assert "goroutines_peak" in text
    assert "steals" not in text


def test_values_have_the_unit_of_their_feature() -> None:
    assert value_words(feature_named("stw_max_ns"), 356544) == "357µs"
    assert value_words(feature_named("gc_pause_ratio"), 0.0123) == "1.23%"
    assert value_words(feature_named("lines"), 12345) == "12,345"
    assert value_words(feature_named("lines_per_s"), 60.7) == "60.70"
    assert value_words(feature_named("lines"), None) == "–"
    assert threshold(feature_named("lines")) == ""
