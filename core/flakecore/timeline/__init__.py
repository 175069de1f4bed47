"""What happened when? A trace and a test run joined on one clock: lanes, tests, lines, failures."""

from flakecore.frames import own_frame
from flakecore.gotrace import STATE_COUNT, Frame, Stack, State
from flakecore.timeline.case import Case
from flakecore.timeline.case_index import CaseEntry, choose_cases, list_cases
from flakecore.timeline.clock import Clock, ClockMethod
from flakecore.timeline.dumps.case_dumps import CaseDump, DumpedGoroutine
from flakecore.timeline.dumps.dump_tests import TestSource
from flakecore.timeline.dumps.goroutine_groups import AlikeGoroutines, alike_goroutines
from flakecore.timeline.failures.failure import Failure, FailureKind, RaceOwner
from flakecore.timeline.lanes.collections import CollectionKind, Collections, CollectionSpan
from flakecore.timeline.lanes.folded_time import Axis, Gap, GapCells, Scale, axis_of
from flakecore.timeline.lanes.lane import Goroutine, Interval, Lane, LaneKind, Wake
from flakecore.timeline.lanes.schedule import FrameQuery, Schedule
from flakecore.timeline.lanes.shares import Cells
from flakecore.timeline.load import load_case, load_cases, load_part
from flakecore.timeline.opened_bundle import Cases, OpenedBundle
from flakecore.timeline.output.output_lines import OutputLine, OutputLines, TimeSource
from flakecore.timeline.profiles.case_profiles import CaseProfile, load_profiles
from flakecore.timeline.read_traces import Progress
from flakecore.timeline.tables import TABLES, CaseTables, Table
from flakecore.timeline.test_spans import TestSpan, TestStatus, with_subtests

__all__ = [
    "STATE_COUNT",
    "TABLES",
    "AlikeGoroutines",
    "Axis",
    "Case",
    "CaseDump",
    "CaseEntry",
    "CaseProfile",
    "CaseTables",
    "Cases",
    "Cells",
    "Clock",
    "ClockMethod",
    "CollectionKind",
    "CollectionSpan",
    "Collections",
    "DumpedGoroutine",
    "Failure",
    "FailureKind",
    "Frame",
    "FrameQuery",
    "Gap",
    "GapCells",
    "Goroutine",
    "Interval",
    "Lane",
    "LaneKind",
    "OpenedBundle",
    "OutputLine",
    "OutputLines",
    "Progress",
    "RaceOwner",
    "Scale",
    "Schedule",
    "Stack",
    "State",
    "Table",
    "TestSource",
    "TestSpan",
    "TestStatus",
    "TimeSource",
    "Wake",
    "alike_goroutines",
    "axis_of",
    "choose_cases",
    "list_cases",
    "load_case",
    "load_cases",
    "load_part",
    "load_profiles",
    "own_frame",
    "with_subtests",
]
