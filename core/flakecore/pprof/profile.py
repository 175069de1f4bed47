"""A profile: samples, each with its values and its stack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.frames import unlocks
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
class ProfileFrame:
    """One frame of a stack; an inlined call has a frame of its own.

    Attributes:
        function: qualified name; an address in hexadecimal where the profile has no name for it.
        file: path of its source; empty if unknown.
        line: in that file; 0 if unknown.
    """

    function: str
    file: str
    line: int


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
        stacks: the distinct stacks, each innermost frame first.
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
    stacks: tuple[tuple[ProfileFrame, ...], ...]
    labels_of_sample: NDArray[np.int32]
    label_sets: tuple[tuple[Label, ...], ...]
    default_type: int
    period_type: ValueType
    period: int
    time_ns: int
    duration_ns: int


def profile_kind(profile: Profile) -> str:
    """Return the name of a profile's kind, from what it counts.

    It is that of one of ``flakecore.profile_kinds``, or what its first column counts. Block and
    mutex profiles count the same things and differ in their stacks only, so without a stack both
    are ``contention``.
    """
    measures = [column.kind for column in profile.sample_types]
    innermost = {stack[0].function for stack in profile.stacks if stack}
    kind = kind_measuring(measures, unlocks=any(map(unlocks, innermost)) if innermost else None)
    if kind is not None:
        return kind.name
    if measures == ["contentions", "delay"]:
        return "contention"
    return measures[0] if measures else profile.period_type.kind
