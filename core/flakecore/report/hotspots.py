"""Where a profile's time, memory or waiting went, by the place in the code under test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.pprof import ProfileFrame, top
from flakecore.timeline import CaseProfile, own_frame
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
    charged: dict[tuple[str, str, int], int] = {}
    for stack, value in top(data, data.default_type, len(data.stacks)):
        place = _place(stack, package)
        charged[place] = charged.get(place, 0) + value
    largest = sorted(charged.items(), key=lambda item: -item[1])[:_PLACES]
    return Hotspots(
        artefact=profile.artefact,
        kind=profile.kind,
        measure=column.kind,
        unit=column.unit,
        total=int(data.values[:, data.default_type].sum()),
        places=tuple(Hotspot(*place, value) for place, value in largest),
    )


def _place(stack: Sequence[ProfileFrame], package: str) -> tuple[str, str, int]:
    frame = own_frame(stack, package)
    if frame is None:
        frame = next((f for f in stack if not f.function.startswith("runtime.")), None)
    # C symbols, such as those of the race detector, have no package.
    if frame is None or "." not in frame.function:
        return _ELSEWHERE, "", 0
    return frame.function, frame.file, frame.line


def format_value(value: int, unit: str) -> str:
    """Return a profile's value for a person."""
    if unit == "nanoseconds":
        return format_duration(value)
    if unit == "bytes":
        for name, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
            if value >= size:
                return f"{value / size:.1f} {name}"
        return f"{value} B"
    return f"{value:,}"
