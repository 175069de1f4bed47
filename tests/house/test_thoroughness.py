"""What an expression of ``-m`` means for how much is tried."""

from __future__ import annotations

import pytest

from thoroughness import asks_for_slow


@pytest.mark.parametrize("expression", ["slow", "slow or not slow", "needs_go and slow"])
def test_who_names_slow_tests_runs_them_and_tries_all(expression: str) -> None:
    assert asks_for_slow(expression)


@pytest.mark.parametrize("expression", ["", "not needs_go", "not needs_go and not slow"])
def test_who_leaves_slow_tests_out_tries_what_is_tried_everyday(expression: str) -> None:
    assert not asks_for_slow(expression)
