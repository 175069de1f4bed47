"""Lines of output, goroutine dumps and races in the JSON report."""

from __future__ import annotations

from typing import Any

from flakecore.gotest import DumpFrame, Race
from flakecore.gotest.logs.levels import Level
from flakecore.report.excerpt import outlives
from flakecore.timeline import Case, DumpedGoroutine, Failure, OutputLine

_IN_FAILURE = 200
"""Goroutines that are repeated with a failure."""


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


def failure_dump_json(case: Case, failure: Failure) -> list[dict[str, Any]]:
    """Return goroutines that a crash showed: those of the failed test, if any is distinguished.

    Where none is, all of them; of a crash that made several tests fail, none. At most the first
    ``_IN_FAILURE``: the case's dumps have all.
    """
    if failure.crash < 0:
        return []
    dump = case.dumps[failure.crash]
    own = [each for each in dump.goroutines if each.test_name == failure.test_name]
    alone = sum(each.crash == failure.crash for each in case.failures) == 1
    shown = own or (dump.goroutines if alone else ())
    return [_goroutine(each) for each in shown[:_IN_FAILURE]]


def dumps_json(case: Case) -> list[dict[str, Any]]:
    """Return all dumps of a case."""
    return [
        {
            "source": str(dump.source),
            "artefact": dump.name,
            "message": dump.message,
            "time_ns": dump.time_ns,
            "goroutines": [_goroutine(each) for each in dump.goroutines],
            "groups": [
                {
                    "count": group.count,
                    "labels": dict(group.labels),
                    "frames": [_frame(frame) for frame in group.frames],
                }
                for group in dump.groups
            ],
        }
        for dump in case.dumps
        if dump.goroutines or dump.groups
    ]


def messages_json(failure: Failure) -> list[dict[str, Any]]:
    """Return what a failed test printed; whether it is an error is null where unknown."""
    marked = any(each.output_type for each in failure.messages)
    return [
        {
            "file": each.file,
            "line": each.line,
            "text": each.message,
            "library": each.library,
            "error": True if each.is_error else False if marked else None,
        }
        for each in failure.messages
    ]


def race_json(race: Race) -> dict[str, Any]:
    """Return a report of the race detector."""
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


def _name(case: Case, test: int) -> str:
    return case.tests[test].name if test >= 0 else ""


def _goroutine(goroutine: DumpedGoroutine) -> dict[str, Any]:
    stack = goroutine.stack
    return {
        "goroutine": stack.number,
        "test": goroutine.test_name,
        "test_known": str(goroutine.known),
        "state": stack.state,
        "minutes": stack.minutes,
        "locked": stack.locked,
        "bubble": stack.bubble,
        "labels": dict(stack.labels),
        "frames": [_frame_with_arguments(frame) for frame in stack.frames],
        "elided": stack.elided,
        "created_by": _frame(stack.creator) if stack.creator is not None else None,
        "creator": stack.creator_goroutine,
    }


def _frame_with_arguments(frame: DumpFrame) -> dict[str, Any]:
    return {**_frame(frame), "arguments": frame.arguments}


def _frame(frame: DumpFrame) -> dict[str, Any]:
    return {"function": frame.function, "file": frame.file, "line": frame.line}
