"""From the bytes of a pprof profile to its samples.

Format: github.com/google/pprof, ``proto/profile.proto``; Go's writer is ``src/runtime/pprof/
proto.go``. A sample holds location numbers, innermost first; a location is one address, whose
lines are the function there and, after it, those that it was inlined into.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flakecore.errors import ProfileError
from flakecore.pprof.distinct_rows import distinct_rows, rows_of, spans
from flakecore.pprof.formats.samples import RowLookup, SampleColumns, sample_columns
from flakecore.pprof.formats.text_profiles import is_text_profile, read_text_profile
from flakecore.pprof.profile import Label, Profile, ValueType
from flakecore.pprof.stack_columns import (
    FrameColumns,
    FunctionColumns,
    Indices,
    Mapping,
    StackColumns,
)
from flakecore.profile_inflate import inflated_profile
from flakecore.protobuf.reader import (
    LENGTH,
    Bytes,
    Fields,
    Ints,
    WireError,
    Words,
    fields_of,
    outermost_fields,
)

_SAMPLE_TYPE, _SAMPLE, _MAPPING, _LOCATION, _FUNCTION, _STRING = 1, 2, 3, 4, 5, 6
_TIME, _DURATION, _PERIOD_TYPE, _PERIOD, _DEFAULT_TYPE = 9, 10, 11, 12, 14

_MOST_FRAMES = 5_000_000
"""Frames of all distinct stacks together, beside two for each byte of the file: a location is cheap
to name and dear to write out."""
_HEAD = 16 * 1024
"""Bytes by which text is distinguished from a compressed profile."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


