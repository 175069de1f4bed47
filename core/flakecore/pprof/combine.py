"""One profile of several: their samples together, or the difference between two."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from flakecore.errors import ProfileError
from flakecore.pprof.filters import compacted
from flakecore.pprof.profile import Label, Profile
from flakecore.pprof.stack_columns import (
    FrameColumns,
    FunctionColumns,
    Mapping,
    StackColumns,
)

BASE_LABEL = Label("pprof::base", "true", 0, "")
"""What pprof puts on samples that are compared with (``profile.SetLabel`` in its fetch.go)."""


def merged(profiles: Sequence[Profile]) -> Profile:
    """Return the samples of all profiles as one; of those with equal stack and labels the sum.

    Raises:
        ProfileError: if they count different things, or there is none.
    """
    if not profiles:
        raise ProfileError("there is no profile to merge", remedy="name at least one")
    first = profiles[0]
    for other in profiles[1:]:
        if other.sample_types != first.sample_types:
            raise ProfileError(
                f"profiles of {_counted(first)} and of {_counted(other)} cannot be put together",
                remedy="compare profiles of one kind",
            )
    sets: dict[tuple[Label, ...], int] = {}
    labels = [_renumbered(each, sets) for each in profiles]
    stack_starts = np.cumsum([0, *(len(each.stacks) for each in profiles)])
    pairs = zip(profiles, stack_starts.tolist(), strict=False)
    joined = replace(
        first,
        values=np.concatenate([each.values for each in profiles]),
        stacks=_joined([each.stacks for each in profiles]),
        stack_of_sample=np.concatenate([p.stack_of_sample + s for p, s in pairs]).astype(np.int32),
        labels_of_sample=np.concatenate(labels),
        label_sets=tuple(sets),
        time_ns=min((each.time_ns for each in profiles if each.time_ns), default=0),
        duration_ns=sum(each.duration_ns for each in profiles),
        period=max(each.period for each in profiles),
    )
    return _summed(compacted(joined))


def difference(new: Profile, base: Profile, *, labelled: bool = True) -> Profile:
    """Return ``new`` less ``base``.

    Args:
        new: what is looked at.
        base: what it is compared with; its samples stand in the result, negative.
        labelled: mark them, so that shares are of the base's total (``-diff_base``).

    Raises:
        ProfileError: if they count different things.
    """
    sets = base.label_sets
    if labelled:
        sets = tuple((*labels, BASE_LABEL) for labels in sets)
    negative = replace(base, values=-base.values, label_sets=sets)
    joined = merged((new, negative))
    return replace(joined, time_ns=new.time_ns, duration_ns=new.duration_ns)


def grand_total(profile: Profile, column: int) -> int:
    """Return what shares are shares of: all values, or the base's in a difference.

    Values count without their sign, as pprof counts them.
    """
    values = np.abs(profile.values[:, column])
    based = np.array([*(BASE_LABEL in labels for labels in profile.label_sets), False], np.bool_)
    of_base = int(values[based[profile.labels_of_sample]].sum())
    return of_base if of_base else int(values.sum())


def _counted(profile: Profile) -> str:
    return ", ".join(each.kind for each in profile.sample_types)


def _renumbered(
    profile: Profile, sets: dict[tuple[Label, ...], int]
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    numbers = [sets.setdefault(labels, len(sets)) for labels in profile.label_sets]
    return np.array([*numbers, 0], np.int32)[profile.labels_of_sample]


def _joined(parts: Sequence[StackColumns]) -> StackColumns:
    """Return all stacks one after another over one table of functions, frames and mappings."""
    functions: dict[tuple[str, str, int], int] = {}
    mappings: dict[Mapping, int] = {}
    known: dict[tuple[tuple[int, ...], ...], int] = {}
    columns: list[FrameColumns] = []
    renumbered, offsets = [], [np.zeros(1, np.int64)]
    size = 0
    for part in parts:
        table = part.functions
        rows = zip(table.names, table.files, table.start_lines.tolist(), strict=True)
        function = np.array(
            [*(functions.setdefault(row, len(functions)) for row in rows), 0], np.int32
        )[part.frames.function]
        of = [*(mappings.setdefault(each, len(mappings)) for each in part.mappings), -1]
        mapping = np.array(of, np.int32)[part.frames.mapping]
        here = replace(part.frames, function=function, mapping=mapping)
        new, number = _new_locations(here, known)
        columns.append(new)
        renumbered.append(number[part.frame])
        offsets.append(part.offsets[1:] + size)
        size += len(part.frame)
    joined = [np.concatenate([getattr(each, name) for each in columns]) for name in _COLUMNS]
    names, files, lines = zip(*functions, strict=True) if functions else ((), (), ())
    return StackColumns(
        FunctionColumns(tuple(names), tuple(files), np.array(lines, np.int64)),
        FrameColumns(*joined),
        tuple(mappings),
        np.concatenate(renumbered),
        np.concatenate(offsets),
    )


_COLUMNS = ("function", "line", "location", "address", "mapping")


def _new_locations(
    frames: FrameColumns, known: dict[tuple[tuple[int, ...], ...], int]
) -> tuple[FrameColumns, np.ndarray[tuple[int], np.dtype[np.int32]]]:
    """Return the frames of locations not yet known, and the joint number of each frame.

    Args:
        frames: of one profile, under the joint numbers of functions and mappings.
        known: for each location's content the number of its first frame; what is new is added.
    """
    count = len(frames)
    at = np.flatnonzero(np.diff(frames.location, prepend=-1)).tolist()
    columns = (frames.function, frames.line, frames.address, frames.mapping)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    taken = sum(map(len, known))
    chosen: list[int] = []
    location: list[int] = []
    number = np.zeros(count + 1, np.int32)
    for begin, end in itertools.pairwise([*at, count]):
        content = tuple(rows[begin:end])
        if content not in known:
            known[content] = taken + len(chosen)
            location += [taken + len(chosen)] * (end - begin)
            chosen += range(begin, end)
        number[begin:end] = np.arange(known[content], known[content] + end - begin)
    new = frames.take(np.array(chosen, np.int64))
    return replace(new, location=np.array(location, np.int32)), number


def _summed(profile: Profile) -> Profile:
    """Return a profile in which samples of equal stack and labels are one."""
    many = max(len(profile.label_sets), 1)
    key = profile.stack_of_sample.astype(np.int64) * many + profile.labels_of_sample
    distinct, row = np.unique(key, return_inverse=True)
    if len(distinct) == len(key):
        return profile
    values = np.zeros((len(distinct), profile.values.shape[1]), np.int64)
    np.add.at(values, row, profile.values)
    return replace(
        profile,
        values=values,
        stack_of_sample=(distinct // many).astype(np.int32),
        labels_of_sample=(distinct % many).astype(np.int32),
    )
