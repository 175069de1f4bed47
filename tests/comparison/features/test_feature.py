"""Features have an id, a unit, and some of them thresholds."""

from __future__ import annotations

import pytest

from flakecore.comparison.features.feature import FEATURES, FeatureVerdict, feature_named


def test_the_first_three_have_thresholds_and_a_verdict() -> None:
    assert [feature.id for feature in FEATURES if feature.suspicious is not None] == [
        feature.id for feature in FEATURES[:3]
    ]
    variance = FEATURES[0]
    assert variance.verdict(8.5) is FeatureVerdict.USUAL
    assert variance.verdict(8.6) is FeatureVerdict.UNUSUAL
    assert variance.verdict(12.0) is FeatureVerdict.UNUSUAL
    assert variance.verdict(12.1) is FeatureVerdict.SUSPICIOUS
    assert FEATURES[2].verdict(-0.9) is FeatureVerdict.UNUSUAL
    assert variance.verdict(None) is None
    assert FEATURES[3].verdict(100.0) is None


def test_a_wait_by_reason_is_a_feature_of_its_own() -> None:
    found = feature_named("blocked_share:chan receive")
    assert (found.unit, found.meaning) == (
        "ratio",
        "time that goroutines waited (chan receive), of their lives",
    )
    with pytest.raises(KeyError):
        feature_named("no such feature")
