"""What did the test say? ``go test`` output in; tests, lines, crashes and races out."""

from __future__ import annotations

from flakecore.gotest.crash import Crash, CrashKind, GoroutineDump, read_crashes
from flakecore.gotest.frames import DumpFrame
from flakecore.gotest.json_stream import read_json
from flakecore.gotest.lines import OUTSIDE, Line
from flakecore.gotest.messages import Message, read_messages
from flakecore.gotest.race import Race, RaceAccess, RaceGoroutine, read_races
from flakecore.gotest.runs import Outcome, PackageRun, TestLog, TestRun
from flakecore.gotest.stamps import duration_ns, wall_ns
from flakecore.gotest.text import clean

__all__ = [
    "OUTSIDE",
    "Crash",
    "CrashKind",
    "DumpFrame",
    "GoroutineDump",
    "Line",
    "Message",
    "Outcome",
    "PackageRun",
    "Race",
    "RaceAccess",
    "RaceGoroutine",
    "TestLog",
    "TestRun",
    "clean",
    "duration_ns",
    "read_crashes",
    "read_json",
    "read_messages",
    "read_races",
    "wall_ns",
]
