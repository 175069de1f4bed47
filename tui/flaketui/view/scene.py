"""What all panes show: a case, the one viewport on it, and what is known about the selection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from flakecore.diagnosis import Finding
from flakecore.loss import Loss
from flakecore.timeline import (
    Case,
    CaseProfile,
    Failure,
    Goroutine,
    Interval,
    Lane,
    LaneKind,
    Schedule,
)
from flakecore.timeline.sources import Sources
from flaketui.drawing.theme import Look
from flaketui.view.arrangement import Arrangement
from flaketui.view.bundle_runs import BundleRuns
from flaketui.view.viewport import Viewport

if TYPE_CHECKING:
    from flakecore.diagnosis import CounterpartWait
    from flakecore.diagnosis.waits.wait_chain import WaitLink


@dataclass(frozen=True, slots=True)
class Scene:
    """An immutable picture of the explorer's state, handed to every pane.

    It is the one place that panes take their case from: a case that arrives first in part and
    then whole is another scene, and nothing else.

    Attributes:
        case: the case on screen.
        view: the viewport on it.
        findings: what explains the selected failure; None while that is being worked out.
        look: styles and glyphs.
        compact: whether one pane fills a small screen.
        arrangement: pins, folds, filters, orders and marks.
        chain: what led to the end of the wait at the cursor; None while that is being followed.
        sources: finds the source lines of stack frames; None where they are not looked for.
        others: all cases of the bundle, this one among them.
        runs: the runs that the bundle's manifest lists.
        conditions: what the run was given besides, in a few words each.
        losses: what could not be read of the case, or was not worked out.
        progress: what is still being read, in a few words; "" for nothing.
        profiles: the profiles of each case, by its place in ``others``; those that are asked for
            are read in a thread, and None until then.
        waits: what goroutines waited on at the failure's moment, by its objects page; nothing
            without one, or while that is being worked out.
    """

    case: Case
    view: Viewport
    findings: tuple[Finding, ...] | None
    look: Look
    compact: bool
    arrangement: Arrangement = field(default_factory=Arrangement)
    chain: tuple[WaitLink, ...] | None = ()
    sources: Sources | None = None
    others: tuple[Case, ...] = ()
    runs: BundleRuns = field(default_factory=BundleRuns)
    conditions: tuple[str, ...] = ()
    progress: str = ""
    losses: tuple[Loss, ...] = ()
    profiles: Mapping[int, tuple[CaseProfile, ...] | None] = field(default_factory=dict)
    waits: tuple[CounterpartWait, ...] = ()

    @property
    def failure(self) -> Failure | None:
        """The failure last visited."""
        index = self.view.selection.failure
        return self.case.failures[index] if index >= 0 else None

    @property
    def interval(self) -> Interval | None:
        """What the selected lane does at the cursor."""
        lane = self.view.selection.lane
        if lane is None or self.case.schedule is None:
            return None
        return self.case.schedule.at(lane, self.view.cursor_ns)

    @property
    def line(self) -> int:
        """Index of the output line at the cursor: the chosen one, else the last before it."""
        chosen = self.view.selection.line
        return chosen if chosen >= 0 else self.case.output.at(self.view.cursor_ns)

    def goroutine(self, number: int) -> Goroutine | None:
        """Look a goroutine up by number."""
        return self.case.schedule.goroutine(number) if self.case.schedule and number > 0 else None

    def test_name(self, index: int) -> str:
        """Return a test's full name, "" for none."""
        return self.case.tests[index].name if index >= 0 else ""


class Waiting(NamedTuple):
    """A wait: who waits, and since when."""

    schedule: Schedule
    lane: Lane
    since_ns: int


def waiting_at(case: Case, view: Viewport) -> Waiting | None:
    """Return the wait that the selected goroutine is in at the cursor, or None."""
    lane, schedule = view.selection.lane, case.schedule
    if lane is None or schedule is None or lane.kind is not LaneKind.GOROUTINE:
        return None
    now = schedule.at(lane, view.cursor_ns)
    if now is None or not now.state.waiting:
        return None
    return Waiting(schedule, lane, max(now.start_ns, case.start_ns))


def case_name(case: Case) -> str:
    """Return the name of a case within its bundle: its package, and its attempt if it has one."""
    return f"{case.package} #{case.attempt}" if case.attempt else case.package


def bare_function(name: str) -> str:
    """Return a function's name without its package: ``(*Pool).work``, ``TestDrain.func1``."""
    short = name.rpartition("/")[2]
    package, dot, rest = short.partition(".")
    return rest if dot and package and not short.startswith("(") else short
