"""Token model: words that belong to one goroutine, such as a worker's number or a test's name.

Learned from units whose goroutine is certain. Of each unit only the most informative token counts;
its score is the log ratio of the goroutine's share of that token to its share of all units. A unit
without any such token scores likewise by how many units of the goroutine have none: one whose units
all bear its name is unlikely to have printed what bears no name.

The constants were chosen and measured as those of ``matching``.
"""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.units import UnitTokens

_PRIOR_WEIGHT = 1.0
"""Units that the prior counts for. Halved, 3 lines fewer are certain without recorded writes."""
_MAX_SCORE = 7.0
"""Bound on the score of a token, for or against a goroutine, in nats."""
_MIN_INFORMATION = 0.5
"""Information in nats that a token must give about its goroutine to be used. Doubled, 248 lines
fewer are certain with recorded writes, and 698 without."""
_MIN_TOKEN_COUNT = 3
"""Units that a token must occur in to be used. With one, 2 lines more are certain without recorded
writes."""
_MIN_EVIDENCE = 8
"""Units that a token must occur in to rule a goroutine out."""
_MAX_MINORITY_SHARE = 0.2
"""Share of a token's units below which those of a goroutine may be mistakes."""
_NONE = -1


class TokenScores:
    """Scores in nats of goroutines by the tokens of a unit."""

    def __init__(self, tokens: UnitTokens, goroutines: NDArray[np.int64]) -> None:
        """Begin with no counts.

        Args:
            tokens: of all units.
            goroutines: (writes,) the goroutine of each write.
        """
        self._tokens = tokens
        self._units = int(tokens.unit[-1]) + 1 if len(tokens.unit) else 0
        self._vocabulary = int(tokens.number.max(initial=-1)) + 1
        self._best_token: list[int] = []
        self._share: dict[int, float] = {}
        self._joint_counts: dict[tuple[int, int], int] = {}
        self._token_counts: list[int] = []
        self._max_counts: list[int] = []
        self._goroutines_of_token: list[int] = []
        self._goroutine_counts: dict[int, int] = {}
        self._without_token: dict[int, int] = {}
        self._share_without_token = 0.0
        self._scores: dict[tuple[int, int], float] = {}
        self._goroutines = np.unique(goroutines)

    def learn(self, units: NDArray[np.int64], goroutine: NDArray[np.int64]) -> None:
        """Replace all counts by those of units whose goroutine is certain, both columns (n,)."""
        self._scores.clear()
        goroutine_of = np.full(self._units, _NONE, np.int64)
        inside = units < self._units
        goroutine_of[units[inside]] = np.searchsorted(self._goroutines, goroutine[inside])
        tokens = self._tokens
        index = goroutine_of[tokens.unit]
        known = index != _NONE
        count = len(self._goroutines)
        pairs, times = np.unique(
            tokens.number[known] * np.int64(max(count, 1)) + index[known], return_counts=True
        )
        token, who = pairs // max(count, 1), pairs % max(count, 1)
        token_counts = np.bincount(token, times, minlength=self._vocabulary)
        unit_counts = np.bincount(goroutine_of[goroutine_of != _NONE], minlength=count)
        weights = unit_counts.astype(np.float64)
        share = (weights + 0.5) / (weights.sum() + 0.5 * max(count, 1))
        # Kullback-Leibler divergence of a token's goroutines from those of all units.
        part = times / (token_counts[token] + _PRIOR_WEIGHT)
        terms = part * np.log(part / share[who])
        information = np.bincount(token, terms, minlength=self._vocabulary).astype(np.float64)
        information[token_counts < _MIN_TOKEN_COUNT] = 0.0
        self._best_token = self._most_informative(information)
        highest = np.zeros(self._vocabulary, np.int64)
        np.maximum.at(highest, token, times)
        self._max_counts = highest.tolist()
        self._goroutines_of_token = np.bincount(token, minlength=self._vocabulary).tolist()
        numbers = self._goroutines.tolist()
        self._goroutine_counts = dict(zip(numbers, unit_counts.tolist(), strict=True))
        certain = goroutine_of != _NONE
        bare = certain & (np.array(self._best_token, np.int64) == _NONE)
        without_token = np.bincount(goroutine_of[bare], minlength=count)
        self._without_token = dict(zip(numbers, without_token.tolist(), strict=True))
        self._share_without_token = (bare.sum() + 0.5) / (certain.sum() + 1.0)
        self._token_counts = token_counts.astype(np.int64).tolist()
        self._share = dict(zip(numbers, share.tolist(), strict=True))
        self._joint_counts = dict(
            zip(
                zip(token.tolist(), self._goroutines[who].tolist(), strict=True),
                times.tolist(),
                strict=True,
            )
        )

    def _most_informative(self, information: NDArray[np.float64]) -> list[int]:
        """Return (units,) the most informative token of each unit; -1 for none."""
        tokens = self._tokens
        chosen = np.full(self._units, _NONE, np.int64)
        order = np.argsort(information[tokens.number], kind="stable")
        order = order[information[tokens.number[order]] >= _MIN_INFORMATION]
        # Of several assignments to one index the last, which is the most informative, remains.
        chosen[tokens.unit[order]] = tokens.number[order]
        return chosen.tolist()

    def token(self, unit: int) -> int:
        """Return the number of a unit's most informative token; -1 for none."""
        return self._best_token[unit] if unit < len(self._best_token) else _NONE

    def token_count(self, unit: int) -> int:
        """Return in how many certain units the most informative token of a unit occurs."""
        token = self.token(unit)
        return self._token_counts[token] if token != _NONE else 0

    def rules_out(self, unit: int, goroutine: int) -> bool:
        """Return whether a unit's token belongs to one other goroutine, but for a few units.

        Those few may be wrong pairs, of which this is one.
        """
        token = self.token(unit)
        if token == _NONE:
            return False
        total, joint = self._token_counts[token], self._joint_counts.get((token, goroutine), 0)
        minority = joint < _MAX_MINORITY_SHARE * total
        majority = self._max_counts[token] > (1 - _MAX_MINORITY_SHARE) * total
        return total >= _MIN_EVIDENCE and minority and majority

    def score(self, unit: int, goroutine: int) -> float:
        """Return the log likelihood ratio of a goroutine by a unit's token, in nats."""
        token = self.token(unit)
        key = (token, goroutine)
        score = self._scores.get(key)
        if score is None:
            joint = self._joint_counts.get(key, 0)
            if token == _NONE:
                score = self._score_without_token(goroutine)
            elif joint:
                share = self._share.get(goroutine, 1.0)
                likely = (joint + _PRIOR_WEIGHT * share) / (
                    self._token_counts[token] + _PRIOR_WEIGHT
                )
                score = log(likely / share)
            else:
                # A goroutine with few units may well print what many others do.
                usual = (self._goroutines_of_token[token] + 0.5) / (len(self._share) + 1.0)
                score = log(usual / (1.0 + self._goroutine_counts.get(goroutine, 0) * usual))
            score = max(-_MAX_SCORE, min(_MAX_SCORE, score))
            self._scores[key] = score
        return score

    def _score_without_token(self, goroutine: int) -> float:
        usual = self._share_without_token
        units = self._goroutine_counts.get(goroutine, 0)
        if not units:
            return 0.0
        own = self._without_token[goroutine] + _PRIOR_WEIGHT * usual
        return log(own / (units + _PRIOR_WEIGHT) / usual)
