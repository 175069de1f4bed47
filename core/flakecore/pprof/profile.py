"""A profile: samples, each with its values and its stack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.frames import unlocks


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
    """Return what a profile is about, from what it counts.

    It is ``cpu``, ``mem``, ``block``, ``mutex``, ``goroutine``, ``goroutineleak``,
    ``threadcreate``, or the kind of its first column if it is none that Go writes (``src/runtime/
    pprof/pprof.go``). Block and mutex profiles count the same things and differ in their stacks
    only: contention on a mutex is charged to who unlocks it. Without a sample to tell by it is
    ``contention``.
    """
    kinds = [column.kind for column in profile.sample_types]
    if kinds == ["contentions", "delay"]:
        return _contention_kind(profile)
    if "cpu" in kinds:
        return "cpu"
    if "inuse_space" in kinds or "alloc_space" in kinds:
        return "mem"
    return kinds[0] if kinds else profile.period_type.kind


def _contention_kind(profile: Profile) -> str:
    innermost = {stack[0].function for stack in profile.stacks if stack}
    if not innermost:
        return "contention"
    return "mutex" if any(map(unlocks, innermost)) else "block"
