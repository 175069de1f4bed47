"""Words that tell goroutines apart: a worker's number, a test's name, an address.

Learned from units whose goroutine is known. Of each unit the most telling word counts, and how
much more often it was heard from one goroutine than from others.
"""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.units import Words

_PRIOR_WEIGHT = 1.0
_MOST = 7.0
"""How much a word may weigh, for or against a goroutine, in natural logarithms."""
_TELLING = 0.5
"""From what on a word tells anything of who says it."""
_OFTEN = 3
_ENOUGH = 8
_FEW = 0.2
_NONE = -1


class TokenScores:
    """Who says which words."""

    def __init__(self, words: Words, goroutines: NDArray[np.int64]) -> None:
        """Know nothing but the words of all units, and the goroutines that may have said them."""
        self._words = words
        self._units = int(words.unit[-1]) + 1 if len(words.unit) else 0
        self._kinds = int(words.number.max(initial=-1)) + 1
        self._telling: list[int] = []
        self._share: dict[int, float] = {}
        self._said: dict[tuple[int, int], int] = {}
        self._heard: list[int] = []
        self._top: list[int] = []
        self._speakers: list[int] = []
        self._spoken: dict[int, int] = {}
        self._known: dict[tuple[int, int], float] = {}
        self._goroutines, self._which = np.unique(goroutines, return_inverse=True)

    def learn(self, units: NDArray[np.int64], goroutine: NDArray[np.int64]) -> None:
        """Learn anew from units whose goroutine is known, both (n,)."""
        self._known.clear()
        who = np.full(self._units, _NONE, np.int64)
        inside = units < self._units
        who[units[inside]] = np.searchsorted(self._goroutines, goroutine[inside])
        words = self._words
        speaker = who[words.unit]
        known = speaker != _NONE
        count = len(self._goroutines)
        pairs, times = np.unique(
            words.number[known] * np.int64(max(count, 1)) + speaker[known], return_counts=True
        )
        word, voice = pairs // max(count, 1), pairs % max(count, 1)
        heard = np.bincount(word, times, minlength=self._kinds)
        spoken = np.bincount(who[who != _NONE], minlength=count).astype(np.float64)
        share = (spoken + 0.5) / (spoken.sum() + 0.5 * max(count, 1))
        # How far the goroutines that say a word are from all goroutines (Kullback and Leibler).
        part = times / (heard[word] + _PRIOR_WEIGHT)
        weight = part * np.log(part / share[voice])
        telling = np.bincount(word, weight, minlength=self._kinds).astype(np.float64)
        telling[heard < _OFTEN] = 0.0
        self._telling = self._choose(telling)
        top = np.zeros(self._kinds, np.int64)
        np.maximum.at(top, word, times)
        self._top = top.tolist()
        self._speakers = np.bincount(word, minlength=self._kinds).tolist()
        counts = np.bincount(who[who != _NONE], minlength=count)
        self._spoken = dict(zip(self._goroutines.tolist(), counts.tolist(), strict=True))
        self._heard = heard.astype(np.int64).tolist()
        self._share = dict(zip(self._goroutines.tolist(), share.tolist(), strict=True))
        self._said = dict(
            zip(
                zip(word.tolist(), self._goroutines[voice].tolist(), strict=True),
                times.tolist(),
                strict=True,
            )
        )

    def _choose(self, telling: NDArray[np.float64]) -> list[int]:
        """Return the most telling word of each unit; -1 for none."""
        words = self._words
        chosen = np.full(self._units, _NONE, np.int64)
        order = np.argsort(telling[words.number], kind="stable")
        order = order[telling[words.number[order]] >= _TELLING]
        # The last to be put there is the most telling.
        chosen[words.unit[order]] = words.number[order]
        return chosen.tolist()

    def word(self, unit: int) -> int:
        """Return the number of a unit's most telling word; -1 for none."""
        return self._telling[unit] if unit < len(self._telling) else _NONE

    def heard(self, unit: int) -> int:
        """Return how often the most telling word of a unit was heard from a known goroutine."""
        word = self.word(unit)
        return self._heard[word] if word != _NONE else 0

    def is_another(self, unit: int, goroutine: int) -> bool:
        """Return whether the words of a unit are one other goroutine's, but for a few cases.

        Those may be no more than mistakes, of which this is one.
        """
        word = self.word(unit)
        if word == _NONE:
            return False
        heard, said = self._heard[word], self._said.get((word, goroutine), 0)
        return heard >= _ENOUGH and said < _FEW * heard and self._top[word] > (1 - _FEW) * heard

    def score(self, unit: int, goroutine: int) -> float:
        """Return how much a unit's words speak for a goroutine, in natural logarithms."""
        word = self.word(unit)
        if word == _NONE:
            return 0.0
        key = (word, goroutine)
        known = self._known.get(key)
        if known is None:
            said = self._said.get(key, 0)
            if said:
                share = self._share.get(goroutine, 1.0)
                likely = (said + _PRIOR_WEIGHT * share) / (self._heard[word] + _PRIOR_WEIGHT)
                known = log(likely / share)
            else:
                # Who has said little yet may well say what many others do.
                usual = (self._speakers[word] + 0.5) / (len(self._share) + 1.0)
                known = log(usual / (1.0 + self._spoken.get(goroutine, 0) * usual))
            known = max(-_MOST, min(_MOST, known))
            self._known[key] = known
        return known
