"""``flaketui runs``: many runs of the same tests, and what goes with a failure."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flaketui.commands.bundle_arguments import add_places, progress_line
from flaketui.commands.writing.streams import stderr, stdout

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from flakecore.comparison import Run


def add_parser(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand and its options."""
    parser = subparsers.add_parser(
        "runs",
        help="print how often each test failed over many runs, and under which conditions",
        description="Print the runs of one or several bundles: what failed how often, with the"
        " interval of its rate, and the conditions that failures go with, by exact tests.",
        allow_abbrev=False,
    )
    add_places(parser)
    parser.add_argument("--all", action="store_true", help="every run and test, however many")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or json"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the runs of all bundles together.

    Raises:
        FlakeError: if a bundle cannot be read.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.bundle import open_bundle
    from flakecore.comparison import failure_rates, record_losses, runs_of_bundle
    from flakecore.report.runs import render_run_json, render_run_text
    from flakecore.text.printable import clean

    progress = progress_line()
    runs: list[Run] = []
    for place in options.bundle:
        with open_bundle(place, progress=progress) as bundle:
            runs.extend(runs_of_bundle(bundle))
            for loss in record_losses(bundle):
                stderr.write(f"flaketui: {clean(str(loss))}\n")
    rates = failure_rates(runs)
    if options.format == "json":
        stdout.write_utf8(render_run_json(runs, rates))
    else:
        stdout.write_utf8(render_run_text(runs, rates, in_full=options.all))
    stdout.require()
    return 0
