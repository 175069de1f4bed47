"""``flaketui pack``: makes a bundle of files that are there already."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flaketui.commands.writing.streams import stderr

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_parser(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand and its options."""
    parser = subparsers.add_parser(
        "pack",
        help="make a bundle of a folder or of files",
        description="Write traces, profiles and test output that are there already, or the folder"
        " that an unfinished collect left, into one bundle.",
    )
    parser.add_argument("places", nargs="+", type=Path, metavar="PATH", help="a folder, or files")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", required=True, help="the bundle"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the bundle, and print where."""
    # Imported here: --help and the other commands need none of it.
    from flakecore.collect import pack_files

    count = pack_files(options.places, options.output)
    files = "1 file" if count == 1 else f"{count:,} files"
    stderr.write(f"flaketui: wrote {options.output} ({files})\n")
    return 0
