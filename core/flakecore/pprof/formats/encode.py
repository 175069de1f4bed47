"""From a profile's columns to the bytes of pprof's own format.

Samples are nothing but varints: tags, lengths, location numbers, values and labels. So all of a
profile's are laid out as one column of numbers, and that column becomes bytes at once.

Format: github.com/google/pprof, ``proto/profile.proto``.
"""

from __future__ import annotations

import gzip

import numpy as np
from numpy.typing import NDArray

from flakecore.pprof.distinct_rows import distinct_rows
from flakecore.pprof.profile import Label, Profile, ValueType
from flakecore.pprof.stack_columns import Ints, StackColumns
from flakecore.protobuf.reader import Words
from flakecore.protobuf.writer import message, varint_fields, varint_sizes, varints

_LEVEL = 6


def encoded(profile: Profile) -> bytes:
    """Return a profile as a gzipped message, which ``go tool pprof`` and speedscope open."""
    return gzip.compress(encoded_message(profile), _LEVEL, mtime=0)


def encoded_message(profile: Profile) -> bytes:
    """Return a profile as a message."""
    writer = _Writer()
    return writer.message(profile)


class _Writer:
    """One profile's message on its way out: its strings by number."""

    def __init__(self) -> None:
        self._strings: dict[str, int] = {"": 0}

    def message(self, profile: Profile) -> bytes:
        location, locations = self._locations(profile.stacks)
        parts = [
            *(message(1, self._value_type(each)) for each in profile.sample_types),
            self._samples(profile, location),
            *(
                message(
                    3,
                    varint_fields(
                        (1, number),
                        (2, mapping.start),
                        (3, mapping.limit),
                        (4, mapping.offset),
                        (5, self._string(mapping.file)),
                        (6, self._string(mapping.build_id)),
                        (7, 1),
                    ),
                )
                for number, mapping in enumerate(profile.stacks.mappings, 1)
            ),
            locations,
            self._functions(profile.stacks),
        ]
        default = profile.sample_types[profile.default_type].kind
        tail = [
            varint_fields((9, profile.time_ns), (10, profile.duration_ns)),
            message(11, self._value_type(profile.period_type)),
            varint_fields((12, profile.period), (14, self._string(default))),
        ]
        strings = [message(6, text.encode("utf-8", "surrogateescape")) for text in self._strings]
        return b"".join([*parts, *strings, *tail])

    def _string(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings))

    def _value_type(self, column: ValueType) -> bytes:
        return varint_fields((1, self._string(column.kind)), (2, self._string(column.unit)))

    def _functions(self, stacks: StackColumns) -> bytes:
        table = stacks.functions
        rows = zip(table.names, table.files, table.start_lines.tolist(), strict=True)
        return b"".join(
            message(
                5,
                varint_fields(
                    (1, number),
                    (2, self._string(name)),
                    (3, self._string(name)),
                    (4, self._string(file)),
                    (5, line),
                ),
            )
            for number, (name, file, line) in enumerate(rows, 1)
        )

    def _locations(self, stacks: StackColumns) -> tuple[tuple[Ints, Ints], bytes]:
        """Return stacks of location numbers, and where each begins, and the locations."""
        frames, frame = stacks.frames, stacks.frame
        row = stacks.row_of_each()
        starts = np.ones(len(frame), np.bool_)
        same = (row[1:] == row[:-1]) & (frames.location[frame[1:]] == frames.location[frame[:-1]])
        starts[1:] = ~(same & (frame[1:] > frame[:-1]))
        at = np.flatnonzero(starts)
        content, first = distinct_rows(frame, np.append(at, len(frame)).astype(np.int64))
        ends = np.append(at[1:], len(frame))
        messages = []
        for number, (begin, end) in enumerate(
            zip(at[first].tolist(), ends[first].tolist(), strict=True), 1
        ):
            rows = frame[begin:end]
            head = int(rows[0])
            lines = b"".join(
                message(4, varint_fields((1, function + 1), (2, line)))
                for function, line in zip(
                    frames.function[rows].tolist(), frames.line[rows].tolist(), strict=True
                )
            )
            fixed = varint_fields(
                (1, number), (2, int(frames.mapping[head]) + 1), (3, int(frames.address[head]))
            )
            messages.append(message(4, fixed + lines))
        seen = np.concatenate([[0], np.cumsum(starts)]).astype(np.int64)
        return (content.astype(np.int64) + 1, seen[stacks.offsets]), b"".join(messages)

    def _samples(self, profile: Profile, location: tuple[Ints, Ints]) -> bytes:
        """Return all samples, each with its locations, values and labels."""
        numbers, offsets = location
        stack = profile.stack_of_sample
        count, kinds = profile.values.shape
        sizes = varint_sizes(numbers.astype(np.uint64))
        size_before = np.concatenate([[0], np.cumsum(sizes)])
        location_bytes = (size_before[offsets[1:]] - size_before[offsets[:-1]])[stack]
        values = profile.values.view(np.uint64)
        value_sizes = varint_sizes(values.reshape(-1)).reshape(count, kinds)
        value_bytes = value_sizes.sum(axis=1)
        labels = [self._label_numbers(each) for each in profile.label_sets]
        label_offsets = np.cumsum([0, *map(len, labels)])
        label_numbers = np.array([n for each in labels for n in each], np.uint64)
        sized = np.concatenate([[0], np.cumsum(varint_sizes(label_numbers))])
        label_bytes = np.append(sized[label_offsets[1:]] - sized[label_offsets[:-1]], 0)
        label_of = profile.labels_of_sample
        depth = np.diff(offsets)[stack]
        label_count = np.append(np.diff(label_offsets), 0)[label_of]
        body = (
            np.where(depth > 0, 1 + varint_sizes(location_bytes.astype(np.uint64)), 0)
            + location_bytes
            + (1 + varint_sizes(value_bytes.astype(np.uint64)) + value_bytes)
            + label_bytes[label_of]
        )
        head = np.where(depth > 0, 2, 0)
        widths = 2 + head + depth + 2 + kinds + label_count
        ends = np.cumsum(widths)
        at = ends - widths
        column = np.zeros(int(ends[-1]) if count else 0, np.uint64)
        column[at], column[at + 1] = 0x12, body
        some = np.flatnonzero(depth > 0)
        column[at[some] + 2], column[at[some] + 3] = 0x0A, location_bytes[some]
        _fill(column, at + 2 + head, depth, numbers, offsets[:-1][stack])
        at = at + 2 + head + depth
        column[at], column[at + 1] = 0x12, value_bytes
        for kind in range(kinds):
            column[at + 2 + kind] = values[:, kind]
        starts = np.append(label_offsets[:-1], 0)[label_of]
        _fill(column, at + 2 + kinds, label_count, label_numbers, starts)
        return varints(column)

    def _label_numbers(self, labels: tuple[Label, ...]) -> list[int]:
        """Return the numbers, tags and lengths among them, of a set of labels."""
        numbers: list[int] = []
        for label in labels:
            fields = [(1, self._string(label.key)), (2, self._string(label.text))]
            fields += [(3, label.number), (4, self._string(label.unit))]
            flat = [n for field, value in fields if value for n in (field << 3, value % (1 << 64))]
            size = int(varint_sizes(np.array(flat, np.uint64)).sum())
            numbers += [0x1A, size, *flat]
        return numbers


def _fill(
    column: Words, to: Ints, counts: Ints, numbers: NDArray[np.generic], starts: Ints
) -> None:
    """Copy runs of ``numbers`` to places of a column."""
    before = np.cumsum(counts) - counts
    within = np.arange(int(counts.sum())) - np.repeat(before, counts)
    column[within + np.repeat(to, counts)] = numbers[within + np.repeat(starts, counts)]
