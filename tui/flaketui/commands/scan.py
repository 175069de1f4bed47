"""``flaketui scan``: thousands of bundles, each read once, into one table."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from flaketui.commands.writing.streams import CLEAR_LINE, stderr, stdout

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Callable

    from flakecore.fleet import ScanCounts

_PERIOD_S = 0.5
_LINES = 5


def add_parser(
    subparsers: _SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    """Add the subcommand with its options and return its parser."""
    parser = subparsers.add_parser(
        "scan",
        help="read many bundles once into a table, for triage and sql",
        description="Read every bundle below folders, patterns and addresses once, and write the"
        " results of tests, failures, findings, conditions and features of each to a Parquet part."
        " A scan that is broken off goes on where it was; what cannot be read is a row too.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "source",
        nargs="+",
        help="a folder, searched whole; a bundle, or a zip of them; a pattern; s3:// or gs://",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", required=True, help="the folder of the table"
    )
    parser.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        default=_processors(),
        help="processes to read on (default: one for each processor)",
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", default="", help="read on the Dask cluster of this scheduler"
    )
    parser.set_defaults(run=run)
    return parser


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _workers(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = 0
    if not 1 <= count <= 1024:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes from 1 to 1024")
    return count


def run(options: argparse.Namespace) -> int:
    """Scan, and print how many were read; 0 also where some are damaged, 2 if there are none.

    Raises:
        FlakeError: see ``flakecore.fleet.scan``.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.errors import FlakeError
    from flakecore.fleet.scan.scan import scan

    counts = scan(
        options.source,
        options.output,
        workers=options.workers,
        dask=options.dask,
        progress=_progress() if stderr.is_terminal else None,
    )
    if stderr.is_terminal:
        stderr.write(CLEAR_LINE)
    if not counts.places:
        raise FlakeError(
            f"there is no bundle in {' '.join(options.source)}",
            remedy="name folders or files with bundles, or a pattern such as 's3://bucket/*/*.zip'",
        )
    stdout.write("\n".join(_summary(counts)) + "\n")
    stdout.require()
    return 0


def _progress() -> Callable[[ScanCounts], None]:
    """Return what shows how far a scan has come on a line of the terminal."""
    from flakecore.times import format_duration

    shown = 0.0

    def progress(counts: ScanCounts) -> None:
        nonlocal shown
        now = time.monotonic()
        done = counts.bundles + counts.known + counts.damaged
        if now - shown < _PERIOD_S or not counts.rate:
            return
        shown = now
        total = counts.places - counts.unchanged
        text = f"{done:,} of {total:,} · {counts.rate:.1f} bundles/s"
        if total > done:
            text += f" · {format_duration(round((total - done) / counts.rate * 1e9))} left"
        if counts.damaged:
            text += f" · {counts.damaged:,} damaged"
        stderr.write(f"{CLEAR_LINE}{text}")

    return progress


def _summary(counts: ScanCounts) -> list[str]:
    """Return what became of the bundles, in lines."""
    from flakecore.text.printable import printable
    from flakecore.times import format_duration

    took = format_duration(round(counts.seconds * 1e9))
    bundles = "bundle" if counts.bundles == 1 else "bundles"
    lines = [
        f"{counts.bundles:,} {bundles} read in {took}: {counts.rate:.1f} a second,"
        f" {counts.bytes / 1e6:,.1f} MB"
    ]
    if counts.unchanged:
        lines.append(f"  {counts.unchanged:,} read before and unchanged")
    if counts.known:
        lines.append(f"  {counts.known:,} the same as one that was read")
    if counts.damaged:
        lines.append(f"  {counts.damaged:,} that cannot be read, which the table has as rows:")
        for place, problem in counts.problems[:_LINES]:
            lines.append(f"    {printable(place)}: {printable(problem)}")
        if counts.damaged > _LINES:
            lines.append(f"    … {counts.damaged - _LINES:,} more")
    return lines
