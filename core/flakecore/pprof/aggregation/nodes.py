"""What frames are added up by: functions, lines, files or addresses, as pprof has them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.pprof.stack_columns import Indices, Ints, StackColumns


class Granularity(StrEnum):
    """What makes two frames the same node."""

    FUNCTIONS = "functions"
    FILEFUNCTIONS = "filefunctions"
    LINES = "lines"
    FILES = "files"
    ADDRESSES = "addresses"


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes that the frames of a profile fall into.

    Attributes:
        of_frame: (frames,) int32, the node of each frame.
        first: (nodes,) int64, a frame of each node.
        names: (nodes,) what pprof calls each: function, then file and line where these count.
    """

    of_frame: Indices
    first: Ints
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)


def nodes_by(stacks: StackColumns, granularity: Granularity) -> Nodes:
    """Return the nodes of a profile's frames."""
    frames, functions = stacks.frames, stacks.functions
    name = _ranks(functions.names)[frames.function]
    files = [posixpath.normpath(file) if file else "" for file in functions.files]
    file = _ranks(files)[frames.function]
    nothing = np.zeros(len(frames), np.int64)
    line = frames.line
    columns: tuple[NDArray[np.generic], ...]
    match granularity:
        case Granularity.FUNCTIONS:
            columns = (name,)
        case Granularity.FILEFUNCTIONS:
            columns = (name, file)
        case Granularity.FILES:
            columns, name, line = (file,), nothing, nothing
        case Granularity.LINES:
            columns = (name, file, line)
        case Granularity.ADDRESSES:
            columns = (name, file, line, frames.address)
    first, of_frame = _groups(columns)
    with_file = granularity is not Granularity.FUNCTIONS
    with_line = granularity in (Granularity.LINES, Granularity.ADDRESSES)
    names = []
    for frame in first.tolist():
        function = int(frames.function[frame])
        parts = []
        if granularity is Granularity.ADDRESSES and frames.address[frame]:
            parts.append(f"{frames.address[frame]:016x}")
        if granularity is not Granularity.FILES:
            parts.append(functions.names[function])
        if with_line and frames.line[frame]:
            parts.append(f"{files[function]}:{frames.line[frame]}")
        elif with_file and files[function]:
            parts.append(files[function])
        names.append(" ".join(parts) or "<unknown>")
    return Nodes(of_frame, first, tuple(names))


def _ranks(texts: tuple[str, ...] | list[str]) -> Ints:
    known: dict[str, int] = {}
    return np.array([known.setdefault(text, len(known)) for text in texts], np.int64)


def _groups(columns: tuple[NDArray[np.generic], ...]) -> tuple[Ints, Indices]:
    """Return the first row of each group of equal rows, and (rows,) the group of each."""
    key = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        _, rank = np.unique(column, return_inverse=True)
        _, key = np.unique(key * (int(rank.max(initial=0)) + 1) + rank, return_inverse=True)
    _, first = np.unique(key, return_index=True)
    return first.astype(np.int64), key.astype(np.int32)
