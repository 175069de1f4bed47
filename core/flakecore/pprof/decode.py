"""From the bytes of a pprof profile to its samples.

Format: github.com/google/pprof, ``proto/profile.proto``; Go's writer is ``src/runtime/pprof/
proto.go``. A sample holds location numbers, innermost first; a location is one address, whose
lines are the function there and, after it, those that it was inlined into.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.errors import ProfileError
from flakecore.pprof.inflate import inflated
from flakecore.pprof.profile import Label, Profile, ProfileFrame, ValueType
from flakecore.pprof.text_profiles import is_text_profile, read_text_profile
from flakecore.protobuf import (
    LENGTH,
    Bytes,
    Fields,
    Ints,
    WireError,
    Words,
    fields_of,
    outermost_fields,
)

_SAMPLE_TYPE, _SAMPLE, _LOCATION, _FUNCTION, _STRING = 1, 2, 4, 5, 6
_TIME, _DURATION, _PERIOD_TYPE, _PERIOD, _DEFAULT_TYPE = 9, 10, 11, 12, 14

_MOST_FRAMES = 5_000_000
"""Frames of all distinct stacks together: a location is cheap to name and dear to write out."""
_HEAD = 16 * 1024
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def read_profile(data: bytes, *, name: str) -> Profile:
    """Return the profile in ``data``, gzipped or not, or as text.

    Args:
        data: the file's bytes.
        name: what to call the file in an error.

    Raises:
        ProfileError: if it is empty, cut off, damaged, absurdly large, or no profile.
    """
    raw = inflated(data, name=name)
    if is_text_profile(raw[:_HEAD]):
        return read_text_profile(raw, name=name)
    try:
        return _Reader(raw).profile()
    except WireError as error:
        raise ProfileError(
            f"{name} is no pprof profile, or a damaged one: {error}",
            remedy="a profile comes from go test -cpuprofile and the like",
        ) from error


@dataclass(frozen=True, slots=True)
class _Messages:
    """All messages of one kind and their fields."""

    data: Bytes
    count: int
    fields: Fields

    def varints(self, number: int) -> Words:
        return self.fields.varints(self.data, number, self.count)


class _Reader:
    """Reads one profile, table by table."""

    def __init__(self, raw: bytes) -> None:
        self._data = np.frombuffer(raw, np.uint8)
        self._top = outermost_fields(raw)
        strings = self._top.numbered(_STRING, LENGTH)
        self._strings = [
            _shown(raw[start:end])
            for start, end in zip(strings.start.tolist(), strings.end.tolist(), strict=True)
        ]

    def profile(self) -> Profile:
        types = self._value_types(_SAMPLE_TYPE)
        if not types:
            raise WireError("it has no sample types")
        samples = self._messages(_SAMPLE)
        values, value_counts = samples.fields.repeated_varints(self._data, 2, samples.count)
        if (value_counts != len(types)).any():
            raise WireError(f"a sample without one value for each of {len(types)} types")
        stack_of_sample, stacks = self._stacks(samples)
        labels_of_sample, label_sets = self._labels(samples)
        default = self._string(self._number(_DEFAULT_TYPE))
        kinds = [column.kind for column in types]
        period_types = self._value_types(_PERIOD_TYPE)
        return Profile(
            sample_types=types,
            values=values.view(np.int64).reshape(samples.count, len(types)),
            stack_of_sample=stack_of_sample,
            stacks=stacks,
            labels_of_sample=labels_of_sample,
            label_sets=label_sets,
            default_type=kinds.index(default) if default in kinds else len(kinds) - 1,
            period_type=period_types[-1] if period_types else ValueType("", ""),
            period=self._number(_PERIOD),
            time_ns=self._number(_TIME),
            duration_ns=self._number(_DURATION),
        )

    def _messages(self, number: int) -> _Messages:
        outer = self._top.numbered(number, LENGTH)
        fields = fields_of(self._data, outer.start, outer.end)
        return _Messages(self._data, len(outer.start), fields)

    def _number(self, number: int) -> int:
        """Return a signed number of the outermost message; 0 if it is not there."""
        return int(self._top.varints(self._data, number, 1).view(np.int64)[0])

    def _string(self, index: int) -> str:
        if not 0 <= index < len(self._strings):
            if index == 0:
                return ""
            raise WireError(f"string {index} of {len(self._strings)}")
        return self._strings[index]

    def _value_types(self, number: int) -> tuple[ValueType, ...]:
        messages = self._messages(number)
        pairs = zip(messages.varints(1).tolist(), messages.varints(2).tolist(), strict=True)
        return tuple(ValueType(self._string(kind), self._string(unit)) for kind, unit in pairs)

    def _stacks(
        self, samples: _Messages
    ) -> tuple[NDArray[np.int32], tuple[tuple[ProfileFrame, ...], ...]]:
        """Return each sample's stack, as an index, and the distinct stacks."""
        locations = self._messages(_LOCATION)
        wanted, depths = samples.fields.repeated_varints(self._data, 1, samples.count)
        used = _rows_of(locations.varints(1), wanted)
        if (used < 0).any():
            raise WireError("a sample with a location that is not there")
        frames, first = self._frames(locations)
        ends = np.cumsum(depths)
        stack_of_sample, rows = _distinct(used.astype(np.int32), ends - depths, ends)
        sizes = np.diff(first)
        if sum(int(sizes[row].sum()) for row in rows) > _MOST_FRAMES:
            raise WireError(f"its stacks have more than {_MOST_FRAMES:,} frames")
        bounds = first.tolist()
        return stack_of_sample, tuple(
            tuple(frame for at in row.tolist() for frame in frames[bounds[at] : bounds[at + 1]])
            for row in rows
        )

    def _frames(self, locations: _Messages) -> tuple[list[ProfileFrame], Ints]:
        """Return the frames of all locations in turn, and (locations + 1,) where each begins."""
        functions = self._messages(_FUNCTION)
        name_of = functions.varints(2).tolist()
        file_of = functions.varints(4).tolist()
        inner = locations.fields.numbered(4, LENGTH)
        lines = _Messages(
            self._data, len(inner.start), fields_of(self._data, inner.start, inner.end)
        )
        function_of = _rows_of(functions.varints(1), lines.varints(1)).tolist()
        numbers = lines.varints(2).view(np.int64).tolist()
        frames: list[ProfileFrame] = []
        counts = np.bincount(inner.message, minlength=locations.count)
        addresses = locations.varints(3).tolist()
        at = 0
        for count, address in zip(counts.tolist(), addresses, strict=True):
            for line in range(at, at + count):
                function = function_of[line]
                if function < 0:
                    frames.append(ProfileFrame(f"{address:#x}", "", 0))
                    continue
                name = self._string(name_of[function]) or f"{address:#x}"
                file = self._string(file_of[function])
                frames.append(ProfileFrame(name, file, numbers[line]))
            if not count:
                frames.append(ProfileFrame(f"{address:#x}", "", 0))
            at += count
        first = np.concatenate([[0], np.cumsum(np.maximum(counts, 1))]).astype(np.int64)
        return frames, first

    def _labels(
        self, samples: _Messages
    ) -> tuple[NDArray[np.int32], tuple[tuple[Label, ...], ...]]:
        """Return each sample's set of labels, as an index, and the distinct sets."""
        outer = samples.fields.numbered(3, LENGTH)
        messages = _Messages(
            self._data, len(outer.start), fields_of(self._data, outer.start, outer.end)
        )
        columns = [messages.varints(number).view(np.int64) for number in (1, 2, 3, 4)]
        table = np.stack(columns, axis=1)
        distinct, row_of = np.unique(table, axis=0, return_inverse=True)
        labels = [
            Label(self._string(key), self._string(text), number, self._string(unit))
            for key, text, number, unit in distinct.tolist()
        ]
        counts = np.bincount(outer.message, minlength=samples.count)
        ends = np.cumsum(counts)
        rows = row_of.reshape(-1).astype(np.int32)
        # Before Go 1.24 labels are a map, written in an order of its own each time.
        rows = rows[np.lexsort((rows, outer.message))]
        set_of_sample, sets = _distinct(rows, ends - counts, ends)
        return set_of_sample, tuple(tuple(labels[at] for at in row.tolist()) for row in sets)


