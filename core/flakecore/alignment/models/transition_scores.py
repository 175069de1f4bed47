"""Transition scores: the numbers of units that a write of one gap may have printed, with scores.

What the beam search asks for each lattice step. A write's score is that of its number of units
(``EmissionModel.count_scores``) plus, for each unit that package testing did not format, those of
its shape and of its token, relative to the best that any write of the gap has for the unit.

The constants were chosen and measured as those of ``matching``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.anchors import Keys
from flakecore.alignment.models.emission_model import EmissionModel
from flakecore.alignment.models.token_scores import TokenScores
from flakecore.alignment.units import OutputWrites, Units
from flakecore.alignment.writers import PriorClass, WriteKind

_MISSING_KEY_SCORE = -14.0
"""Score of a write of package testing that has no unit, in nats: only damage removes its line."""
_MAX_OWN_SCORE = 8.0
"""Highest cost of calling a unit foreign that resembles certain units, in nats: of one that
resembles 3,000."""
_INDENT_SCORE = 2.0
"""The same of a unit that is indented by eight spaces, as continued logs of tests are, in nats."""
PARTIAL_LINE_CLASSES = (PriorClass.PRINT, PriorClass.UNKNOWN)
"""Classes of print calls that may print a part of a line."""


@dataclass(frozen=True, slots=True)
class Sequences:
    """The two sequences that are aligned, units and writes.

    Attributes:
        units, writes: the sequences.
        keys: of both.
        by_line: whether a unit is a whole line, not a packet.
        latest: int64, (units,) nanoseconds; no write that began later printed the unit.
        may_be_split: bool, (units,) whether the rest of its write may come behind others.
    """

    units: Units
    writes: OutputWrites
    keys: Keys
    by_line: bool
    latest: NDArray[np.int64]
    may_be_split: NDArray[np.bool_]


class TransitionScores:
    """Scores in nats of the units that the writes of one gap may have printed.

    Writes and units are numbered from the first of the gap.

    Attributes:
        baselines: (units,) the best shape and token score that any write of the gap has.
        own_scores: (units,) cost of calling a unit foreign that resembles certain units.
    """

    def __init__(
        self,
        sequences: Sequences,
        emissions: EmissionModel,
        tokens: TokenScores,
        writes: slice,
        units: slice,
    ) -> None:
        """Take the columns of one gap.

        Args:
            sequences: all units and writes.
            emissions: of sites.
            tokens: of goroutines.
            writes: the gap's writes.
            units: the gap's units.
        """
        keys, columns, calls = sequences.keys, sequences.units, sequences.writes
        self._emissions, self._tokens, self._by_line = emissions, tokens, sequences.by_line
        self._unit_keys = keys.units[units].tolist()
        self._depth = columns.depth[units].tolist()
        self._may_continue = (columns.may_continue[units] & ~columns.foreign[units]).tolist()
        self._foreign = columns.foreign[units].tolist()
        self._latest = sequences.latest[units].tolist()
        self._ends = columns.ends[units].tolist()
        self._may_be_split = sequences.may_be_split[units].tolist()
        self._partial = (keys.kind[writes] == WriteKind.ANYTHING) & np.isin(
            calls.prior_class[calls.site[writes]], PARTIAL_LINE_CLASSES
        )
        self._shape = columns.shapes.of[units].tolist()
        self._first_unit = units.start
        self._end = units.stop - units.start
        self._site = calls.site[writes].tolist()
        self._start = calls.start[writes].tolist()
        self._goroutine = calls.goroutine[writes].tolist()
        self._kind = keys.kind[writes].tolist()
        self._write_keys = keys.writes[writes].tolist()
        self._single_line = keys.single_line[writes].tolist()
        self._min_units = keys.min_units[writes].tolist()
        self._max_units = keys.max_units[writes].tolist()
        self.own_scores: list[float] = []
        self.baselines = self._find_baselines()

    def _find_baselines(self) -> list[float]:
        """Return the baselines; fills ``own_scores``."""
        sites = {
            site
            for site, kind in zip(self._site, self._kind, strict=True)
            if kind == WriteKind.ANYTHING
        }
        goroutines = set(self._goroutine)
        by_shape: dict[tuple[int, bool], float] = {}
        by_token: dict[int, float] = {}
        baselines = []
        for unit, shape in enumerate(self._shape):
            if self._unit_keys[unit] or self._foreign[unit]:
                baselines.append(0.0)
                self.own_scores.append(0.0)
                continue
            # What another process prints rarely has both the form and the tokens of this one.
            alike = min(
                self._emissions.form_count(shape),
                self._tokens.token_count(self._first_unit + unit),
            )
            indent = _INDENT_SCORE if self._depth[unit] == 2 else 0.0
            self.own_scores.append(min(_MAX_OWN_SCORE, log1p(alike)) + indent)
            may_continue = self._may_continue[unit]
            best_shape = by_shape.get((shape, may_continue))
            if best_shape is None:
                score, places = (
                    self._emissions.shape_score,
                    ((True, False) if may_continue else (True,)),
                )
                best_shape = max(
                    (score(each, shape, first) for each in sites for first in places), default=0
                )
                best_shape = by_shape[shape, may_continue] = max(best_shape, 0.0)
            token = self._tokens.token(self._first_unit + unit)
            best_token = by_token.get(token)
            if best_token is None:
                of = self._tokens.score
                best_token = max(
                    (of(self._first_unit + unit, each) for each in goroutines), default=0.0
                )
                best_token = by_token[token] = max(best_token, 0.0)
            baselines.append(best_shape + best_token)
        return baselines

    def count_scores(self, write: int) -> Sequence[float]:
        """Return the best score of a write for printing 0, 1, 2 … units."""
        most = self._max_units[write]
        if most == 0:
            return (0.0,)
        formatted = self._kind[write] != WriteKind.ANYTHING or self._single_line[write]
        scores = self._emissions.count_scores(self._site[write])
        none = _MISSING_KEY_SCORE if formatted and self._min_units[write] else scores[0]
        if most == 1:
            return (none, 0.0 if formatted else scores[1])
        return (none, *scores[1:])

    def options(self, write: int, unit: int, printed: int = 0) -> Sequence[tuple[int, float]]:
        """Return what a write may print from a unit on, as (number of units, score).

        Args:
            write: the write.
            unit: the first unit that it may print.
            printed: number of units that it has printed before others came between. Without any,
                no units is one of the options.

        Returns:
            The options. A number below zero stands for as many units, with more of the same write
            to come later. A score holds that of the number of all units, ``printed`` included.
        """
        site, most, kind = self._site[write], self._max_units[write], self._kind[write]
        if most == 0:
            return ((0, 0.0),)
        emissions = self._emissions
        counts = emissions.count_scores(site)
        formatted = kind != WriteKind.ANYTHING or self._single_line[write]
        missing = formatted and self._min_units[write]
        found = [] if printed else [(0, _MISSING_KEY_SCORE if missing else counts[0])]
        counts = counts[printed:]
        if unit >= self._end or len(counts) < 2 or not self._may_begin(write, kind, unit):
            return found
        goroutine = self._goroutine[write]
        score = -self.baselines[unit]
        if not formatted:
            score += emissions.shape_score(site, self._shape[unit], True)
            score += self._tokens.score(self._first_unit + unit, goroutine)
        partial = self._partial[write]
        if most == 1:
            found.append((1, score + (0.0 if formatted else counts[1])))
            return found
        if partial or self._ends[unit]:
            found.append((1, score + counts[1]))
        elif self._may_be_split[unit]:
            found.append((-1, score + counts[1]))
        end = min(self._end, unit + len(counts) - 1)
        number = 1
        for following in range(unit + 1, end):
            if not self._may_continue[following] or self._unit_keys[following]:
                break
            depth = self._depth[following]
            if self._by_line and (
                (kind == WriteKind.LOG and depth < 2) or (kind == WriteKind.RESULT and not depth)
            ):
                break
            number += 1
            shape_score = emissions.shape_score(site, self._shape[following], False)
            score += shape_score - self.baselines[following]
            if not formatted:
                score += self._tokens.score(self._first_unit + following, goroutine)
            if partial or self._ends[following]:
                found.append((number, score + counts[number]))
            elif self._may_be_split[following]:
                found.append((-number, score + counts[number]))
        return found

    def _may_begin(self, write: int, kind: int, unit: int) -> bool:
        """Return whether a unit can be the first that a write printed."""
        if self._foreign[unit] or self._start[write] > self._latest[unit]:
            return False
        key = self._unit_keys[unit]
        if key == self._write_keys[write] and (key or kind == WriteKind.ANYTHING):
            return True
        line_by_line = kind == WriteKind.LOG and self._single_line[write]
        return line_by_line and not key and self._depth[unit] > 0
