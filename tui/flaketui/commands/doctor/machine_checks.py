"""What is around the program: the terminal, Go, a C compiler, and folders to write to."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from flakecore.errors import FlakeError
from flaketui.commands.doctor.check import Check, Health
from flaketui.commands.writing.streams import stdout

_SMALLEST = (60, 16)
"""Columns and lines below which the explorer shows little of each pane."""
_LITTLE_BYTES = 1 << 30
"""Free space below which a bundle of a larger test suite may not fit."""


def terminal_checks() -> Iterator[Check]:
    """Yield what is found on the terminal, its colours and its characters."""
    yield _terminal(os.environ)
    yield _colours(os.environ)
    yield _characters()


def _terminal(environment: Mapping[str, str]) -> Check:
    name = "terminal"
    kind = environment.get("TERM", "")
    if not (sys.stdin is not None and sys.stdin.isatty() and stdout.is_terminal):
        found, remedy = "none here, and the explorer needs one", "for text: flaketui report BUNDLE"
        return Check(name, Health.LIMITED, found, remedy)
    if kind in ("", "dumb"):
        remedy = "set TERM to what the terminal is, such as xterm-256color"
        return Check(name, Health.LIMITED, f"TERM is {kind or 'not set'}", remedy)
    columns, lines = shutil.get_terminal_size()
    around = [
        word
        for word, variable in (("in tmux", "TMUX"), ("in screen", "STY"), ("over SSH", "SSH_TTY"))
        if environment.get(variable)
    ]
    found = " ".join((f"{kind}, {columns} columns and {lines} lines", *around))
    if columns < _SMALLEST[0] or lines < _SMALLEST[1]:
        remedy = f"make it {_SMALLEST[0]} by {_SMALLEST[1]} or larger"
        return Check(name, Health.LIMITED, found, remedy)
    return Check(name, Health.OK, found)


def _colours(environment: Mapping[str, str]) -> Check:
    from flaketui.app.terminal.terminal_environment import chosen_palette

    if environment.get("NO_COLOR"):
        return Check("colours", Health.OK, "none, as NO_COLOR asks")
    palette = chosen_palette().name
    many = environment.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    if many or "256" in environment.get("TERM", ""):
        return Check("colours", Health.OK, f"{'all' if many else '256'}, drawn {palette}")
    remedy = "where the terminal can show more: export COLORTERM=truecolor"
    return Check("colours", Health.LIMITED, "16, as TERM says", remedy)


def _characters() -> Check:
    from flaketui.app.terminal.terminal_environment import is_ascii_locale, is_linux_console

    encoding = (sys.stdout.encoding if sys.stdout is not None else "") or "unknown"
    if is_linux_console():
        return Check(
            "characters",
            Health.LIMITED,
            "ASCII: the font of a console lacks others",
            "use another terminal",
        )
    if is_ascii_locale() or encoding.lower().replace("-", "") not in ("utf8", "utf8sig"):
        remedy = "export LANG=C.UTF-8"
        return Check("characters", Health.LIMITED, f"ASCII: the encoding is {encoding}", remedy)
    return Check("characters", Health.OK, encoding)


def go_checks(working: Path) -> Iterator[Check]:
    """Yield what is found on Go and on what the race detector needs.

    Args:
        working: the folder of the module whose tests would be run.
    """
    from flakecore.collect.command.toolchain import find_go, toolchain_at

    try:
        go = find_go(None)
        toolchain = toolchain_at(go, working)
    except FlakeError as error:
        found = f"{error.problem}: bundles can be read, and none be collected"
        yield Check("go", Health.LIMITED, found, error.remedy)
        return
    yield Check("go", Health.OK, f"{toolchain.version} {toolchain.os}/{toolchain.arch}, {go}")
    why_not = toolchain.why_no_race(working)
    if why_not:
        remedy = "install a C compiler and its headers, such as gcc and libc6-dev"
        found = f"not to be had: {why_not}"
        yield Check("race detector", Health.LIMITED, found, remedy)
    else:
        yield Check("race detector", Health.OK, f"with {toolchain.c_compiler}")


def compiler_check() -> Check:
    """Return whether there is a C compiler, which the compiled loops and the race detector need."""
    from flakecore.native_build import compilers

    for command in compilers():
        if found := shutil.which(command.split()[0]):
            return Check("C compiler", Health.OK, found)
    found = "none on PATH"
    return Check("C compiler", Health.LIMITED, found, "install one, such as gcc, or set CC")


def folder_checks(working: Path) -> Iterator[Check]:
    """Yield whether the folders that the program writes to can be written."""
    from flaketui.app.saved.state_folder import state_folder

    temporary = Path(tempfile.gettempdir())
    yield _folder("temporary folder", temporary, Health.BROKEN, "set TMPDIR to one that can be")
    try:
        state = state_folder()
    except RuntimeError:
        remedy = "set HOME, or XDG_STATE_HOME"
        yield Check("state folder", Health.LIMITED, "there is no home folder", remedy)
    else:
        remedy = "set XDG_STATE_HOME to a folder that can be; without, marks and views are not kept"
        yield _folder("state folder", state, Health.LIMITED, remedy)
    yield _folder("this folder", working, Health.LIMITED, "name bundles elsewhere: collect -o FILE")


def _folder(name: str, path: Path, otherwise: Health, remedy: str) -> Check:
    """Return whether a folder, or the nearest one above it that exists, can be written."""
    existing = next((each for each in (path, *path.parents) if each.exists()), path)
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Check(name, otherwise, f"{path} cannot be written", remedy)
    free = shutil.disk_usage(existing).free
    found = f"{path}, {free / 1e9:,.1f} GB free"
    if free < _LITTLE_BYTES:
        return Check(name, Health.LIMITED, found, "make room: a bundle may not fit")
    return Check(name, Health.OK, found)