def _shown(raw: bytes) -> str:
    """Return a name from the file as text that is safe on a terminal."""
    text = raw.decode("utf-8", "replace")
    return text if text.isprintable() else _CONTROLS.sub("\ufffd", text)


def _rows_of(identities: Words, wanted: Words) -> Ints:
    """Return the row in ``identities`` of each wanted one; -1 for one that is not there."""
    if not len(identities):
        return np.full(len(wanted), -1, np.int64)
    order = np.argsort(identities, kind="stable")
    place = np.minimum(np.searchsorted(identities, wanted, sorter=order), len(identities) - 1)
    rows = order[place]
    return np.where(identities[rows] == wanted, rows, -1).astype(np.int64)


def _distinct(
    values: NDArray[np.int32], starts: Ints, ends: Ints
) -> tuple[NDArray[np.int32], list[NDArray[np.int32]]]:
    """Return for each run ``values[start:end]`` the index of its content, and the contents."""
    packed = values.tobytes()
    size = values.itemsize
    known: dict[bytes, int] = {}
    index = [
        known.setdefault(packed[start:end], len(known))
        for start, end in zip((starts * size).tolist(), (ends * size).tolist(), strict=True)
    ]
    return np.array(index, np.int32), [np.frombuffer(content, np.int32) for content in known]
