"""A case: one package's run on one clock. The explorer opens it and the report describes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flakecore.bundle import Artefact
from flakecore.gotest import Crash, Race
from flakecore.gotrace import Trace
from flakecore.loss import Loss
from flakecore.objects import ObjectsPage
from flakecore.text.counted import counted
from flakecore.timeline.clock import Clock, ClockMethod
from flakecore.timeline.dumps.case_dumps import CaseDump
from flakecore.timeline.failures.failure import Failure
from flakecore.timeline.lanes.collections import Collections
from flakecore.timeline.lanes.schedule import Schedule
from flakecore.timeline.lanes.user_annotations import UserAnnotations
from flakecore.timeline.output.output_lines import OutputLines
from flakecore.timeline.tables import CaseTables
from flakecore.timeline.test_spans import TestSpan


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """One package's run: its trace, its test run and its profiles.

    Every time is in nanoseconds since the case began, which is the trace's first event; what was
    printed before that has a negative time. Of a trace that a flight recorder left, which begins
    somewhere in the run, it is the run's start.

    Attributes:
        package: import path; "" if unknown.
        go_version: as Go names itself, ``go1.27.3``; "" if unknown.
        race: whether the race detector was on; None if unknown.
        start_ns, end_ns: earliest and latest time of the trace, the output and the tests.
        clock: how the output's stamps relate to these times.
        tests: in the order they began.
        failures: in order of time.
        output: all lines that were printed, in true order.
        schedule, gc, annotations, trace: None without a trace that can be read.
        crashes, races: as the output prints them.
        losses: what is missing or damaged in this case's artefacts.
        attempt: which of several runs of the package it is; "" where there is only one.
        dumps: one for each crash, in their order, then those that were printed, then files.
        artefacts: the files of the bundle that it is made of, as its ``CaseEntry`` lists them.
        elapsed_ns: the package's duration as go reports it; None if it does not.
        objects: what waited on what at moments of the run, in the order in which they were written.
        trace_bytes, trace_name: the file that ``trace`` was read from; None and "" without one.
    """

    package: str
    go_version: str
    race: bool | None
    start_ns: int
    end_ns: int
    clock: Clock
    tests: tuple[TestSpan, ...]
    failures: tuple[Failure, ...]
    output: OutputLines
    trace: Trace | None
    schedule: Schedule | None
    gc: Collections | None
    crashes: tuple[Crash, ...]
    races: tuple[Race, ...]
    losses: tuple[Loss, ...]
    attempt: str = ""
    artefacts: tuple[Artefact, ...] = ()
    annotations: UserAnnotations | None = None
    dumps: tuple[CaseDump, ...] = ()
    elapsed_ns: int | None = None
    objects: tuple[ObjectsPage, ...] = ()
    trace_bytes: memoryview | None = field(default=None, compare=False)
    trace_name: str = ""

    def __repr__(self) -> str:
        attempt = f" attempt {self.attempt}" if self.attempt else ""
        counts = f"{counted(len(self.tests), 'test')}, {counted(len(self.failures), 'failure')}"
        return f"<{type(self).__name__} of {self.package or 'no package'}{attempt}: {counts}>"

    @property
    def timed(self) -> bool:
        """Whether a trace or stamps give moments; without them only durations mean something."""
        return self.clock.method is not ClockMethod.DURATIONS

    def without_trace(self) -> Case:
        """Return the same case as if nothing had been traced; its times stay as they are."""
        return replace(self, trace=None, schedule=None, gc=None, annotations=None, trace_bytes=None)

    @property
    def tables(self) -> CaseTables:
        """Everything in it as dicts of equally long arrays; each is made when it is asked for."""
        return CaseTables(
            package=self.package,
            spans=self.tests,
            lines=self.output,
            trace=self.trace,
            tree=self.schedule.tree if self.schedule is not None else None,
            trace_bytes=self.trace_bytes,
            trace_name=self.trace_name,
        )
