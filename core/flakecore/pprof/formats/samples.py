"""The samples of a profile as columns: locations, values and labels, one sample after another.

Compiled loops read them where they are there and the bytes are sound; else columns of protocol
buffers do, which report what is wrong.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from flakecore.pprof.stack_columns import Indices, Ints
from flakecore.profile_native.records import read_samples
from flakecore.protobuf.reader import (
    LENGTH,
    VARINT,
    Bytes,
    WireError,
    Words,
    fields_of,
    varint_tiles,
)

_LOCATION, _VALUE, _LABEL = 1, 2, 3


class SampleColumns(NamedTuple):
    """The samples of a profile.

    Attributes:
        location: int32, the rows of all samples' locations, innermost first.
        offsets: (samples + 1,) where each sample's locations begin.
        values: (samples, sample types) int64.
        label_sample: (labels,) which sample each label is of, ascending.
        label_start, label_end: (labels,) where its message begins and ends.
    """

    location: Indices
    offsets: Ints
    values: Ints
    label_sample: Ints
    label_start: Ints
    label_end: Ints


class RowLookup:
    """Finds the rows of a table by the numbers that its messages go by."""

    def __init__(self, identities: Words) -> None:
        """Take (rows,) the number of each."""
        self._identities = identities
        most = int(identities.max(initial=0))
        self.table: Indices | None = None
        """The row of each number, -1 for none, its last entry; None where numbers are far apart."""
        if most < 4 * len(identities) + 1024:  # Go numbers from 1
            self.table = np.full(most + 2, -1, np.int32)
            self.table[identities.astype(np.int64)] = np.arange(len(identities), dtype=np.int32)
        else:
            self._order = np.argsort(identities, kind="stable")

    def find(self, wanted: Words) -> Indices:
        """Return the row of each number, -1 for none."""
        if self.table is not None:
            last = np.uint64(len(self.table) - 1)
            return self.table[np.minimum(wanted, last).astype(np.int64)]
        place = np.searchsorted(self._identities, wanted, sorter=self._order)
        rows = self._order[np.minimum(place, len(self._identities) - 1)]
        return np.where(self._identities[rows] == wanted, rows, -1).astype(np.int32)

    def rows(self, wanted: Words) -> Indices:
        """Return the row of each number.

        Raises:
            WireError: if one is not there.
        """
        found = self.find(wanted)
        if len(found) and int(found.min()) < 0:
            raise WireError("a sample with a location that is not there")
        return found


def sample_columns(
    data: Bytes, starts: Ints, ends: Ints, locations: RowLookup, types: int
) -> SampleColumns:
    """Return the samples of a profile.

    Args:
        data: the profile's bytes.
        starts: (samples,) where each sample's message begins.
        ends: (samples,) where it ends.
        locations: finds the rows of locations by their numbers.
        types: how many values each sample must have.

    Raises:
        WireError: if one is damaged, has other values than these, or an unknown location.
    """
    table = locations.table
    read = read_samples(data, starts, ends, table) if table is not None else None
    if read is not None:
        location, depths, values, counts, *labels = read
    else:
        location, depths, values, counts, *labels = _by_columns(data, starts, ends, locations)
    if (counts != types).any():
        raise WireError(f"a sample without one value for each of {types} types")
    return SampleColumns(
        location,
        np.concatenate([[0], np.cumsum(depths)]).astype(np.int64),
        values.view(np.int64).reshape(len(starts), types),
        *labels,
    )


def _by_columns(
    data: Bytes, starts: Ints, ends: Ints, locations: RowLookup
) -> tuple[Indices, Ints, Words, Ints, Ints, Ints, Ints]:
    fields = fields_of(data, starts, ends)
    count = len(starts)
    values, counts = fields.repeated_varints(data, _VALUE, count)
    chosen = fields.numbered(_LOCATION, VARINT, LENGTH)
    depths = np.zeros(count, np.int64)
    parts = [np.zeros(0, np.int32)]
    at = 0
    for numbers, many in varint_tiles(data, chosen.start, chosen.end):
        parts.append(locations.rows(numbers))
        np.add.at(depths, chosen.message[at : at + len(many)], many)
        at += len(many)
    labels = fields.numbered(_LABEL, LENGTH)
    rows = np.concatenate(parts)
    return rows, depths, values, counts, labels.message, labels.start, labels.end
