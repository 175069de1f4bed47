"""A profile: samples, each with its values and its stack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.frames import unlocks
from flakecore.pprof.stack_columns import StackColumns
from flakecore.profile_kinds import kind_measuring


@dataclass(frozen=True, slots=True)
class ValueType:
    """What one column of values counts.

    Attributes:
        kind: ``cpu``, ``alloc_space``, ``delay``, ``contentions`` …
        unit: ``nanoseconds``, ``bytes``, ``count``.
    """

    kind: str
    unit: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a sample: one pair of ``pprof.Do``, or a memory profile's ``bytes``.

    Attributes:
        key: its name.
        text: its value, if it is a text.
        number: its value, if it is a number: for ``bytes``, the size of one object.
        unit: of ``number``; mostly empty.
    """

    key: str
    text: str
    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One pprof profile.

    Attributes:
        sample_types: what each column of ``values`` counts.
        values: (samples, sample types), int64.
        stack_of_sample: (samples,), int32: index into ``stacks``.
        stacks: the distinct stacks, as columns.
        labels_of_sample: (samples,), int32: index into ``label_sets``.
        label_sets: the distinct sets of labels; the order within one means nothing.
        default_type: index of the column that a person wants to see first.
        period_type: what sampling counts between two samples.
        period: how many of those lie between two samples.
        time_ns: when it was written, in Unix nanoseconds (a CPU profile: when it began); 0 unknown.
        duration_ns: how long it covers; 0 if unknown.
    """

    sample_types: tuple[ValueType, ...]
    values: NDArray[np.int64]
    stack_of_sample: NDArray[np.int32]
    stacks: StackColumns
    labels_of_sample: NDArray[np.int32]
    label_sets: tuple[tuple[Label, ...], ...]
    default_type: int
    period_type: ValueType
    period: int
    time_ns: int
    duration_ns: int

    def stack_values(self, column: int) -> NDArray[np.int64]:
        """Return (stacks,) int64: what each stack adds up to in one column of ``values``."""
        totals = np.zeros(len(self.stacks), np.int64)
        np.add.at(totals, self.stack_of_sample, self.values[:, column])
        return totals

    def column_of(self, measure: str) -> int:
        """Return the column that counts ``measure``; ``default_type`` for "", -1 for none."""
        kinds = [column.kind for column in self.sample_types]
        if not measure:
            return self.default_type
        return kinds.index(measure) if measure in kinds else -1


def profile_kind(profile: Profile) -> str:
    """Return the name of a profile's kind, from what it counts.

    It is that of one of ``flakecore.profile_kinds``, or what its first column counts. Block and
    mutex profiles count the same things and differ in their stacks only, so without a stack both
    are ``contention``.
    """
    measures = [column.kind for column in profile.sample_types]
    stacks = profile.stacks
    frames = stacks.innermost()
    functions = np.unique(stacks.frames.function[frames[frames >= 0]]).tolist()
    names = [stacks.functions.names[function] for function in functions]
    kind = kind_measuring(measures, unlocks=any(map(unlocks, names)) if names else None)
    if kind is not None:
        return kind.name
    if measures == ["contentions", "delay"]:
        return "contention"
    return measures[0] if measures else profile.period_type.kind
