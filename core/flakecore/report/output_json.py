"""Lines of output, goroutine dumps and races in the JSON report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flakecore.gotest import DumpFrame, GoroutineDump, Race
from flakecore.gotest.frameworks.levels import Level
from flakecore.report.excerpt import outlives
from flakecore.timeline import Case, Failure, OutputLine


def line_json(case: Case, line: OutputLine) -> dict[str, Any]:
    """Return one line of output."""
    return {
        "time_ns": line.time_ns,
        "error_ns": line.error_ns,
        "known": str(line.time_source),
        "test": _name(case, line.test),
        "reported_test": _name(case, line.reported_test),
        "after_end": outlives(case, line),
        "goroutine": line.goroutine,
        "file": line.file,
        "line": line.line,
        "level": "" if line.level is Level.NONE else line.level.name.lower(),
        "text": line.text,
    }


def dump_json(case: Case, failure: Failure) -> list[dict[str, Any]]:
    """Return the goroutines that a crash showed: the failed test's, or all if it has none."""
    if failure.crash < 0:
        return []
    dumps: Sequence[GoroutineDump] = case.crashes[failure.crash].goroutines
    schedule = case.schedule
    tests = {}
    if schedule is not None:
        known = ((dump.number, schedule.goroutine(dump.number)) for dump in dumps)
        tests = {number: goroutine.test for number, goroutine in known if goroutine is not None}
    own = [dump for dump in dumps if failure.test >= 0 and tests.get(dump.number) == failure.test]
    return [_dump(case, dump, tests.get(dump.number, -1)) for dump in own or dumps]


def races_json(case: Case, failure: Failure) -> list[dict[str, Any]]:
    """Return the races in a failed test."""
    return [_race(case.races[index]) for index in failure.races]


def _name(case: Case, test: int) -> str:
    return case.tests[test].name if test >= 0 else ""


def _dump(case: Case, dump: GoroutineDump, test: int) -> dict[str, Any]:
    return {
        "goroutine": dump.number,
        "test": _name(case, test),
        "state": dump.state,
        "minutes": dump.minutes,
        "frames": [_frame(frame) for frame in dump.frames],
        "created_by": _frame(dump.creator) if dump.creator is not None else None,
        "creator": dump.creator_goroutine,
    }


def _race(race: Race) -> dict[str, Any]:
    created = {each.number: each for each in race.goroutines}
    accesses = []
    for access in race.accesses:
        origin = created.get(access.goroutine)
        accesses.append(
            {
                "kind": access.kind,
                "previous": access.previous,
                "address": access.address,
                "frames": [_frame(frame) for frame in access.frames],
                "running": origin.running if origin is not None else None,
                "created_at": [_frame(frame) for frame in origin.frames] if origin else [],
            }
        )
    return {"accesses": accesses}


def _frame(frame: DumpFrame) -> dict[str, Any]:
    return {"function": frame.function, "file": frame.file, "line": frame.line}
