"""Which profiles a case can show, and the one that is chosen, as a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from flakecore.pprof import Profile
from flakecore.timeline import Case, with_subtests
from flakecore.timeline.profiles.profile_series import profile_series, whole_profile
from flakecore.timeline.profiles.trace_profiles import CPU_KIND, TRACE_KINDS, TraceProfiles
from flaketui.panes.profile.flame import Flame, FlameLook, flame_of
from flaketui.panes.profile.flame_nodes import FlameNodes, flame_nodes
from flaketui.view.scene import Scene
from flaketui.view.viewport import SelectionKind

_AT_ONCE = 300_000
"""Frames of stacks whose tree is made within some 0.2 s; of more, a thread makes it."""
_KEPT = 6
"""Trees that are kept: going back and forth between a few ways to look costs nothing."""


class Wanted(NamedTuple):
    """What is asked to be shown.

    Attributes:
        kind: name of the kind of profile; "" for the first that there is.
        look: how its frames are distinguished and turned.
        against: the place of the case that it is compared with in ``scene.others``; -1 for none.
        measure: what is counted; "" for the profile's own choice.
        number: which profile of a series, from 1; 0 for what all of them hold.
        less: the one that is taken off; 0 for none.
    """

    kind: str = ""
    look: FlameLook = FlameLook()
    against: int = -1
    measure: str = ""
    number: int = 0
    less: int = 0


def replace_kind(wanted: Wanted, kind: str) -> Wanted:
    """Return what is wanted, of another kind; of that, all that there is."""
    return wanted._replace(kind=kind, measure="", number=0, less=0)


def with_callers_of(wanted: Wanted, function: str) -> Wanted:
    """Return what is wanted, of callers and callees of a function, or of all for ""."""
    return wanted._replace(look=replace(wanted.look, around=function))


class Window(NamedTuple):
    """The part of a trace that is looked at, and whose.

    Attributes:
        start_ns, end_ns: in nanoseconds since the trace began.
        test: index of the only test, or -1.
        goroutine: number of the only goroutine, or 0.
    """

    start_ns: int
    end_ns: int
    test: int = -1
    goroutine: int = 0


class FlameKey(NamedTuple):
    """What a tree is of; all but ``look`` is what its nodes are of.

    Attributes:
        case: identity of the case on screen.
        kind: name of the kind of profile.
        window: which part of the trace; None for a profile that has no times.
        against: place of the case that it is compared with; -1 for none.
        measure, number, less: as those of ``Wanted``.
        read: which cases' profiles had been read.
        look: the way to look at it.
    """

    case: int
    kind: str
    window: Window | None
    against: int
    measure: str
    number: int
    less: int
    read: tuple[int, ...]
    look: FlameLook

    def shares_nodes(self, other: FlameKey) -> bool:
        """Return whether two trees are of the same nodes."""
        alike = self.look.granularity is other.look.granularity
        return alike and self._replace(look=other.look) == other


Defer = Callable[[Callable[[], Flame], Callable[[Flame], None]], None]
"""Has a thread call the first, and hands what that returns to the second, in the event loop."""


class ProfileChoices:
    """Makes trees of what a scene has, and keeps the last ones."""

    def __init__(self, defer: Defer) -> None:
        """Make trees at once, or have ``defer`` make large ones."""
        self._flames: dict[FlameKey, Flame] = {}
        self._making: set[FlameKey] = set()
        self._defer = defer

    def kinds(self, scene: Scene) -> tuple[str, ...]:
        """Return the kinds of profile that the case on screen has, as far as they are read."""
        return tuple(dict.fromkeys(_kinds(scene)))

    def kind(self, scene: Scene, wanted: Wanted) -> str:
        """Return the kind that is shown; "" where there is none, or it is still to be read."""
        kinds = self.kinds(scene)
        if wanted.kind in kinds:
            return wanted.kind
        if wanted.kind and is_reading(scene):
            return ""
        return next((kind for kind in kinds if not _is_empty(scene, kind)), next(iter(kinds), ""))

    def flame(self, scene: Scene, wanted: Wanted) -> Flame | None:
        """Return the tree that is shown; None where there is none, or it is being read."""
        kind = self.kind(scene, wanted)
        if not kind:
            return None
        window = window_of(scene) if kind in TRACE_KINDS else None
        key = FlameKey(
            id(scene.case), kind, window, *wanted[2:], read=_read(scene), look=wanted.look
        )
        found = self._flames.get(key)
        if found is None:
            profile = _profile(scene, scene.case, kind, window, wanted)
            base = None
            if wanted.less:
                base = _profile(scene, scene.case, kind, window, wanted, number=wanted.less)
            elif wanted.against >= 0:
                other = scene.others[wanted.against]
                base = _profile(scene, other, kind, None, wanted)
            if profile is None or (base is None and (wanted.less or wanted.against >= 0)):
                return None
            known, look = self._nodes(key), wanted.look

            def make() -> Flame:
                of = known or flame_nodes(profile, look.granularity, base)
                return flame_of(of, look)

            if len(profile.stacks.frame) > _AT_ONCE:
                self._make_later(key, make)
                return None
            found = self._keep_flame(key, make())
        return found

    def next_measure(self, scene: Scene, wanted: Wanted) -> str:
        """Return what the profile counts besides what is shown; "" where that is all."""
        kind = self.kind(scene, wanted)
        if kind in TRACE_KINDS:
            return ""
        found = whole_profile(scene.profiles.get(case_index(scene)) or (), kind)
        if found is None or len(found.sample_types) < 2:
            return ""
        column = (found.column_of(wanted.measure) + 1) % len(found.sample_types)
        return found.sample_types[column].kind

    @property
    def is_making(self) -> bool:
        """Whether a tree is being made in a thread."""
        return bool(self._making)

    def _nodes(self, key: FlameKey) -> FlameNodes | None:
        """Return the nodes of a tree that is to be made, where one of the same is there."""
        same = (flame.of for known, flame in self._flames.items() if known.shares_nodes(key))
        return next(same, None)

    def _make_later(self, key: FlameKey, make: Callable[[], Flame]) -> None:
        if key in self._making:
            return
        self._making.add(key)

        def made(flame: Flame) -> None:
            self._making.discard(key)
            self._keep_flame(key, flame)

        self._defer(make, made)

    def _keep_flame(self, key: FlameKey, flame: Flame) -> Flame:
        if len(self._flames) >= _KEPT:
            self._flames.pop(next(iter(self._flames)))
        self._flames[key] = flame
        return flame


def window_of(scene: Scene) -> Window:
    """Return what part of the trace is looked at: of the selected goroutine, else the only test."""
    view = scene.view
    lane = view.selection.lane
    of_lane = view.selection.subject is SelectionKind.LANE and lane is not None
    goroutine = lane.id if of_lane and lane is not None and str(lane).startswith("G") else 0
    return Window(view.start_ns, view.end_ns, view.only_test, goroutine)


def case_index(scene: Scene) -> int:
    """Return the place of the case on screen among all cases; -1 where it is none of them."""
    return next((at for at, case in enumerate(scene.others) if case is scene.case), -1)


def next_other_run(scene: Scene, against: int) -> int | None:
    """Return the place of the case to compare with next: another run of the same package.

    Args:
        scene: what is on screen.
        against: the place of the one that it is compared with now; -1 for none.

    Returns:
        -1 for none behind the last of them; None where the bundle has no other run.
    """
    here = case_index(scene)
    others = [
        at
        for at, case in enumerate(scene.others)
        if at != here and case.package == scene.case.package
    ]
    if not others:
        return None
    at = others.index(against) + 1 if against in others else 0
    return others[at] if at < len(others) else -1


def is_reading(scene: Scene) -> bool:
    """Return whether the profiles of the case on screen are still to be read."""
    place = case_index(scene)
    return place >= 0 and scene.profiles.get(place) is None


def _read(scene: Scene) -> tuple[int, ...]:
    """Return which cases' profiles have been read."""
    return tuple(at for at, found in scene.profiles.items() if found is not None)


