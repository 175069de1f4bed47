"""The profiles of one kind that a run took one after another: when, how much, what grew most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from flakecore.pprof import Granularity, Profile, ValueType, difference, node_totals, nodes_by
from flakecore.timeline import CaseProfile
from flakecore.timeline.profiles.profile_series import taken_ns

_ALIVE = "inuse_space"
"""What of heap profiles is worth comparing one after another: all else only ever grows."""


class SeriesRow(NamedTuple):
    """One profile of a series.

    Attributes:
        number: its place, from 1.
        after_ns: since the first whose moment is known; -1 where its own is not.
        total: what it adds up to.
        change: since the one before; None for the first, or where that counts something else.
        grew: the function whose own value grew most since; "" where none did.
        grown: by how much.
    """

    number: int
    after_ns: int
    total: int
    change: int | None
    grew: str
    grown: int


def series_measure(series: Sequence[CaseProfile], measure: str = "") -> ValueType:
    """Return what the rows of a series count, by its first profile.

    Args:
        series: at least one, all of one kind.
        measure: which sample type is asked for; "" for what is alive of a heap, else the profiles'
            own choice.
    """
    first = series[0].profile
    column = first.column_of(measure or _ALIVE)
    return first.sample_types[column if column >= 0 else first.default_type]


def series_rows(series: Sequence[CaseProfile], measure: str = "") -> list[SeriesRow]:
    """Return a row for each profile; arguments as those of ``series_measure``.

    Args:
        series: in the order they were taken.
        measure: which sample type.
    """
    counted = series_measure(series, measure)
    column = series[0].profile.sample_types.index(counted)
    begun = next(filter(None, map(taken_ns, series)), 0)
    before: Profile | None = None
    rows = []
    for number, each in enumerate(series, 1):
        profile, taken = each.profile, taken_ns(each)
        after = taken - begun if taken else -1
        total = int(profile.values[:, column].sum())
        row = SeriesRow(number, after, total, None, "", 0)
        if before is not None and before.sample_types == profile.sample_types:
            change = total - int(before.values[:, column].sum())
            row = SeriesRow(number, after, total, change, *_grew_most(profile, before, column))
        rows.append(row)
        before = profile
    return rows


def _grew_most(new: Profile, old: Profile, column: int) -> tuple[str, int]:
    """Return the function whose own value grew most, and by how much; "" where none grew."""
    change = difference(new, old, labelled=False)
    nodes = nodes_by(change.stacks, Granularity.FUNCTIONS)
    flat = node_totals(change.stacks, change.stack_values(column), nodes).flat
    if not len(flat) or int(flat.max()) <= 0:
        return "", 0
    most = int(np.argmax(flat))
    return nodes.names[most], int(flat[most])
