"""What did the test print? ``go test`` output in; tests, lines, crashes and races out."""

from __future__ import annotations

from flakecore.gotest.crashes.crashes import Crash, CrashKind, PanicValue, read_crashes
from flakecore.gotest.crashes.dumps import (
    Dump,
    DumpSource,
    is_group_dump,
    read_dump,
)
from flakecore.gotest.crashes.frame_reader import DumpFrame
from flakecore.gotest.crashes.go_release import go_release
from flakecore.gotest.crashes.goroutine_blocks import GoroutineDump
from flakecore.gotest.crashes.goroutine_groups import GoroutineGroup
from flakecore.gotest.crashes.races import Race, RaceAccess, RaceGoroutine, read_races
from flakecore.gotest.frameworks.loose_errors import first_message, read_loose_errors
from flakecore.gotest.frameworks.messages import (
    PARENT_MESSAGE,
    RACE_MESSAGE,
    Message,
    errors_among,
    is_outside_messages,
    read_messages,
)
from flakecore.gotest.frameworks.registry import read_reports, recognised
from flakecore.gotest.logs.fatal_lines import FatalLine, fatal_line
from flakecore.gotest.logs.fields import Record
from flakecore.gotest.logs.levels import Level, level_of
from flakecore.gotest.logs.log_records import read_record
from flakecore.gotest.streams.build_output import no_room_for_build
from flakecore.gotest.streams.json_stream import read_json
from flakecore.gotest.streams.junit_xml import read_junit
from flakecore.gotest.streams.line_search import positions_of
from flakecore.gotest.streams.lines import OUTSIDE, TYPES, Line, Lines
from flakecore.gotest.streams.plain.read_text import read_text
from flakecore.gotest.streams.runs import Outcome, PackageRun, Stamps, TestLog, TestRun
from flakecore.gotest.streams.stamps import NO_WALL, duration_ns, wall_ns
from flakecore.gotest.streams.text_column import TextsAt, first_bytes
from flakecore.gotest.streams.write_packets import Packets, read_writes

__all__ = [
    "NO_WALL",
    "OUTSIDE",
    "PARENT_MESSAGE",
    "RACE_MESSAGE",
    "TYPES",
    "Crash",
    "CrashKind",
    "Dump",
    "DumpFrame",
    "DumpSource",
    "FatalLine",
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
    "TextsAt",
    "duration_ns",
    "errors_among",
    "fatal_line",
    "first_bytes",
    "first_message",
    "go_release",
    "is_group_dump",
    "is_outside_messages",
    "level_of",
    "no_room_for_build",
    "positions_of",
    "read_crashes",
    "read_dump",
    "read_json",
    "read_junit",
    "read_loose_errors",
    "read_messages",
    "read_races",
    "read_record",
    "read_reports",
    "read_text",
    "read_writes",
    "recognised",
    "wall_ns",
]
