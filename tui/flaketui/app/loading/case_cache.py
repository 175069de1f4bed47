"""The cases of a bundle: all are known by their output, and each trace is read when it is wanted.

A bundle of hundreds of packages and attempts opens as fast as one of a single case. Of those that
were read the last few stay so; of the others only what was read from the output is left.
"""

from __future__ import annotations

from dataclasses import replace

from flakecore.bundle import Bundle
from flakecore.gotest import PackageRun
from flakecore.timeline import (
    Case,
    FrameQuery,
    LaneKind,
    Progress,
    list_cases,
    load_case,
    load_part,
)
from flaketui.panes.registry import PANES
from flaketui.view.folding import gaps_of
from flaketui.view.navigation import carried_over, failure_view, opening_view
from flaketui.view.viewport import Viewport

CAPACITY = 4
"""How many cases stay read: one to look at and some to compare it with."""


_COLUMNS = 100
"""Columns of the window that is decoded; what is decoded hardly depends on it."""
_FAILURES_PREPARED = 4
"""Failures whose idle stretches are looked up before the first frame."""


class CaseCache:
    """The cases of one bundle.

    Attributes:
        cases: all, those first that fail; a case whose trace has not been read has none.
    """

    def __init__(self, bundle: Bundle) -> None:
        """List the cases of a bundle; no trace is read."""
        self._bundle = bundle
        self._outlines = list_cases(bundle)
        self._sketches = tuple(
            replace(load_case(bundle, replace(outline, artefacts=())), artefacts=outline.artefacts)
            for outline in self._outlines
        )
        self._parts: dict[int, Case] = {}
        self._read: dict[int, Case] = {}

    @property
    def cases(self) -> tuple[Case, ...]:
        """All cases, as much of each as is known now."""
        known = {**dict(enumerate(self._sketches)), **self._parts, **self._read}
        return tuple(known[index] for index in range(len(self._sketches)))

    @property
    def runs(self) -> tuple[PackageRun, ...]:
        """What each run printed, where there are several of a package."""
        found = tuple(outline.run for outline in self._outlines if outline.run is not None)
        return found if len({run.attempt for run in self._sketches}) > 1 else ()

    def is_read(self, index: int) -> bool:
        """Whether all of a case is known; of one without any artefact that is so from the start."""
        return index in self._read or not self._outlines[index].artefacts

    def has_part(self, index: int) -> bool:
        """Whether what a case shows of its first failure is known, and not yet the whole."""
        return index in self._parts and not self.is_read(index)

    def read_first(self, index: int, progress: Progress | None = None) -> None:
        """Read what a case shows of its first failure, or all of it where that is as quick."""
        sketch = self._sketches[index]
        zero = sketch.clock.zero_wall_ns
        if not self.is_read(index) and sketch.failures and zero is not None:
            moment = zero + sketch.failures[0].at_ns
            part = load_part(self._bundle, self._outlines[index], moment, progress)
            if part is not None:
                self._parts[index] = part
                _decode_opened(part)
                return
        self.read(index, progress)
        _decode_opened(self.cases[index])

    def read(self, index: int, progress: Progress | None = None) -> None:
        """Read all of a case; takes long, so a thread does it."""
        if not self.is_read(index):
            case = load_case(self._bundle, self._outlines[index], progress)
            while len(self._read) >= CAPACITY:
                del self._read[next(iter(self._read))]
            self._read[index] = case
            self._parts.pop(index, None)

    def touch(self, index: int) -> None:
        """Note that a case is looked at, so that it stays longer than the others."""
        if index in self._read:
            self._read[index] = self._read.pop(index)


def _decode_opened(case: Case) -> None:
    """Decode what the view that a case opens on shows of its trace."""
    schedule = case.schedule
    if schedule is not None:
        view = opening_view(case)
        lanes = tuple(lane for kind in LaneKind for lane in schedule.lanes(kind)[:1])
        schedule.fetch(FrameQuery(view.axis(_COLUMNS), view.cursor_ns, lanes))


def prepare_first_frames(case: Case) -> None:
    """Look up what the first frame of each pane would wait for; a thread does it."""
    for entry in PANES:
        entry.load().prepare(case)
    for failure in case.failures[:_FAILURES_PREPARED]:
        gaps_of(case, failure.test)


def carried_view(before: Case, after: Case, view: Viewport | None) -> Viewport:
    """Return the view to open a case at that has been read, for one of what was known before."""
    if view is None:
        return opening_view(after)
    carried = carried_over(before, after, view)
    failure = carried.selection.failure
    return failure_view(after, carried, failure) if failure >= 0 else carried
