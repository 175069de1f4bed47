"""What did the test say? ``go test`` output in; tests, lines, crashes and races out."""

from __future__ import annotations

from flakecore.gotest.crash import Crash, CrashKind, PanicValue, read_crashes
from flakecore.gotest.dumps import Dump, GoroutineGroup, read_dump
from flakecore.gotest.frames import DumpFrame
from flakecore.gotest.goroutines import GoroutineDump
from flakecore.gotest.json_stream import read_json
from flakecore.gotest.levels import Level, level_of
from flakecore.gotest.lines import OUTSIDE, TYPES, Line, Lines
from flakecore.gotest.messages import Message, read_messages
from flakecore.gotest.packets import Packets, read_writes
from flakecore.gotest.race import Race, RaceAccess, RaceGoroutine, read_races
from flakecore.gotest.records import Record, read_record
from flakecore.gotest.runs import Outcome, PackageRun, Stamps, TestLog, TestRun
from flakecore.gotest.stamps import NO_WALL, duration_ns, wall_ns
from flakecore.gotest.text import clean
from flakecore.gotest.text_stream import read_text

__all__ = [
    "NO_WALL",
    "OUTSIDE",
    "TYPES",
    "Crash",
    "CrashKind",
    "Dump",
    "DumpFrame",
    "GoroutineDump",
    "GoroutineGroup",
    "Level",
    "Line",
    "Lines",
    "Message",
    "Outcome",
    "PackageRun",
    "Packets",
    "PanicValue",
    "Race",
    "RaceAccess",
    "RaceGoroutine",
    "Record",
    "Stamps",
    "TestLog",
    "TestRun",
    "clean",
    "duration_ns",
    "level_of",
    "read_crashes",
    "read_dump",
    "read_json",
    "read_messages",
    "read_races",
    "read_record",
    "read_text",
    "read_writes",
    "wall_ns",
]
