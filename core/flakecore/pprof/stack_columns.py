"""Stacks as columns: functions, frames that name them, and stacks that name frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]


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
class Mapping:
    """A part of a program's address space that a file fills.

    Attributes:
        start, limit, offset: addresses and the place in the file, as the profile has them.
        file: path of the program or library.
        build_id: what identifies its build; "" if unknown.
    """

    start: int
    limit: int
    offset: int
    file: str
    build_id: str


@dataclass(frozen=True, slots=True)
class FunctionColumns:
    """The functions of a profile.

    Attributes:
        names: (functions,) qualified names.
        files: (functions,) paths of their sources; "" if unknown.
        start_lines: (functions,) int64, line of each one's declaration; 0 if unknown.
    """

    names: tuple[str, ...]
    files: tuple[str, ...]
    start_lines: Ints


@dataclass(frozen=True, slots=True)
class FrameColumns:
    """The distinct frames of a profile, those of one location side by side, innermost first.

    Attributes:
        function: (frames,) int32, index of its function.
        line: (frames,) int64, in the function's file; 0 if unknown.
        location: (frames,) int32, ascending: frames of one location are inlined into each other.
        address: (frames,) uint64, of the location; 0 if unknown.
        mapping: (frames,) int32, index of the location's mapping; -1 if unknown.
    """

    function: Indices
    line: Ints
    location: Indices
    address: NDArray[np.uint64]
    mapping: Indices

    def __len__(self) -> int:
        return len(self.function)

    def take(self, chosen: NDArray[np.bool_] | Ints) -> FrameColumns:
        """Return the chosen frames."""
        return FrameColumns(
            self.function[chosen],
            self.line[chosen],
            self.location[chosen],
            self.address[chosen],
            self.mapping[chosen],
        )


@dataclass(frozen=True, slots=True)
class StackColumns:
    """The distinct stacks of a profile.

    Attributes:
        functions, frames, mappings: what the stacks are made of.
        frame: (frames of all stacks,) int32, index of each frame, innermost first.
        offsets: (stacks + 1,) int64, where each stack's frames begin in ``frame``.
    """

    functions: FunctionColumns
    frames: FrameColumns
    mappings: tuple[Mapping, ...]
    frame: Indices
    offsets: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, stack: int) -> tuple[ProfileFrame, ...]:
        """Return one stack, innermost frame first."""
        if not 0 <= stack < len(self):
            raise IndexError(stack)
        span = self.frame[self.offsets[stack] : self.offsets[stack + 1]]
        return tuple(self.profile_frame(each) for each in span.tolist())

    def __iter__(self) -> Iterator[tuple[ProfileFrame, ...]]:
        return (self[stack] for stack in range(len(self)))

    @property
    def depths(self) -> Ints:
        """(stacks,) int64: how many frames each stack has."""
        return np.diff(self.offsets)

    def profile_frame(self, frame: int) -> ProfileFrame:
        """Return one frame by its index."""
        function = int(self.frames.function[frame])
        functions = self.functions
        return ProfileFrame(
            functions.names[function], functions.files[function], int(self.frames.line[frame])
        )

    def row_of_each(self) -> Indices:
        """Return (frames of all stacks,) int32: the stack that each frame stands in."""
        marks = np.zeros(len(self.frame) + 1, np.int32)
        np.add.at(marks, self.offsets[1:], 1)
        return np.cumsum(marks[:-1], dtype=np.int32)

    def innermost(self) -> Indices:
        """Return (stacks,) int32: the innermost frame of each stack, -1 for an empty stack."""
        found = np.full(len(self), -1, np.int32)
        filled = self.depths > 0
        found[filled] = self.frame[self.offsets[:-1][filled]]
        return found


def stacks_of(stacks: Iterable[Sequence[ProfileFrame]]) -> StackColumns:
    """Return columns of stacks that are given frame by frame, each frame a location of its own."""
    frames: dict[ProfileFrame, int] = {}
    functions: dict[tuple[str, str], int] = {}
    rows: list[int] = []
    offsets = [0]
    for stack in stacks:
        rows += [frames.setdefault(frame, len(frames)) for frame in stack]
        offsets.append(len(rows))
    function = [functions.setdefault((f.function, f.file), len(functions)) for f in frames]
    count = len(frames)
    return StackColumns(
        functions=FunctionColumns(
            tuple(name for name, _ in functions),
            tuple(file for _, file in functions),
            np.zeros(len(functions), np.int64),
        ),
        frames=FrameColumns(
            np.array(function, np.int32),
            np.array([frame.line for frame in frames], np.int64),
            np.arange(count, dtype=np.int32),
            np.zeros(count, np.uint64),
            np.full(count, -1, np.int32),
        ),
        mappings=(),
        frame=np.array(rows, np.int32),
        offsets=np.array(offsets, np.int64),
    )