def _kinds(scene: Scene) -> Iterator[str]:
    for each in scene.profiles.get(case_index(scene)) or ():
        yield each.kind
    if scene.case.trace is not None and scene.case.schedule is not None:
        yield from TRACE_KINDS


def _is_empty(scene: Scene, kind: str) -> bool:
    trace = scene.case.trace
    return kind == CPU_KIND and trace is not None and not len(trace.annotations.samples.time)


def _profile(
    scene: Scene,
    case: Case,
    kind: str,
    window: Window | None,
    wanted: Wanted,
    number: int = 0,
) -> Profile | None:
    if kind in TRACE_KINDS:
        return _of_trace(case, kind, window)
    place = next((at for at, one in enumerate(scene.others) if one is case), -1)
    profiles = scene.profiles.get(place) or ()
    here = case is scene.case
    nth = (number or wanted.number) if here else 0
    series = profile_series(profiles, kind)
    if nth > len(series):
        return None
    found = series[nth - 1].profile if nth else whole_profile(profiles, kind)
    column = found.column_of(wanted.measure) if found is not None else -1
    if found is None or column < 0 or column == found.default_type:
        return found
    return replace(found, default_type=column)


def _of_trace(case: Case, kind: str, window: Window | None) -> Profile | None:
    if case.trace is None or case.schedule is None:
        return None
    span = window or Window(0, case.trace.end_ns + 1)
    goroutines = None
    if span.goroutine:
        goroutines = np.array([span.goroutine], np.int64)
    elif span.test >= 0:
        tests = with_subtests(case.tests, span.test)
        numbers = [number for test in tests for number in case.schedule.goroutines_of(test)]
        goroutines = np.array(numbers, np.int64)
    profiles = TraceProfiles(case.trace, case.schedule.tree, case.tests)
    return profiles.profile(kind, span.start_ns, span.end_ns, goroutines)
