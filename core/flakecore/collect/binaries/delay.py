"""Holds a program up in front of one source line, by ``-overlay``: the file itself stays.

The copy has a sleep in front of the line's statement and the import that it needs behind the
package clause, both on lines that are there, so that all lines keep their numbers. Whether a
statement begins on the line is decided by the compiler.
"""

from __future__ import annotations

import re
from pathlib import Path

import orjson

from flakecore.collect.binaries.overlay import users_replacements
from flakecore.errors import CollectError

_PACKAGE = re.compile(r"^(package[ \t]+\w+)", re.MULTILINE)
_NAME = "flaketuitime"


def delayed_text(text: str, line: int, delay_ns: int) -> str | None:
    """Return a Go file with a delay in front of one of its lines; None where that has no place.

    Args:
        text: the file.
        line: the line, from 1.
        delay_ns: how long it waits there.
    """
    lines = text.splitlines(keepends=True)
    if not 1 <= line <= len(lines) or not _PACKAGE.search(text):
        return None
    code = lines[line - 1].lstrip()
    if not code or code.startswith(("//", "}", "case ", "default:", "package", "import", "func ")):
        return None
    indent = lines[line - 1][: len(lines[line - 1]) - len(code)]
    lines[line - 1] = f"{indent}{_NAME}.Sleep({delay_ns}); {code}"
    return _PACKAGE.sub(rf'\1; import {_NAME} "time"', "".join(lines), count=1)


def write_delay_overlay(
    work: Path, source: Path, line: int, delay_ns: int, *, users: str, cwd: Path
) -> Path:
    """Write an overlay that delays a program, on top of a person's own.

    Args:
        work: the folder to write into, which is there.
        source: the Go file.
        line: the line in front of which the delay is put.
        delay_ns: how long it is.
        users: the person's own overlay; empty for none.
        cwd: the folder that the paths in it are relative to.

    Returns:
        The file to name to ``-overlay``.

    Raises:
        CollectError: there is no place for it, or a file cannot be read.
    """
    replace = users_replacements(cwd / users, cwd) if users else {}
    try:
        text = Path(replace.get(str(source), source)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CollectError(f"{source} cannot be read ({error})") from error
    delayed = delayed_text(text, line, delay_ns)
    if delayed is None:
        raise CollectError(f"no statement begins at {source.name}:{line}")
    copy = work / source.name
    copy.write_text(delayed, encoding="utf-8")
    file = work / "delay.json"
    file.write_bytes(orjson.dumps({"Replace": {**replace, str(source): str(copy)}}))
    return file
