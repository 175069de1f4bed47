"""``flaketui events``: every event of an execution trace, one a line, for grep and pipes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flaketui.commands.bundle_arguments import add_places, progress_line
from flaketui.commands.window import add_window, check_window
from flaketui.commands.writing.streams import stderr, stdout

if TYPE_CHECKING:
    from argparse import _SubParsersAction


_LOSSES = 20
"""Losses that are printed; the rest are counted."""


def add_parser(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand and its options."""
    parser = subparsers.add_parser(
        "events",
        help="print the events of an execution trace, one a line",
        description="Print the events of an execution trace in the order in which they happened,"
        " one a line: time in seconds, thread, proc, goroutine, type, what changed, and why.",
        epilog="Times are typed as 1.5s, 200ms or 1m30s since the trace began; 1.5 is seconds.",
        allow_abbrev=False,
    )
    add_places(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or JSON lines"
    )
    parser.add_argument("--stacks", action="store_true", help="print the stacks too")
    add_window(parser)
    parser.add_argument("--goroutine", metavar="N", type=int, help="only what is on it or about it")
    parser.add_argument(
        "--type",
        dest="types",
        metavar="NAME",
        action="append",
        default=[],
        help="only this type, such as StateTransition; may be given again",
    )
    parser.add_argument(
        "--count", action="store_true", help="print how many there are of each type"
    )
    parser.add_argument("--trace", metavar="NAME", default="", help="which trace, if of several")
    parser.add_argument(
        "--all",
        action="store_true",
        help="without bounds: every loss, archives however far they unpack",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the events; losses go to standard error."""
    # Imported here: --help and the other commands need none of it.
    from flakecore.bundle import open_bundle
    from flakecore.loss import summed_up
    from flakecore.report import EventRequest, EventWriter

    check_window(options)
    request = EventRequest(
        from_ns=options.from_ns,
        to_ns=options.to_ns,
        goroutine=options.goroutine,
        types=tuple(options.types),
        trace=options.trace,
        json=options.format == "json",
        stacks=options.stacks,
        count=options.count,
    )
    with open_bundle(*options.bundle, progress=progress_line(), bounded=not options.all) as bundle:
        writer = EventWriter(bundle, request)
        for lines in writer:
            stdout.write_utf8(lines)
            stdout.require()
        losses = (*bundle.losses, *writer.losses)
        for loss in losses if options.all else summed_up(losses, _LOSSES):
            stderr.write(f"flaketui: {loss}\n")
    return 0
