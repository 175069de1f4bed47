"""Where a profile's time, memory or waiting went, by the place in the code under test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.pprof import Granularity, StackColumns, nodes_by, own_frames
from flakecore.timeline import CaseProfile
from flakecore.times import format_duration

_PLACES = 3
_ELSEWHERE = "(the runtime and the race detector)"


@dataclass(frozen=True, slots=True)
class Hotspot:
    """One place and what a profile charges to it, in the profile's own unit."""

    function: str
    file: str
    line: int
    value: int


@dataclass(frozen=True, slots=True)
class Hotspots:
    """A profile in a few lines.

    Attributes:
        measure: what is added up: ``delay``, ``cpu``, ``inuse_space``.
        unit: ``nanoseconds``, ``bytes``, ``count``.
        total: over the whole profile.
        places: the largest, largest first.
    """

    artefact: str
    kind: str
    measure: str
    unit: str
    total: int
    places: tuple[Hotspot, ...]


def hotspots(profile: CaseProfile, package: str) -> Hotspots:
    """Add up a profile by the innermost frame of the package under test, or of other own code."""
    data = profile.profile
    column = data.sample_types[data.default_type]
    values = data.stack_values(data.default_type)
    stacks = data.stacks
    own = _named_frames(stacks, package)
    frames = np.unique(own[own >= 0])
    lines = nodes_by(stacks, Granularity.LINES)
    charged = np.zeros(len(lines) + 1, np.int64)
    np.add.at(charged, np.append(lines.of_frame, len(lines))[own], values)
    nodes = [*np.unique(lines.of_frame[frames]).tolist(), len(lines)]
    largest = sorted(nodes, key=lambda node: -charged[node])[:_PLACES]
    return Hotspots(
        artefact=profile.artefact,
        kind=profile.kind,
        measure=column.kind,
        unit=column.unit,
        total=int(data.values[:, data.default_type].sum()),
        places=tuple(
            _hotspot(stacks, int(lines.first[node]) if node < len(lines) else -1, charged[node])
            for node in largest
            if charged[node]
        ),
    )


def _named_frames(stacks: StackColumns, package: str) -> NDArray[np.int32]:
    """Return (stacks,) the frame that each stack is charged to, -1 for the runtime's own."""
    own = own_frames(stacks, package)
    names = stacks.functions.names
    # C symbols, such as those of the race detector, have no package.
    outside = np.array([name.startswith("runtime.") or "." not in name for name in names], np.bool_)
    frame = stacks.frame
    named = np.flatnonzero(~outside[stacks.frames.function[frame]])
    first = np.searchsorted(named, stacks.offsets[:-1])
    place = np.append(named, len(frame))[first]
    found = (own < 0) & (place < stacks.offsets[1:])
    own[found] = frame[place[found]]
    return own


def _hotspot(stacks: StackColumns, frame: int, value: int) -> Hotspot:
    if frame < 0:
        return Hotspot(_ELSEWHERE, "", 0, int(value))
    place = stacks.profile_frame(frame)
    return Hotspot(place.function, place.file, place.line, int(value))


def format_value(value: int, unit: str) -> str:
    """Return a profile's value for a person."""
    if unit == "nanoseconds":
        return format_duration(value)
    if unit == "bytes":
        if value < 0:
            return "-" + format_value(-value, unit)
        for name, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
            if value >= size:
                return f"{value / size:.1f} {name}"
        return f"{value} B"
    return f"{value:,}"
