"""What sites print is learned from certain writes, and smoothed by priors."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from flakecore.alignment.models.emission_model import EmissionModel
from flakecore.alignment.units import shapes
from flakecore.alignment.writers import PriorClass


def model(
    texts: list[str],
    classes: list[PriorClass],
    rates: list[float] | None = None,
    *,
    by_line: bool = True,
) -> EmissionModel:
    return EmissionModel(
        shapes(texts),
        np.array(classes, np.uint8),
        np.array(rates or [1.0] * len(classes)),
        by_line=by_line,
    )


def learn(emissions: EmissionModel, counts: list[int], of: list[int], site: int = 0) -> None:
    """Learn writes of one site, and the shapes of the first units of some."""
    emissions.learn(
        np.full(len(counts), site, np.int32),
        np.array(counts, np.int64),
        np.full(len(of), site, np.int32),
        np.array(of, np.int32),
        np.ones(len(of), np.bool_),
    )


@pytest.mark.parametrize("prior_class", list(PriorClass))
def test_before_anything_is_learned_one_unit_is_the_likeliest(prior_class: PriorClass) -> None:
    scores = model(["a"], [prior_class]).count_scores(0)
    assert max(scores) == scores[1]
    assert sum(map(exp, scores)) == pytest.approx(1.0, abs=0.25)


def test_a_site_that_always_prints_three_units_is_expected_to_do_so_again() -> None:
    emissions = model(["a"], [PriorClass.PRINT])
    learn(emissions, [3] * 50, [])
    scores = emissions.count_scores(0)
    assert max(scores) == scores[3]
    assert scores[3] - scores[1] > 5.0


def test_a_site_that_varies_has_no_such_certainty() -> None:
    emissions = model(["a"], [PriorClass.PRINT])
    learn(emissions, [3, 1] * 25, [])
    scores = emissions.count_scores(0)
    assert abs(scores[3] - scores[1]) < 0.1


def test_a_site_without_observations_has_the_pooled_prior_of_its_class() -> None:
    emissions = model(["a"], [PriorClass.PRINT] * 2)
    learn(emissions, [2] * 50, [])
    assert emissions.count_scores(1)[2] > model(["a"], [PriorClass.PRINT]).count_scores(0)[2]


def test_sums_that_leave_nothing_to_a_site_make_silence_likely() -> None:
    emissions = model(["a"], [PriorClass.UNKNOWN] * 2, [0.01, 1.0])
    assert emissions.count_scores(0)[0] > emissions.count_scores(0)[1]
    assert emissions.count_scores(1)[0] < emissions.count_scores(1)[1]


def test_the_shape_that_a_site_prints_speaks_for_it_and_another_against_it() -> None:
    emissions = model(["cache hit"] * 30 + ["[5] ready"] * 30, [PriorClass.PRINT])
    learn(emissions, [1] * 30, [0] * 30)
    assert emissions.shape_score(0, 0, True) > 0.5
    assert emissions.shape_score(0, 1, True) < -3.0


def test_a_form_is_an_outlier_only_where_a_site_has_a_closed_set_of_forms() -> None:
    texts = ["cache hit", "[5] ready"]
    emissions = model(texts, [PriorClass.PRINT])
    learn(emissions, [1] * 10, [0] * 10)
    assert not emissions.is_outlier(0, 1, True)
    learn(emissions, [1] * 20, [0] * 20)
    assert emissions.is_outlier(0, 1, True)
    assert not emissions.is_outlier(0, 0, True)


def test_a_rare_packet_speaks_against_a_site_with_a_thousand_others_of_one_form() -> None:
    """A child's line is rare in all output, so that a low expected count alone says little."""
    texts = ["<000001>"] * 1000 + ["a child"] * 3 + ["[5] ready"] * 997
    packets, lines = (model(texts, [PriorClass.PRINTLN], by_line=by) for by in (False, True))
    for emissions in (packets, lines):
        learn(emissions, [1] * 1000, [0] * 1000)
    assert packets.shape_score(0, 1, True) < -5.9 < lines.shape_score(0, 1, True)


def test_a_rare_packet_says_no_more_than_a_line_where_a_site_prints_a_new_form_each_time() -> None:
    texts = [f"{'-' * at}{'=' * (9 - at)}" for at in range(10)] + ["a child"] * 3
    packets, lines = (model(texts, [PriorClass.PRINTLN], by_line=by) for by in (False, True))
    for emissions in (packets, lines):
        learn(emissions, [1] * 10, list(range(10)))
    assert packets.shape_score(0, 10, True) == lines.shape_score(0, 10, True)


def test_reset_discards_what_was_learned() -> None:
    emissions = model(["a"], [PriorClass.PRINT])
    before = emissions.count_scores(0)
    learn(emissions, [3] * 50, [0] * 50)
    emissions.reset()
    assert emissions.shape_score(0, 0, True) == 0.0
    assert emissions.count_scores(0)[3] < before[1]
