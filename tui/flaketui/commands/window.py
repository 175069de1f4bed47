"""The window of time that ``--from`` and ``--to`` name."""

from __future__ import annotations

import argparse

from flakecore.times import parse_duration


def add_window(parser: argparse.ArgumentParser, what: str = "") -> None:
    """Add both options; ``what`` they are of, in front of their help."""
    parser.add_argument(
        "--from", dest="from_ns", metavar="TIME", type=_time, help=f"{what}from then on"
    )
    parser.add_argument("--to", dest="to_ns", metavar="TIME", type=_time, help=f"{what}up to then")


def check_window(options: argparse.Namespace) -> None:
    """Refuse a window that ends before it begins.

    Raises:
        FlakeError: it does.
    """
    from flakecore.errors import FlakeError

    start, end = options.from_ns, options.to_ns
    if start is not None and end is not None and end < start:
        raise FlakeError(
            "--to is before --from, so that nothing lies between", remedy="exchange the two"
        )


def _time(text: str) -> int:
    found = parse_duration(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write it as 1.5s or 200ms")
    return found
