"""In which format a command prints a table, and to which file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from flakecore.errors import FlakeError
from flaketui.commands.writing.destination import refuse_to_replace

FORMATS = ("text", "json", "csv", "parquet")


def add_table_format(parser: argparse.ArgumentParser) -> None:
    """Add the format of a table and the file that it is written to."""
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="text (default), json, csv or parquet"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to a file, as Parquet must be"
    )


def check_table_format(options: argparse.Namespace, places: Sequence[str]) -> None:
    """Refuse Parquet without a file, and a file that is one of the places that are read.

    Raises:
        FlakeError: if the table cannot be written so.
    """
    if options.format == "parquet" and options.output is None:
        raise FlakeError("Parquet is no text", remedy="name a file with -o FILE")
    refuse_to_replace(places, options.output)
