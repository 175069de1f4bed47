"""``flaketui BUNDLE`` and ``flaketui demo``: the explorer, where there is a terminal for it."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from flakecore.errors import FlakeError
from flaketui.commands.bundle_arguments import progress_line
from flaketui.panes.registry import PANES

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from flaketui.app.saved.links import Link


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the explorer."""
    where = parser.add_argument_group("where to open, instead of on the first failure")
    where.add_argument("--test", metavar="NAME", help="on this test, at its failure")
    where.add_argument("--at", metavar="TIME", help="with the cursor at this moment: 3.412s")
    where.add_argument("--goroutine", metavar="N", type=int, help="with this goroutine selected")
    where.add_argument("--lane", metavar="LANE", help="with this lane selected: P0, M7")
    where.add_argument("--from", metavar="TIME", dest="begin", help="the window's beginning")
    where.add_argument("--to", metavar="TIME", dest="end", help="the window's end")
    where.add_argument("--only-test", action="store_true", help="showing only that test")
    where.add_argument("--only", metavar="NAME", help="showing only this test, selected or not")
    where.add_argument("--package", metavar="PATH", help="on this package of several")
    where.add_argument("--attempt", metavar="N", help="on this attempt of several")
    where.add_argument("--search", metavar="TEXT", help="with matches of this highlighted")
    where.add_argument(
        "--fold",
        action=argparse.BooleanOptionalAction,
        help="with idle time folded (default where a test hung)",
    )
    where.add_argument(
        "--with",
        metavar="NAME=VALUE",
        dest="arranged",
        action="append",
        default=[],
        help="with this filter, order or group, as a copied view names it",
    )
    last = PANES[-1].key
    where.add_argument("--pane", metavar="N", help=f"in the pane of this number, 1 to {last}")
    parser.add_argument(
        "--ascii",
        action="store_true",
        help="draw with ASCII only (default where TERM=linux or LANG=C)",
    )
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument(
        "--fps",
        type=int,
        metavar="N",
        help="frames a second at most (default 60, 15 over SSH)",
    )


def add_demo_parser(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the ``demo`` subcommand."""
    parser = subparsers.add_parser(
        "demo",
        help="open the sample: tests that fail in four ways",
        description="Open the sample bundle, which comes with the program.",
    )
    add_options(parser)
    parser.set_defaults(run=run_demo)


def run_demo(options: argparse.Namespace) -> int:
    """Open the sample."""
    with as_file(files("flaketui") / "sample" / "demo.zip") as path:
        return explore([str(path)], options, called=("demo",))


def run(options: argparse.Namespace) -> int:
    """Open a bundle."""
    return explore(options.bundle, options, called=tuple(options.bundle))


def explore(places: Sequence[str], options: argparse.Namespace, *, called: tuple[str, ...]) -> int:
    """Run the explorer on a bundle that the command line calls by these words.

    Raises:
        FlakeError: there is no terminal, or the bundle cannot be opened.
    """
    if options.fps is not None and not 1 <= options.fps <= 120:
        raise FlakeError("--fps takes a number from 1 to 120")
    # Imported here: --help and the other commands need none of it.
    from flakecore.bundle.locations import require_places

    require_places(places)
    remedy = f"for text run: flaketui report {shlex.join(places)}"
    _require_terminal(remedy, piped="-" in places)
    # Opened before the screen is taken over: an error is printed at once, and fetching shows its
    # progress.
    from flakecore.bundle import open_bundle

    bundle = open_bundle(*places, progress=progress_line())
    if "-" in places:
        _take_terminal(remedy)
    from flaketui.app.loading.read_ahead import ReadAhead

    # What draws is loaded meanwhile. Which case a link leads to is known only then.
    linked = options.package or options.attempt or options.test
    opened = bundle if linked else ReadAhead(bundle)
    from flaketui.app.run import run_explorer

    return run_explorer(
        Path(places[0]),
        opened=opened,
        called=called,
        link=asked_link(options),
        ascii=options.ascii,
        mouse=not options.no_mouse,
        fps=options.fps,
    )


def asked_link(options: argparse.Namespace) -> Link:
    """Return the view that options ask for."""
    from flaketui.app.saved.links import read_link

    return read_link(
        package=options.package,
        attempt=options.attempt,
        test=options.test,
        at=options.at,
        begin=options.begin,
        end=options.end,
        goroutine=options.goroutine,
        lane=options.lane,
        only=options.only_test,
        only_of=options.only,
        search=options.search,
        pane=options.pane,
        fold=options.fold,
        arranged=options.arranged,
    )


def _require_terminal(remedy: str, *, piped: bool) -> None:
    """Refuse to start without a terminal, on which Textual would hang without a word."""
    for stream, name in ((sys.stdin, "input"), (sys.stderr, "error output")):
        if stream is sys.stdin and piped:
            continue
        if stream is None or not stream.isatty():
            raise FlakeError(
                f"the explorer needs a terminal, and its {name} is none", remedy=remedy
            )
    if os.environ.get("TERM", "dumb") == "dumb":
        raise FlakeError(
            "the explorer needs a terminal that can draw (TERM is dumb)", remedy=remedy
        )


def _take_terminal(remedy: str) -> None:
    """Read keys from the terminal, now that the bundle has come through standard input."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise FlakeError(
            "the explorer needs a terminal for its keys, and there is none",
            remedy=remedy,
        ) from error
    os.dup2(terminal, 0)
    os.close(terminal)
