"""Statistics of counts: intervals for rates, exact tests for two-way tables, their correction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

_Z_95 = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution: two-sided intervals of 95 %."""
_UNSURE = 0.05
"""One less the confidence of the bound: 95 %."""
_LEAST_FACTORIALS = 1024
"""Logarithms of factorials that are worked out at once, a power of two."""
_TIE = 1 + 1e-9
"""Tables as likely as the one observed count as such despite rounding."""


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate, by Wilson's score.

    It holds for few trials and for rates of 0 and 1, where the usual one has no width.

    Args:
        successes: how often it happened, at most ``trials``.
        trials: how often it could have.

    Returns:
        The lower and the upper bound, (0, 1) for no trials.
    """
    if trials <= 0:
        return 0.0, 1.0
    rate, square = successes / trials, _Z_95 * _Z_95
    centre = rate + square / (2 * trials)
    spread = _Z_95 * math.sqrt(rate * (1 - rate) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return low, high


def highest_rate_of_none(trials: int) -> float:
    """Return the rate below which something lies, 95 % sure, that never happened in some trials.

    It is Wilson's upper bound, and up to six trials, for which that claims too much, the exact one:
    the rate at which one of twenty such series would show none. That is about 3 over the trials,
    the rule of three, and Wilson's some 3.8. 1.0 for no trials.
    """
    if trials <= 0:
        return 1.0
    return max(wilson_interval(0, trials)[1], -math.expm1(math.log(_UNSURE) / trials))


def fisher_exact(a: int, b: int, c: int, d: int) -> float:
    """Return the two-sided p-value of Fisher's exact test on a two-way table.

    It is the probability, given the sums of rows and columns, of a table that is at most as likely
    as ``((a, b), (c, d))``; 1.0 where a row or a column is empty.
    """
    row, column, total = a + b, a + c, a + b + c + d
    if 0 in (row, column, total - row, total - column):
        return 1.0
    possible = np.arange(max(0, row + column - total), min(row, column) + 1)
    logs = (
        _log_binomial(column, possible)
        + _log_binomial(total - column, row - possible)
        - _log_binomial(total, np.array([row]))
    )
    chances = np.exp(logs)
    observed = chances[a - int(possible[0])]
    return float(min(1.0, chances[chances <= observed * _TIE].sum()))


def chance_of_none(rate: float, trials: int) -> float:
    """Return how likely it is that what happens at a rate never happens in some trials."""
    if rate >= 1:
        return 0.0 if trials else 1.0
    return math.exp(trials * math.log1p(-rate)) if rate > 0 else 1.0


def holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for how many were asked for, by Holm's method.

    The chance that any of those below 0.05 is there by chance alone is then below 0.05, however
    the questions depend on each other.
    """
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, p_values[at] * (len(p_values) - rank)))
        adjusted[at] = highest
    return adjusted


def p_shown(p: float) -> str:
    """Return a probability with as many digits as it means something."""
    return f"{p:.2f}" if p >= 0.1 else f"{p:.1g}" if p >= 1e-4 else f"{p:.0e}"


def _log_binomial(
    n: int, k: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the logarithm of n over k for each k, between 0 and n."""
    logs = _log_factorials(n)
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = logs[n] - logs[k] - logs[n - k]
    return found


def _log_factorials(n: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the logarithms of the factorials of 0 to n, and of some more.

    Over a hundred thousand runs they are asked for by each condition: worked out once, 20 ms.
    """
    return _log_factorial_table(max(_LEAST_FACTORIALS, 1 << n.bit_length()))


@lru_cache(1)
def _log_factorial_table(size: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([math.lgamma(number + 1) for number in range(size)])
