"""``flaketui features``: numbers of each run and test by which runs are compared."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flaketui.commands.bundle_arguments import add_case_choice, add_places, progress_line
from flaketui.commands.writing.destination import write_result
from flaketui.commands.writing.table_format import add_table_format, check_table_format

if TYPE_CHECKING:
    from argparse import _SubParsersAction


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
    add_case_choice(parser)
    parser.add_argument("--test", metavar="NAME", default="", help="only this test and subtests")
    parser.add_argument("--all", action="store_true", help="as text: all features of all tests")
    add_table_format(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the features.

    Raises:
        FlakeError: if the bundle cannot be read, or Parquet is asked for without pyarrow.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.bundle import open_bundle
    from flakecore.report.features import FEATURE_FORMATS, features_of_cases, render_feature_text
    from flakecore.timeline import choose_cases, list_cases, load_case

    check_table_format(options, options.bundle)
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
