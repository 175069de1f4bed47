"""What a write may print from a unit on, with scores relative to the best write of the gap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from alignment.sequences import PRINTF, PRINTLN, RUN, units_of, writes_of
from flakecore.alignment.anchors import ANY_TIME, number_keys
from flakecore.alignment.models.emission_model import EmissionModel
from flakecore.alignment.models.token_scores import TokenScores
from flakecore.alignment.models.transition_scores import Sequences, TransitionScores
from flakecore.gotrace import Stack


def _scores(
    lines: Sequence[str],
    stacks: Sequence[Stack],
    *,
    foreign: Sequence[int] = (),
    latest: Sequence[int] | None = None,
) -> TransitionScores:
    """Return the scores of a gap that holds all lines and writes, with nothing learned."""
    units, writes = units_of(lines, foreign=foreign), writes_of(stacks)
    sequences = Sequences(
        units=units,
        writes=writes,
        keys=number_keys(units.keys, writes, lambda _: 0, by_line=True),
        by_line=True,
        latest=np.array(latest or [ANY_TIME] * len(lines), np.int64),
        may_be_split=np.zeros(len(lines), np.bool_),
    )
    rates = np.ones(len(writes.prior_class))
    emissions = EmissionModel(units.shapes, writes.prior_class, rates, by_line=True)
    tokens = TokenScores(units.tokens, writes.goroutine)
    tokens.learn(np.zeros(0, np.int64), np.zeros(0, np.int64))
    whole = slice(0, len(stacks)), slice(0, len(lines))
    return TransitionScores(sequences, emissions, tokens, *whole)


def _numbers(scores: TransitionScores, write: int, unit: int) -> list[int]:
    return [number for number, _ in scores.options(write, unit)]


def test_printing_nothing_is_always_an_option() -> None:
    scores = _scores(["a", "b"], [PRINTLN])
    assert _numbers(scores, 0, 0)[0] == 0
    assert _numbers(scores, 0, 2) == [0]


def test_a_write_may_print_several_units_up_to_the_end_of_the_gap() -> None:
    assert _numbers(_scores(["a", "b", "c"], [PRINTF]), 0, 1) == [0, 1, 2]


def test_the_rest_of_a_write_counts_with_what_it_has_printed_before() -> None:
    scores = _scores(["a", "b", "c"], [PRINTF])
    counts = scores.count_scores(0)
    whole, rest = dict(scores.options(0, 0)), dict(scores.options(0, 0, 2))
    assert sorted(rest) == [1, 2, 3]
    for number, score in rest.items():
        assert score - whole[number] == pytest.approx(counts[number + 2] - counts[number])


def test_a_write_ends_before_a_unit_of_package_testing() -> None:
    scores = _scores(["a", "=== RUN   TestA", "b"], [PRINTF, RUN])
    assert _numbers(scores, 0, 0) == [0, 1]
    assert _numbers(scores, 0, 1) == [0]


def test_a_write_of_package_testing_prints_its_own_line_and_costs_much_without_it() -> None:
    scores = _scores(["a", "=== RUN   TestA"], [RUN])
    assert _numbers(scores, 0, 0) == [0]
    (_, missing), (_, found) = scores.options(0, 1)
    assert missing < -10 < found


def test_a_foreign_unit_is_nobodys() -> None:
    scores = _scores(["a", "exit status 1"], [PRINTF], foreign=[1])
    assert _numbers(scores, 0, 0) == [0, 1]
    assert _numbers(scores, 0, 1) == [0]
    assert scores.own_scores[1] == scores.baselines[1] == 0.0


def test_a_write_that_began_after_the_unit_was_read_did_not_print_it() -> None:
    scores = _scores(["a", "b"], [PRINTLN, PRINTLN], latest=[5, 50])
    assert _numbers(scores, 1, 0) == [0]
    assert 1 in _numbers(scores, 1, 1)


@pytest.mark.parametrize("stack", [PRINTLN, PRINTF, RUN], ids=["println", "printf", "run"])
def test_the_score_of_a_number_is_no_better_than_the_best_of_the_write(stack: Stack) -> None:
    scores = _scores(["a", "b", "=== RUN   TestA"], [stack])
    best = scores.count_scores(0)
    for unit in range(3):
        for number, score in scores.options(0, unit):
            assert score <= best[number] + 1e-9
