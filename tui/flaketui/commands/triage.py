"""``flaketui triage``: flaky tests of a scanned fleet, and what its failures share."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flaketui.commands.writing.streams import stderr, stdout

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from flakecore.fleet import FleetStore, TriageFilter

_CONDITIONS_OF = 20
"""Tests that are asked what they go with, without --all: 0.2 s each over 100,000 runs."""


def add_parser(
    subparsers: _SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    """Add the subcommand with its options and return its parser."""
    parser = subparsers.add_parser(
        "triage",
        help="tell flaky tests, and failures that share a cause, over many scanned bundles",
        description="Tell of a folder that scan made which tests are flaky, how much, over time and"
        " since which revision, what their failures go with, and which failures share a cause.",
        allow_abbrev=False,
    )
    parser.add_argument("fleet", type=Path, metavar="DIR", help="a folder that scan made")
    parser.add_argument("--package", metavar="PATH", default="", help="only this package")
    parser.add_argument("--test", metavar="NAME", default="", help="only this test and subtests")
    parser.add_argument("--branch", metavar="NAME", default="", help="only runs of this branch")
    parser.add_argument(
        "--rule", metavar="RULE", default="", help="only failures that this rule explains"
    )
    parser.add_argument("--all", action="store_true", help="every test and cluster, however many")
    parser.add_argument(
        "--format",
        choices=("screen", "text", "markdown", "json"),
        default="screen" if _is_screen() else "text",
        help="screen (default where there is a terminal), text (default elsewhere), markdown, json",
    )
    parser.set_defaults(run=run)
    return parser


def run(options: argparse.Namespace) -> int:
    """Print the summary of the fleet.

    Raises:
        FlakeError: there is no scanned fleet, or it cannot be read.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.fleet import FleetStore, TriageFilter
    from flakecore.fleet.triage.triage import triage
    from flakecore.report.fleet import (
        render_triage_json,
        render_triage_markdown,
        render_triage_text,
    )

    renderers = {
        "text": render_triage_text,
        "markdown": render_triage_markdown,
        "json": render_triage_json,
    }
    store = FleetStore(options.fleet)
    chosen = TriageFilter(options.package, options.rule, options.branch, options.test)
    if options.format == "screen":
        return _show(store, chosen)
    in_full = options.all or options.format == "json"
    found = triage(store, chosen, conditions_of=1 << 30 if in_full else _CONDITIONS_OF)
    stdout.write_utf8(renderers[options.format](found, in_full=options.all))
    stdout.require()
    return 0


def _is_screen() -> bool:
    """Return whether there is a terminal to draw on and to read keys from."""
    # Textual draws on standard error.
    is_terminal = sys.stdin is not None and sys.stdin.isatty() and stderr.is_terminal
    return is_terminal and stdout.is_terminal and os.environ.get("TERM", "dumb") != "dumb"


def _show(store: FleetStore, chosen: TriageFilter) -> int:
    """Show the fleet on a screen of its own.

    Raises:
        FlakeError: there is no terminal, or the fleet cannot be read.
    """
    from concurrent.futures import ThreadPoolExecutor

    from flakecore.errors import FlakeError
    from flakecore.fleet import TriageSession

    if not _is_screen():
        raise FlakeError("the triage screen needs a terminal", remedy="use --format text")
    # What draws is loaded meanwhile: reading is mostly no Python, and another processor's work.
    with ThreadPoolExecutor(1) as reading:
        session = reading.submit(TriageSession, store, chosen)
        from flaketui.triage.run import run_triage
    return run_triage(
        session.result(),
        lambda other: TriageSession(store, other),
    )
