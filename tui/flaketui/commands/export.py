"""``flaketui export``: what a bundle holds, in the formats of other programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flaketui.commands.bundle_arguments import add_case_choice, add_places, progress_line
from flaketui.commands.window import add_window, check_window
from flaketui.commands.writing.destination import refuse_to_replace, write_result
from flaketui.commands.writing.streams import stderr

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from flakecore.timeline import CaseEntry

FORMATS = ("perfetto", "folded", "junit", "markdown", "csv")
TABLES = ("waits", "goroutines", "intervals", "output", "collections", "events", "tests")
_LOSSES = 20
"""Losses that are printed; the rest are counted."""


def add_parser(
    subparsers: _SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    """Add the subcommand with its options and return its parser."""
    parser = subparsers.add_parser(
        "export",
        help="write what a bundle holds in the formats of other programs",
        description="Write what a bundle holds for another program: a trace for ui.perfetto.dev,"
        " stacks for a flame graph, test results as JUnit's XML or Markdown, a table as CSV.",
        epilog="Times are typed as 1.5s, 200ms or 1m30s since the case began; 1.5 is seconds.",
        allow_abbrev=False,
    )
    add_places(parser)
    parser.add_argument("--format", choices=FORMATS, required=True, help="which format")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to this file (standard output)"
    )
    add_case_choice(parser)
    parser.add_argument("--test", metavar="NAME", default="", help="only this test and subtests")
    add_window(parser)
    parser.add_argument(
        "--table", choices=TABLES, default="waits", help="of CSV, which table (waits)"
    )
    parser.add_argument(
        "--kind",
        metavar="KIND",
        default="",
        help="of folded stacks, which profile, as for flaketui profile (trace-wait: waits by time)",
    )
    parser.set_defaults(run=run)
    return parser


def run(options: argparse.Namespace) -> int:
    """Write the export; losses go to standard error.

    Raises:
        FlakeError: if the bundle cannot be read, lacks what is asked for, or the file cannot be
            written.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.bundle import open_bundle
    from flakecore.loss import summed_up
    from flakecore.report import EXPORTS, Explainer, ExportRequest, check_test, export
    from flakecore.timeline import choose_cases, list_cases, load_case

    check_window(options)
    refuse_to_replace(options.bundle, options.output)
    chosen = EXPORTS[options.format]
    request = ExportRequest(
        options.test, options.from_ns, options.to_ns, options.table, options.kind
    )
    progress = progress_line()
    with open_bundle(*options.bundle, progress=progress) as bundle:
        entries = choose_cases(list_cases(bundle), options.package, options.attempt)
        if chosen.of_one_case:
            entries = _one(entries)
        cases = [load_case(bundle, entry, progress) for entry in entries]
        if options.test:
            check_test(cases, options.test)
        explainer = Explainer(bundle, Path.cwd())
        pieces = export(options.format, bundle, cases, request, explainer)
        write_result(pieces, options.output, binary=chosen.binary)
        for loss in summed_up([loss for case in cases for loss in case.losses], _LOSSES):
            stderr.write(f"flaketui: {loss}\n")
    return 0


def _one(entries: tuple[CaseEntry, ...]) -> tuple[CaseEntry, ...]:
    """Return the case that a format of one case is of, and mention the others."""
    first = entries[:1]
    others = len(entries) - len(first)
    if others:
        named = " ".join(part for part in (first[0].package, first[0].attempt) if part)
        stderr.write(
            f"flaketui: written is {named}; {others} more to choose from by --package, --attempt\n"
        )
    return first
