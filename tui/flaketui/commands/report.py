"""``flaketui report``: the first answer as text or JSON."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flaketui.commands.places import add_places, progress_line

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_parser(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand and its options."""
    parser = subparsers.add_parser(
        "report",
        help="print what failed, when, where and why, without a terminal",
        description="Print what failed in a bundle, when and where, and what was going on.",
    )
    add_places(parser)
    parser.add_argument("--package", metavar="PATH", help="of several packages only this one")
    parser.add_argument("--attempt", metavar="N", help="of several attempts only this one")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or json"
    )
    parser.add_argument(
        "--output",
        action="store_true",
        help="all lines of output too, in true order, each with its true test",
    )
    parser.add_argument(
        "--last",
        metavar="TIME",
        type=_duration,
        help="with each failure the output of all tests in the time before it: 5s, 200ms",
    )
    parser.add_argument(
        "--test", metavar="NAME", default="", help="only this test, its subtests and their output"
    )
    parser.set_defaults(run=run)


def _duration(text: str) -> int:
    from flakecore.times import parse_duration

    found = parse_duration(text)
    if found is None or found < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 5s, 1.5s or 200ms")
    return found


def run(options: argparse.Namespace) -> int:
    """Print the report; 0 also for a bundle with failures."""
    # Imported here: --help and the other commands need none of it.
    from flakecore.bundle import open_bundle
    from flakecore.report import Excerpt, check_test, render_json, render_text
    from flakecore.timeline import choose_cases, list_cases, load_case

    progress = progress_line()
    with open_bundle(*options.bundle, progress=progress) as bundle:
        outlines = choose_cases(list_cases(bundle), options.package, options.attempt)
        cases = [load_case(bundle, outline, progress) for outline in outlines]
        cases.sort(key=lambda case: not case.failures)
        if options.test:
            check_test(cases, options.test)
        excerpt = Excerpt(options.output, options.last, options.test)
        if options.format == "json":
            text = render_json(bundle, cases, excerpt, Path.cwd())
        else:
            text = render_text(bundle, cases, excerpt, Path.cwd()).encode()
    sys.stdout.flush()
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
    return 0
