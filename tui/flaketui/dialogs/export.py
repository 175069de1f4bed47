"""The view on screen as a file to pass on: a picture, text, or numbers as JSON."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from flakecore.timeline import Interval, Lane
from flaketui.app.state_folder import state_folder
from flaketui.view.scene import Scene

SCHEMA = "flaketui.view/1"
FORMATS = ("svg", "txt", "json")
INTERVALS = 400
"""Intervals of a lane that are written at most, the window's first; ``complete`` tells."""
_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def suggested_name(scene: Scene, suffix: str) -> str:
    """Return a file name that tells the test and the moment."""
    test = scene.test_name(scene.view.selection.test) or "case"
    seconds = f"{scene.view.cursor_ns / 1e9:.6f}s"
    return f"flaketui-{_NAME.sub('-', test)[:80].strip('-')}-{seconds}.{suffix}"


def place_for(name: str) -> Path:
    """Return where a file of this name is to be written: here, else in the state folder."""
    path = Path(name).expanduser()
    if not path.is_absolute() and not os.access(Path.cwd(), os.W_OK):
        folder = state_folder()
        folder.mkdir(parents=True, exist_ok=True)
        return folder / path.name
    return Path.cwd() / path


def picture(svg: str) -> bytes:
    """Return Textual's picture of the screen without the fonts that it would fetch."""
    return _FONT.sub("", svg).encode()


def as_text(lines: Sequence[str], command: str) -> bytes:
    """Return the screen as text, and the command that shows it again."""
    return ("\n".join([*(line.rstrip() for line in lines), "", command, ""])).encode()


def as_json(scene: Scene, lanes: Sequence[Lane], panes: dict[str, str], command: str) -> bytes:
    """Return the view as JSON: times are integer nanoseconds since the case began."""
    case, view = scene.case, scene.view
    chosen = view.selection
    schedule = case.schedule
    waits = schedule.waits(view.start_ns, view.end_ns) if schedule is not None else ()
    gc = case.gc.spans(view.start_ns, view.end_ns) if case.gc is not None else ()
    first, last = case.output.at(view.start_ns - 1) + 1, case.output.at(view.end_ns) + 1
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "command": command,
        "package": case.package,
        "window": {"start_ns": view.start_ns, "end_ns": view.end_ns},
        "cursor_ns": view.cursor_ns,
        "selection": {
            "lane": str(chosen.lane) if chosen.lane is not None else None,
            "test": scene.test_name(chosen.test) or None,
            "failure": chosen.failure if chosen.failure >= 0 else None,
            "line": scene.line if scene.line >= 0 else None,
        },
        "lanes": [_lane(scene, lane) for lane in lanes],
        "waits": [_interval(wait) | {"lane": str(wait.lane)} for wait in waits],
        "gc": [
            {"kind": one.kind, "name": one.name, "start_ns": one.start_ns, "end_ns": one.end_ns}
            for one in gc
        ],
        "output": [
            {
                "time_ns": line.time_ns,
                "test": scene.test_name(line.test) or None,
                "goroutine": line.goroutine or None,
                "text": line.text,
            }
            for line in case.output[first:last]
        ],
        "panes": panes,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _lane(scene: Scene, lane: Lane) -> dict[str, Any]:
    """Return a lane's intervals in the window, and whether these are all."""
    schedule, view = scene.case.schedule, scene.view
    assert schedule is not None
    found: list[dict[str, Any]] = []
    now = schedule.at(lane, view.start_ns) or schedule.after(lane, view.start_ns)
    while now is not None and now.start_ns < view.end_ns and len(found) < INTERVALS:
        found.append(_interval(now))
        now = schedule.after(lane, now.start_ns)
    complete = now is None or now.start_ns >= view.end_ns
    return {"lane": str(lane), "complete": complete, "intervals": found}


def _interval(now: Interval) -> dict[str, Any]:
    return {
        "start_ns": now.start_ns,
        "end_ns": now.end_ns,
        "state": now.state.label,
        "stack": [f"{frame.function} {frame.file}:{frame.line}" for frame in now.stack],
        "ended_by": None if now.wake is None else now.wake.goroutine,
        "to_the_end": now.to_the_end,
    }
