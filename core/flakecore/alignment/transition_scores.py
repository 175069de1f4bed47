"""How many units a write of one gap may have printed, each with its score: what a lattice asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.anchors import Keys
from flakecore.alignment.emission_model import EmissionModel
from flakecore.alignment.token_scores import TokenScores
from flakecore.alignment.units import OutputWrites, Units
from flakecore.alignment.writers import Habit, WriteKind

_LOST_KEY = -14.0
"""What testing prints and is not among the units: only damage takes it away."""
_ONE_OF_US = 5.0
_INDENTED = 2.0
"""As what a test logs is, from its second line on, and hardly anything else."""
PARTS = (Habit.STANDARD, Habit.UNKNOWN)
"""Kinds of those that may print a part of a line."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of the pairing, and how they go together.

    Attributes:
        keys: of both.
        whole: whether a unit is a whole line, not a packet.
        latest: int64, (units,) no write that began later can have printed the unit.
        goes_on: bool, (units,) the rest of the write may come later, behind others.
    """

    units: Units
    writes: OutputWrites
    keys: Keys
    whole: bool
    latest: NDArray[np.int64]
    goes_on: NDArray[np.bool_]


class TransitionScores:
    """How many units a write of one gap may have printed, each with its score."""

    def __init__(
        self,
        sides: Sides,
        habits: EmissionModel,
        voices: TokenScores,
        writes: slice,
        units: slice,
    ) -> None:
        keys, columns, calls = sides.keys, sides.units, sides.writes
        self._habits, self._voices, self._whole = (
            habits,
            voices,
            sides.whole,
        )
        self._unit_keys = keys.units[units].tolist()
        self._depth = columns.depth[units].tolist()
        self._joined = (columns.joined[units] & ~columns.stranger[units]).tolist()
        self._stranger = columns.stranger[units].tolist()
        self._latest = sides.latest[units].tolist()
        self._ends = columns.ends[units].tolist()
        self._goes_on = sides.goes_on[units].tolist()
        self._partly = (keys.printed[writes] == WriteKind.ANYTHING) & np.isin(
            calls.habit[calls.site[writes]], PARTS
        )
        self._shape = columns.shapes.of[units].tolist()
        self._unit0 = units.start
        self._end = units.stop - units.start
        self._site = calls.site[writes].tolist()
        self._start = calls.start[writes].tolist()
        self._goroutine = calls.goroutine[writes].tolist()
        self._printed = keys.printed[writes].tolist()
        self._wanted = keys.writes[writes].tolist()
        self._alone = keys.single[writes].tolist()
        self._least = keys.least[writes].tolist()
        self._most = keys.most[writes].tolist()
        self.strange: list[float] = []
        self.pars = self._find_pars()

    def _find_pars(self) -> list[float]:
        """Return the best that any write of the gap could score by each unit."""
        sites = {
            site
            for site, printed in zip(self._site, self._printed, strict=True)
            if printed == WriteKind.ANYTHING
        }
        speakers = set(self._goroutine)
        looks: dict[tuple[int, bool], float] = {}
        heard: dict[int, float] = {}
        pars = []
        for unit, shape in enumerate(self._shape):
            if self._unit_keys[unit] or self._stranger[unit]:
                pars.append(0.0)
                self.strange.append(0.0)
                continue
            # Who is none of us rarely talks as we do.
            known = min(self._habits.printed(shape), self._voices.heard(self._unit0 + unit))
            deep = _INDENTED if self._depth[unit] == 2 else 0.0
            self.strange.append(min(_ONE_OF_US, log1p(known)) + deep)
            joined = self._joined[unit]
            look = looks.get((shape, joined))
            if look is None:
                of, places = self._habits.look, (True, False) if joined else (True,)
                look = max(
                    (of(each, shape, first) for each in sites for first in places), default=0
                )
                look = looks[shape, joined] = max(look, 0.0)
            word = self._voices.word(self._unit0 + unit)
            voice = heard.get(word)
            if voice is None:
                score = self._voices.score
                voice = max((score(self._unit0 + unit, each) for each in speakers), default=0.0)
                voice = heard[word] = max(voice, 0.0)
            pars.append(look + voice)
        return pars

    def numbers(self, write: int) -> Sequence[float]:
        """Return the best score there is for a write that prints 0, 1, 2 … units."""
        most = self._most[write]
        if most == 0:
            return (0.0,)
        is_own = self._printed[write] != WriteKind.ANYTHING or self._alone[write]
        numbers = self._habits.numbers(self._site[write])
        none = _LOST_KEY if is_own and self._least[write] else numbers[0]
        if most == 1:
            return (none, 0.0 if is_own else numbers[1])
        return (none, *numbers[1:])

    def of(self, write: int, unit: int) -> Sequence[tuple[int, float]]:
        """Return the numbers of units, none included, that a write at a unit may have printed.

        A number below zero stands for as many units and more that come later.
        """
        site, most, printed = self._site[write], self._most[write], self._printed[write]
        if most == 0:
            return ((0, 0.0),)
        habits = self._habits
        numbers = habits.numbers(site)
        is_own = printed != WriteKind.ANYTHING or self._alone[write]
        found = [(0, _LOST_KEY if is_own and self._least[write] else numbers[0])]
        if unit >= self._end or not self._may_begin(write, printed, unit):
            return found
        speaker = self._goroutine[write]
        look = -self.pars[unit]
        if not is_own:
            look += habits.look(site, self._shape[unit], True)
            look += self._voices.score(self._unit0 + unit, speaker)
        partly = self._partly[write]
        if most == 1:
            found.append((1, look + (0.0 if is_own else numbers[1])))
            return found
        if partly or self._ends[unit]:
            found.append((1, look + numbers[1]))
        elif self._goes_on[unit]:
            found.append((-1, look + numbers[1]))
        end = min(self._end, unit + len(numbers) - 1)
        number = 1
        for following in range(unit + 1, end):
            if not self._joined[following] or self._unit_keys[following]:
                break
            deep = self._depth[following]
            if self._whole and (
                (printed == WriteKind.LOG and deep < 2)
                or (printed == WriteKind.RESULT and not deep)
            ):
                break
            number += 1
            look += habits.look(site, self._shape[following], False) - self.pars[following]
            if not is_own:
                look += self._voices.score(self._unit0 + following, speaker)
            if partly or self._ends[following]:
                found.append((number, look + numbers[number]))
            elif self._goes_on[following]:
                found.append((-number, look + numbers[number]))
        return found

    def _may_begin(self, write: int, printed: int, unit: int) -> bool:
        if self._stranger[unit] or self._start[write] > self._latest[unit]:
            return False
        key = self._unit_keys[unit]
        if key == self._wanted[write] and (key or printed == WriteKind.ANYTHING):
            return True
        alone = printed == WriteKind.LOG and self._alone[write]
        return alone and not key and self._depth[unit] > 0
