"""Where a profile's time, memory or waiting went, by the place in the code under test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.pprof import Granularity, Profile, StackColumns, is_go, nodes_by, own_frames
from flakecore.timeline import Case, CaseProfile
from flakecore.timeline.profiles.trace_profiles import CPU_KIND, TEST_LABEL, TraceProfiles
from flakecore.times import format_duration

_PLACES = 3
"""Places of a profile that a report lists."""
_TESTS = 2
"""Tests named for which the runtime and the race detector did most."""
_RUNTIME, _WITH_DETECTOR = "(the runtime)", "(the runtime and the race detector)"


@dataclass(frozen=True, slots=True)
class Hotspot:
    """One place and what a profile charges to it, in the profile's own unit.

    Attributes:
        function, file, line: the place; of what no code under test called, ``function`` names
            what it is, and there is no file.
        value: what is charged to it.
        test: the test on behalf of which that was done; "" where it is not known, or the place
            has it.
    """

    function: str
    file: str
    line: int
    value: int
    test: str = ""


@dataclass(frozen=True, slots=True)
class Hotspots:
    """A profile in a few lines.

    Attributes:
        artefact: name of the profile's file in the bundle.
        kind: name of the profile's kind (``flakecore.profile_kinds``).
        measure: what is added up: ``delay``, ``cpu``, ``inuse_space``.
        unit: ``nanoseconds``, ``bytes``, ``count``.
        total: over the whole profile.
        places: the largest of the code under test, largest first, then what no code under test
            called, by the tests for which it was done.
    """

    artefact: str
    kind: str
    measure: str
    unit: str
    total: int
    places: tuple[Hotspot, ...]


def hotspots(profile: CaseProfile, case: Case) -> Hotspots:
    """Add up a profile by the innermost frame of the package under test, or of other own code.

    C code of the race detector has no callers in a CPU profile. For which test it ran is known by
    the profile's labels, or else by the samples that the case's trace took at the same moments.
    """
    data = profile.profile
    column = data.sample_types[data.default_type]
    values = data.stack_values(data.default_type)
    stacks = data.stacks
    own = _named_frames(stacks, case.package)
    frames = np.unique(own[own >= 0])
    lines = nodes_by(stacks, Granularity.LINES)
    charged = np.zeros(len(lines) + 1, np.int64)
    np.add.at(charged, np.append(lines.of_frame, len(lines))[own], values)
    largest = sorted(np.unique(lines.of_frame[frames]).tolist(), key=lambda node: -charged[node])
    places = [
        _hotspot(stacks, int(lines.first[node]), int(charged[node]))
        for node in largest[:_PLACES]
        if charged[node]
    ]
    return Hotspots(
        artefact=profile.artefact,
        kind=profile.kind,
        measure=column.kind,
        unit=column.unit,
        total=int(data.values[:, data.default_type].sum()),
        places=(*places, *_elsewhere(profile, case, int(charged[-1]))),
    )


def _elsewhere(profile: CaseProfile, case: Case, value: int) -> Iterator[Hotspot]:
    """Yield what no code under test called, by test as far as that is known, then the rest.

    What rounds to no percent of all is left out.
    """
    elsewhere = _RUNTIME if case.race is False else _WITH_DETECTOR
    least = int(profile.profile.values[:, profile.profile.default_type].sum()) // 200
    if value <= least:
        return
    by_test = _placeless_by_test(profile.profile, case.package)
    if not by_test and profile.kind == "cpu" and case.trace is not None and case.schedule:
        traced = TraceProfiles(case.trace, case.schedule.tree, case.tests)
        ran = traced.profile(CPU_KIND, 0, case.trace.end_ns + 1)
        by_test = _placeless_by_test(ran, case.package)
    for test, share in sorted(by_test.items(), key=lambda item: -item[1])[:_TESTS]:
        known = min(share, value)
        value -= known
        if known > least:
            yield Hotspot(elsewhere, "", 0, known, test)
    if value > least:
        yield Hotspot(elsewhere, "", 0, value)


def _placeless_by_test(profile: Profile, package: str) -> dict[str, int]:
    """Return what the samples that no code under test called add up to, by their test's label."""
    own = _named_frames(profile.stacks, package)
    placeless = own[profile.stack_of_sample] < 0
    sets = profile.labels_of_sample[placeless]
    sums = np.zeros(len(profile.label_sets) + 1, np.int64)
    np.add.at(sums, sets, profile.values[placeless, profile.default_type])
    found: dict[str, int] = {}
    for labels, value in zip(profile.label_sets, sums.tolist(), strict=False):
        test = next((label.text for label in labels if label.key == TEST_LABEL), "")
        if test and value:
            found[test] = found.get(test, 0) + value
    return found


def _named_frames(stacks: StackColumns, package: str) -> NDArray[np.int32]:
    """Return (stacks,) the frame that each stack is charged to, -1 for the runtime's own."""
    own = own_frames(stacks, package)
    names = stacks.functions.names
    outside = np.array([name.startswith("runtime.") or not is_go(name) for name in names], np.bool_)
    frame = stacks.frame
    named = np.flatnonzero(~outside[stacks.frames.function[frame]])
    first = np.searchsorted(named, stacks.offsets[:-1])
    place = np.append(named, len(frame))[first]
    found = (own < 0) & (place < stacks.offsets[1:])
    own[found] = frame[place[found]]
    return own


def _hotspot(stacks: StackColumns, frame: int, value: int) -> Hotspot:
    place = stacks.profile_frame(frame)
    return Hotspot(place.function, place.file, place.line, value)


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
