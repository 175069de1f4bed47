"""The view on screen as a file to pass on: a picture, text, Markdown, or numbers as JSON."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from flakecore.diagnosis import Evidence, headline
from flakecore.report.json.json_text import json_bytes
from flakecore.report.markdown.escaping import code, escaped, fenced
from flakecore.text.printable import printable
from flakecore.times import format_time
from flaketui.app.saved.state_folder import make_private_folder, state_folder
from flaketui.view.scene import Scene

SCHEMA = "flaketui.view/1"
FORMATS = ("svg", "txt", "md", "json")
_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def suggested_name(scene: Scene, suffix: str) -> str:
    """Return a file name of the test and the moment."""
    test = scene.test_name(scene.view.selection.test) or "case"
    seconds = f"{scene.view.cursor_ns / 1e9:.6f}s"
    return f"flaketui-{_NAME.sub('-', test)[:80].strip('-')}-{seconds}.{suffix}"


def path_for(name: str) -> Path:
    """Return where a file of this name is to be written: here, else in the state folder."""
    path = Path(name).expanduser()
    if not path.is_absolute() and not os.access(Path.cwd(), os.W_OK):
        folder = state_folder()
        make_private_folder(folder)
        return folder / path.name
    return Path.cwd() / path


def picture(svg: str) -> bytes:
    """Return Textual's picture of the screen without the fonts that it would fetch."""
    lines = _FONT.sub("", svg).split("\n")
    return "\n".join(map(printable, lines)).encode()


def as_text(lines: Sequence[str], command: str) -> bytes:
    """Return the screen as text, and the command that shows it again."""
    return (
        "\n".join([*(printable(line.rstrip()) for line in lines), "", printable(command), ""])
    ).encode()


def as_markdown(scene: Scene, lines: Sequence[str], command: str) -> bytes:
    """Return what is known of the failure on screen, the screen, and the command, as Markdown."""
    failure, findings = scene.failure, scene.findings or ()
    report: list[str] = []
    if failure is not None:
        kind = f"{failure.kind} in {failure.test_name or scene.case.package}"
        report += [f"### {escaped(kind)}", "", escaped(headline(failure, findings)), ""]
        if failure.message:
            report += [*fenced(failure.message.split("\n")), ""]
    for finding in findings:
        report.append(f"- **{escaped(finding.claim)}** ({finding.rule}, {finding.certainty})")
        report += [f"  - {_moment(each)}{escaped(each.text)}" for each in finding.evidence]
        report += [f"  - next: {escaped(finding.next)}"] if finding.next else []
    screen = fenced([line.rstrip() for line in lines], "text")
    report += ["", "The view:", "", *screen, "", f"Again with: {code(command)}", ""]
    return "\n".join(report).encode()


def _moment(evidence: Evidence) -> str:
    return f"{format_time(evidence.time_ns)}s " if evidence.time_ns is not None else ""


def as_json(
    scene: Scene, fields: Mapping[str, object], panes: Mapping[str, str], command: str
) -> bytes:
    """Return the view as JSON: times are integer nanoseconds since the case began.

    Args:
        scene: what is on screen.
        fields: what the panes add, by the name of the field.
        panes: the text of each pane, by its name.
        command: the command that opens the view again.
    """
    view, chosen = scene.view, scene.view.selection
    exported: dict[str, object] = {
        "schema": SCHEMA,
        "command": command,
        "package": scene.case.package,
        "window": {"start_ns": view.start_ns, "end_ns": view.end_ns},
        "cursor_ns": view.cursor_ns,
        "selection": {
            "lane": str(chosen.lane) if chosen.lane is not None else None,
            "test": scene.test_name(chosen.test) or None,
            "failure": chosen.failure if chosen.failure >= 0 else None,
            "line": scene.line if scene.line >= 0 else None,
        },
        **fields,
        "panes": panes,
    }
    return json_bytes(exported, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
