"""``flaketui features``: numbers of each run and test by which runs are compared."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flaketui.commands.bundle_arguments import add_places, progress_line
from flaketui.commands.writing.destination import refuse_to_replace, write_result

if TYPE_CHECKING:
    from argparse import _SubParsersAction

FORMATS = ("text", "json", "csv", "parquet")


def add_parser(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand and its options."""
    parser = subparsers.add_parser(
        "features",
        help="print numbers of each run and test: goroutines, pauses, system calls, waits",
        description="Print the features of each run and test of a bundle; three of them with the"
        " values that are usual and those that are suspicious.",
        allow_abbrev=False,
    )
    add_places(parser)
    parser.add_argument("--package", metavar="PATH", help="of several packages only this one")
    parser.add_argument("--attempt", metavar="N", help="of several attempts only this one")
    parser.add_argument("--test", metavar="NAME", default="", help="only this test and subtests")
    parser.add_argument("--all", action="store_true", help="as text: all features of all tests")
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="text (default), json, csv or parquet"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to a file, as Parquet must be"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the features.

    Raises:
        FlakeError: if the bundle cannot be read, or Parquet is asked for without pyarrow.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.bundle import open_bundle
    from flakecore.errors import FlakeError
    from flakecore.report.features import FEATURE_FORMATS, features_of_cases, render_feature_text
    from flakecore.timeline import choose_cases, list_cases, load_case

    if options.format == "parquet" and options.output is None:
        raise FlakeError("Parquet is no text", remedy="name a file with -o FILE")
    refuse_to_replace(options.bundle, options.output)
    progress = progress_line()
    with open_bundle(*options.bundle, progress=progress) as bundle:
        entries = choose_cases(list_cases(bundle), options.package, options.attempt)
        cases = (load_case(bundle, entry, progress, totals=True) for entry in entries)
        found = features_of_cases(bundle, cases, options.test)
    if options.format == "text":
        data = render_feature_text(found, in_full=options.all or bool(options.test))
    else:
        data = FEATURE_FORMATS[options.format](found)
    write_result([data], options.output)
    return 0
