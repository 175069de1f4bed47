"""The fields of a long message, and the samples of a profile, read by the library."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.native_columns import pointer
from flakecore.profile_native.library import NARROW, profile_loops

Ints = NDArray[np.int64]


class FieldColumns(NamedTuple):
    """The fields of a message; every column (fields,).

    Attributes:
        number: int32, the field's number.
        wire: uint8, its wire type.
        start, end: int64, where its value begins and ends; a varint's own bytes count as value.
    """

    number: NDArray[np.int32]
    wire: NDArray[np.uint8]
    start: Ints
    end: Ints


class SampleArrays(NamedTuple):
    """The samples of a profile.

    Attributes:
        location: int32, the rows of all samples' locations, one sample after another.
        locations: (samples,) int64, how many of them each has.
        value: uint64, the values of all samples.
        values: (samples,) int64, how many of them each has.
        label_message: (labels,) int64, the sample that each label is of.
        label_start, label_end: (labels,) int64, where each begins and ends.
    """

    location: NDArray[np.int32]
    locations: Ints
    value: NDArray[np.uint64]
    values: Ints
    label_message: Ints
    label_start: Ints
    label_end: Ints


def read_records(octets: NDArray[np.uint8]) -> FieldColumns | None:
    """Return the fields of the message that ``octets`` is; None where it is not sound."""
    loops = profile_loops()
    if loops is None:
        return None
    message = (pointer(octets, np.uint8), len(octets))
    count = loops.count_records(*message)
    if count < 0:
        return None
    found = FieldColumns(
        np.empty(count, np.int32),
        np.empty(count, np.uint8),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
    )
    columns = (
        pointer(found.number, np.int32),
        pointer(found.wire, np.uint8),
        pointer(found.start, np.int64),
        pointer(found.end, np.int64),
    )
    return found if loops.read_records(*message, count, *columns) == count else None


def read_samples(
    octets: NDArray[np.uint8], starts: Ints, ends: Ints, row_of: NDArray[np.int32]
) -> SampleArrays | None:
    """Return the samples of a profile; None where they are not all sound.

    Args:
        octets: the profile's bytes.
        starts: (samples,) where each sample's message begins.
        ends: (samples,) where it ends, within the bytes.
        row_of: the row of each location by its number, -1 for none.
    """
    loops = profile_loops()
    if loops is None:
        return None
    count = len(starts)
    messages = (
        pointer(octets, np.uint8),
        pointer(starts, np.int64),
        pointer(ends, np.int64),
        count,
    )
    counts = np.zeros((3, count), np.int64)
    if loops.count_samples(*messages, *(pointer(each, np.int64) for each in counts)) < 0:
        return None
    room = counts.sum(axis=1)
    if int(room.max(initial=0)) >= NARROW:
        return None
    location, value = np.empty(room[0], np.int32), np.empty(room[1], np.uint64)
    labels = np.empty((3, room[2]), np.int64)
    status = loops.read_samples(
        *messages,
        pointer(row_of, np.int32),
        len(row_of),
        pointer(room, np.int64),
        pointer(location, np.int32),
        pointer(value, np.uint64),
        *(pointer(each, np.int64) for each in labels),
    )
    return SampleArrays(location, counts[0], value, counts[1], *labels) if status == 0 else None
