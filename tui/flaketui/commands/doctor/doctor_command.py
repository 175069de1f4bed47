"""``flaketui doctor``: what works on this machine, and what to do about the rest."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from flaketui.commands.writing.streams import stdout

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from flaketui.commands.doctor.check import Check

SCHEMA = "flaketui.doctor/1"
_MARKS = {"ok": "✓", "limited": "!", "broken": "✗"}


def add_parser(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand and its options."""
    parser = subparsers.add_parser(
        "doctor",
        help="tell what works on this machine, and what to do about the rest",
        description="Look at the terminal, Go, the C compiler, what is installed and the folders"
        " that are written to, and tell what is limited or broken, with what to do about it."
        " Exits with 1 if something is broken.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the checks; 1 if something is broken."""
    from flaketui.commands.doctor.check import Health

    checks = list(_checks())
    broken = any(check.health is Health.BROKEN for check in checks)
    if options.json:
        import orjson

        from flakecore.report.json.json_text import json_bytes

        document = {"schema": SCHEMA, "broken": broken, "checks": [asdict(each) for each in checks]}
        stdout.write_utf8(json_bytes(document, orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        stdout.write("".join(f"{line}\n" for check in checks for line in _lines(check)))
    stdout.require()
    return 1 if broken else 0


def _checks() -> Iterator[Check]:
    # Imported here: --help and the other commands need none of it.
    from flaketui.commands.doctor.machine_checks import (
        compiler_check,
        folder_checks,
        go_checks,
        terminal_checks,
    )
    from flaketui.commands.doctor.program_checks import program_checks

    yield from program_checks()
    yield from terminal_checks()
    yield from go_checks(Path.cwd())
    yield compiler_check()
    yield from folder_checks(Path.cwd())


def _lines(check: Check) -> Iterator[str]:
    """Yield a check as text: a mark, its name, what was found, and below what to do."""
    mark = _MARKS[check.health] if stdout.can_write("✓") else check.health
    yield f"{mark:{1 if mark in _MARKS.values() else 7}} {check.name:18} {check.found}"
    if check.remedy:
        yield from textwrap.wrap(
            check.remedy,
            100,
            initial_indent=" " * 21 + "→ " if stdout.can_write("→") else " " * 21,
            subsequent_indent=" " * 23,
            break_long_words=False,
            break_on_hyphens=False,
        )