def read_profile(data: bytes, *, name: str) -> Profile:
    """Return the profile in ``data``, gzipped or not, or as text.

    Args:
        data: the file's bytes.
        name: what to call the file in an error.

    Raises:
        ProfileError: if it is empty, cut off, damaged, absurdly large, or no profile.
    """
    raw = inflated_profile(data, name=name)
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
        self._raw = raw
        self._data = np.frombuffer(raw, np.uint8)
        self._top = outermost_fields(raw)
        self._strings = self._top.numbered(_STRING, LENGTH)
        self._decoded: dict[int, str] = {}

    def profile(self) -> Profile:
        types = self._value_types(_SAMPLE_TYPE)
        if not types:
            raise WireError("it has no sample types")
        locations = self._messages(_LOCATION)
        rows = RowLookup(locations.varints(1))
        outer = self._top.numbered(_SAMPLE, LENGTH)
        samples = sample_columns(self._data, outer.start, outer.end, rows, len(types))
        stack_of_sample, stacks = self._stacks(samples, locations)
        labels_of_sample, label_sets = self._labels(samples)
        default = self._string(self._number(_DEFAULT_TYPE))
        kinds = [column.kind for column in types]
        period_types = self._value_types(_PERIOD_TYPE)
        return Profile(
            sample_types=types,
            values=samples.values,
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
        """Return a string of the table; only those that something refers to are decoded."""
        text = self._decoded.get(index)
        if text is None:
            begins, ends = self._strings.start, self._strings.end
            if not 0 <= index < len(begins):
                if index == 0:
                    return ""
                raise WireError(f"string {index} of {len(begins)}")
            text = self._decoded[index] = _shown(self._raw[begins[index] : ends[index]])
        return text

    def _value_types(self, number: int) -> tuple[ValueType, ...]:
        messages = self._messages(number)
        pairs = zip(messages.varints(1).tolist(), messages.varints(2).tolist(), strict=True)
        return tuple(ValueType(self._string(kind), self._string(unit)) for kind, unit in pairs)

    def _stacks(self, samples: SampleColumns, locations: _Messages) -> tuple[Indices, StackColumns]:
        """Return each sample's stack, as an index, and the distinct stacks."""
        functions, frames, mappings = self._frames(locations)
        used, offsets = samples.location, samples.offsets
        stack_of_sample, first = distinct_rows(used, offsets)
        if len(first) < len(stack_of_sample):
            used, offsets = rows_of(used, offsets, first)
        frame, offsets = _expanded(
            used, offsets, frames.location, locations.count, _MOST_FRAMES + 2 * len(self._data)
        )
        stacks = StackColumns(functions, frames, mappings, frame, offsets)
        return stack_of_sample, stacks

    def _frames(
        self, locations: _Messages
    ) -> tuple[FunctionColumns, FrameColumns, tuple[Mapping, ...]]:
        """Return the functions, the frames of all locations in turn, and the mappings."""
        mapping_ids, mappings = self._mappings()
        functions = self._messages(_FUNCTION)
        names = [self._string(each) for each in functions.varints(2).tolist()]
        files = [self._string(each) for each in functions.varints(4).tolist()]
        start_lines = functions.varints(5).view(np.int64)
        inner = locations.fields.numbered(4, LENGTH)
        lines = _Messages(
            self._data, len(inner.start), fields_of(self._data, inner.start, inner.end)
        )
        row_of = RowLookup(functions.varints(1)).find
        counts = np.bincount(inner.message, minlength=locations.count)
        bare = np.flatnonzero(counts == 0)
        location = np.concatenate([inner.message, bare]).astype(np.int32)
        function = np.concatenate([row_of(lines.varints(1)), np.full(len(bare), -1, np.int32)])
        line = np.concatenate([lines.varints(2).view(np.int64), np.zeros(len(bare), np.int64)])
        address = locations.varints(3)[location]
        mapping = RowLookup(mapping_ids).find(locations.varints(2))[location]
        named = np.array([bool(name) for name in names], np.bool_)
        nameless = function < 0
        nameless[~nameless] = ~named[function[~nameless]]
        for frame in np.flatnonzero(nameless).tolist():
            files.append(files[function[frame]] if function[frame] >= 0 else "")
            names.append(f"{address[frame]:#x}")
            line[frame] *= function[frame] >= 0
            function[frame] = len(names) - 1
        more = np.zeros(len(names) - len(start_lines), np.int64)
        order = np.argsort(location, kind="stable")
        frames = FrameColumns(function, line, location, address, mapping).take(order)
        columns = FunctionColumns(tuple(names), tuple(files), np.concatenate([start_lines, more]))
        return columns, frames, mappings

    def _mappings(self) -> tuple[Words, tuple[Mapping, ...]]:
        """Return the mappings, and the number by which locations name each."""
        found = self._messages(_MAPPING)
        columns = [found.varints(number).tolist() for number in (2, 3, 4)]
        texts = [[self._string(at) for at in found.varints(n).tolist()] for n in (5, 6)]
        rows = zip(*columns, *texts, strict=True)
        return found.varints(1), tuple(Mapping(*row) for row in rows)

    def _labels(self, samples: SampleColumns) -> tuple[Indices, tuple[tuple[Label, ...], ...]]:
        """Return each sample's set of labels, as an index, and the distinct sets."""
        of_sample, starts, ends = samples.label_sample, samples.label_start, samples.label_end
        messages = _Messages(self._data, len(starts), fields_of(self._data, starts, ends))
        columns = [messages.varints(number).view(np.int64) for number in (1, 2, 3, 4)]
        rows, first = _distinct_labels(columns)
        table = zip(*(column[first].tolist() for column in columns), strict=True)
        labels = [
            Label(self._string(key), self._string(text), number, self._string(unit))
            for key, text, number, unit in table
        ]
        counts = np.bincount(of_sample, minlength=len(samples.values))
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        # Before Go 1.24 labels are a map, written in an order of its own each time.
        if int(counts.max(initial=0)) > 1:
            rows = rows[np.lexsort((rows, of_sample))]
        set_of_sample, sets = distinct_rows(rows, offsets)
        contents = (rows[offsets[at] : offsets[at + 1]].tolist() for at in sets.tolist())
        return set_of_sample, tuple(tuple(labels[at] for at in content) for content in contents)


def _shown(raw: bytes) -> str:
    """Return a name from the file as text that is safe on a terminal."""
    text = raw.decode("utf-8", "replace")
    return text if text.isprintable() else _CONTROLS.sub("\ufffd", text)


def _expanded(
    used: Indices, offsets: Ints, location: Indices, count: int, most: int
) -> tuple[Indices, Ints]:
    """Return stacks of locations as stacks of frames, and where each begins."""
    sizes = np.bincount(location, minlength=count)
    starts = np.cumsum(sizes) - sizes
    if len(location) == count:
        return used, offsets
    many = sizes[used]
    ends = np.cumsum(many)
    total = int(ends[-1]) if len(ends) else 0
    if total > most:
        raise WireError(f"its stacks have more than {most:,} frames")
    at = np.concatenate([[0], ends])
    return spans(starts[used], many).astype(np.int32), at[offsets]


def _distinct_labels(columns: Sequence[Ints]) -> tuple[Indices, Ints]:
    """Return which labels of equal columns each is, and the first of each kind."""
    count = len(columns[0])
    key = np.zeros(count, np.int64)
    for column in columns:
        if count and (column == column[0]).all():
            continue
        rank, ranks = _ranks(column)
        key = _ranks(key * ranks + rank)[0]
    first = np.zeros(int(key.max(initial=-1)) + 1, np.int64)
    first[key[::-1]] = np.arange(count)[::-1]
    return key.astype(np.int32), first


def _ranks(column: Ints) -> tuple[Ints, int]:
    """Return the rank of each number among those that there are, and how many these are."""
    least, most = int(column.min(initial=0)), int(column.max(initial=0))
    if least < 0 or most > 4 * len(column) + 1024:
        distinct, rank = np.unique(column, return_inverse=True)
        return rank.astype(np.int64), len(distinct)
    there = np.zeros(most + 1, np.bool_)
    there[column] = True
    return (np.cumsum(there) - 1)[column], int(there.sum())
