"""``flaketui collect``: runs a package's tests and keeps all the evidence in one bundle."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from flaketui import __version__

if TYPE_CHECKING:
    from flakecore.collect import CollectOptions

_VALUES = {
    "-run": ("REGEXP", "run the tests whose name matches"),
    "-skip": ("REGEXP", "leave out the tests whose name matches"),
    "-count": ("N", "run each test N times (1; results are never taken from Go's cache)"),
    "-cpu": ("LIST", "values of GOMAXPROCS to run with, such as 1,2,4"),
    "-parallel": ("N", "how many parallel tests run at once"),
    "-shuffle": ("V", "off, on, or the seed of an order"),
    "-tags": ("LIST", "build tags"),
}
_DESCRIPTION = """\
Runs the tests of one package with its execution trace, test output, race detector and CPU,
memory, block and mutex profiles recorded, and writes it all to one zip. The tests' output
scrolls by as it happens; the exit code is that of go test.

Flags are written as go test's, with one dash or two. What follows -- is passed to go test.
"""


class _GoStyleParser(argparse.ArgumentParser):
    """Keeps what follows ``--`` as it is, apart from the package."""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse up to ``--`` and put the rest into ``go_test_args``."""
        given = list(sys.argv[1:] if args is None else args)
        end = given.index("--") if "--" in given else len(given)
        parsed, unknown = super().parse_known_args(given[:end], namespace)
        parsed.go_test_args = given[end + 1 :]
        return parsed, unknown


def add_parser(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    """Add ``collect`` to the commands and return its parser."""
    summary = "run a package's tests and write a bundle"
    subparsers.add_parser("collect", help=summary)
    parser = _GoStyleParser(
        prog="flaketui collect",
        usage="%(prog)s [flags] [PACKAGE] [-- GO TEST ARGUMENTS]",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    # The entry made above gives the line in the list of commands; this one does the parsing.
    subparsers.choices["collect"] = parser
    parser.add_argument(
        "package",
        nargs="?",
        default=".",
        metavar="PACKAGE",
        help="an import path or a path such as ./pool (the current folder)",
    )
    for flag, (value, meaning) in _VALUES.items():
        parser.add_argument(flag, f"-{flag}", dest=_dest(flag), metavar=value, help=meaning)
    parser.add_argument("-short", "--short", action="store_true", help="tell tests to run short")
    parser.add_argument(
        "-timeout",
        "--timeout",
        metavar="D",
        default="",
        help="limit of the run (10m), as 90s or 1h",
    )
    parser.add_argument("-v", "--v", action="store_true", help="accepted; all output is recorded")
    parser.add_argument("-race", "--race", action="store_true", help="accepted; it is on by itself")
    parser.add_argument(
        "-no-race", "--no-race", action="store_true", help="run without the race detector"
    )
    parser.add_argument(
        "-o",
        "--o",
        "--output",
        dest="output",
        metavar="FILE",
        type=Path,
        help="the bundle (flaketui-PACKAGE-TIME.zip in the current folder)",
    )
    parser.add_argument(
        "-go",
        "--go",
        metavar="PATH",
        type=Path,
        help="the go executable ($FLAKETUI_GO, or the one on PATH)",
    )
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Collect a bundle and return the exit code of `go test`.

    Raises:
        CollectError: if the tests cannot be run, or the bundle cannot be written.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.collect import collect

    result = collect(
        _options(args), _text_writer(sys.stdout), _text_writer(sys.stderr), version=__version__
    )
    for reason in result.manifest.missing:
        print(f"flaketui: missing: {reason}", file=sys.stderr)  # noqa: T201
    shown = _shown(result.bundle)
    print(  # noqa: T201
        f"flaketui: wrote {shown} ({_size(result.size)}); look at it with: flaketui {shown}",
        file=sys.stderr,
    )
    return result.exit_code


def _dest(flag: str) -> str:
    return f"go_{flag.lstrip('-')}"


def _options(args: argparse.Namespace) -> CollectOptions:
    from flakecore.collect import CollectOptions

    flags: dict[str, str] = {}
    for flag in _VALUES:
        value: str | None = getattr(args, _dest(flag))
        if value is not None:
            flags[flag] = value
    if args.short:
        flags["-short"] = "true"
    return CollectOptions(
        package=args.package,
        test_flags=flags,
        extra=tuple(args.go_test_args),
        timeout=args.timeout,
        race=not args.no_race,
        output=args.output,
        go=args.go,
    )


def _text_writer(stream: TextIO) -> Callable[[str], None]:
    """Return a sink that writes text as it is and at once, until nobody reads it any more."""
    open_ended = [stream]

    def write(text: str) -> None:
        if not open_ended:
            return
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            # The reader has left, as `| head` does; the tests and their bundle go on. What is
            # still buffered must go somewhere when Python closes the stream.
            open_ended.clear()
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

    return write


def _shown(path: Path) -> str:
    """Return a path as one would type it here."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, count // 1000)} kB"
