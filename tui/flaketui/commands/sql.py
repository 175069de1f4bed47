"""``flaketui sql``: a query over the tables of a bundle, or of many that were scanned."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flaketui.commands.bundle_arguments import progress_line
from flaketui.commands.writing.destination import write_result
from flaketui.commands.writing.streams import stderr
from flaketui.commands.writing.table_format import add_table_format, check_table_format

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from flakecore.loss import Loss

_LOSSES = 20


def add_parser(
    subparsers: _SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    """Add the subcommand with its options and return its parser."""
    parser = subparsers.add_parser(
        "sql",
        help="query the tables of a bundle, or of many that scan read, in SQL",
        description="Run one SQL query over the tables of a bundle or of a folder that scan made."
        " The tables and their columns are listed in core/README.md; DESCRIBE tests tells them too."
        " A query can read nothing else.",
        allow_abbrev=False,
    )
    parser.add_argument("place", metavar="BUNDLE|DIR", help="a bundle, or a folder that scan made")
    parser.add_argument("query", metavar="QUERY", help="such as: SELECT test, status FROM tests")
    add_table_format(parser)
    parser.add_argument("--all", action="store_true", help="as text: every row, no cell cut")
    parser.set_defaults(run=run)
    return parser


def run(options: argparse.Namespace) -> int:
    """Print what the query gives; losses of a bundle go to standard error.

    Raises:
        FlakeError: the place cannot be read, the query cannot be run, or a package is missing.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.bundle import open_bundle
    from flakecore.fleet import FleetStore
    from flakecore.loss import summed_up
    from flakecore.report.sql import SQL_FORMATS, query_bundle, query_fleet, render_result_text
    from flakecore.timeline import OpenedBundle

    check_table_format(options, [options.place])

    def rendered() -> bytes:
        if options.format == "text":
            return render_result_text(answer, in_full=options.all)
        return SQL_FORMATS[options.format](answer)

    losses: list[Loss] = []
    store = FleetStore(Path(options.place))
    if store.parts() or store.merged():
        answer = query_fleet(store, options.query)
        data = rendered()
    else:
        with OpenedBundle(open_bundle(options.place, progress=progress_line())) as opened:
            answer = query_bundle(opened, options.query)
            data = rendered()
            losses = summed_up(opened.losses, _LOSSES)
    write_result([data], options.output)
    for loss in losses:
        stderr.write(f"flaketui: {loss}\n")
    return 0
