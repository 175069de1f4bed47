"""Words that belong to one goroutine speak for it."""

from __future__ import annotations

import numpy as np

from flakecore.alignment.models.token_scores import TokenScores
from flakecore.alignment.units import tokens


def learned(texts: list[str], goroutines: list[int]) -> TokenScores:
    """Learn from all texts but the last ones, whose goroutine is not given."""
    scores = TokenScores(tokens(texts), np.array(goroutines, np.int64))
    scores.learn(np.arange(len(goroutines)), np.array(goroutines, np.int64))
    return scores


TEXTS = ["worker-7 did something", "worker-9 did something"] * 10 + ["worker-7 ends", "something"]
GOROUTINES = [7, 9] * 10


def test_the_number_of_a_worker_speaks_for_its_goroutine_and_against_others() -> None:
    scores = learned(TEXTS, GOROUTINES)
    assert scores.score(20, 7) > 0.5
    assert scores.score(20, 9) < -1.0
    assert scores.token_count(20) == 10


def test_a_word_that_all_goroutines_print_says_nothing_of_which() -> None:
    scores = learned(TEXTS, GOROUTINES)
    assert scores.token(21) == -1
    assert scores.score(21, 7) == scores.score(21, 9)
    assert not scores.rules_out(21, 7)


def test_a_goroutine_that_always_names_itself_is_unlikely_to_have_printed_what_names_nobody() -> (
    None
):
    named = ["worker-7 did something"] * 20
    nameless = ["did something", "worker-9 did something"] * 10
    scores = learned([*named, *nameless, "something"], [7] * 20 + [9] * 20)
    assert scores.score(40, 7) < -2.0
    assert scores.score(40, 9) > 0.5


def test_where_no_word_belongs_to_any_goroutine_none_is_unlikely_for_that() -> None:
    scores = learned([*["did something"] * 20, "something"], [7, 9] * 10)
    assert abs(scores.score(20, 7)) < 0.1
    assert abs(scores.score(20, 9)) < 0.1


def test_a_goroutine_is_ruled_out_by_the_word_of_another_that_is_seen_often_enough() -> None:
    assert learned(TEXTS, GOROUTINES).rules_out(20, 9)
    assert not learned(TEXTS, GOROUTINES).rules_out(20, 7)
    few = [*TEXTS[:10], "worker-7 ends"]
    assert not learned(few, GOROUTINES[:10]).rules_out(10, 9)


def test_nothing_is_known_before_anything_is_learned() -> None:
    scores = TokenScores(tokens(TEXTS), np.array(GOROUTINES, np.int64))
    assert scores.score(0, 7) == 0.0
    assert scores.token_count(0) == 0
