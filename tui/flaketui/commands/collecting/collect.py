"""``flaketui collect``: runs tests and keeps all the evidence in one bundle."""

from __future__ import annotations

import argparse
import os
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flakecore.text.printable import clean, clean_lines
from flaketui import __version__
from flaketui.commands.collecting.confirming import confirm_options, experiment_sentences
from flaketui.commands.collecting.go_flags import GoStyleParser
from flaketui.commands.collecting.hunted import hunted_sentences
from flaketui.commands.collecting.hunting import (
    HuntLine,
    add_hunt_options,
    duration_of,
    hunt_options,
)
from flaketui.commands.collecting.verdicts import Verdicts, verdicts
from flaketui.commands.writing.annotations import annotate, without_workflow_commands
from flaketui.commands.writing.streams import stderr, stdout

if TYPE_CHECKING:
    from flakecore.collect import CollectOptions, CollectResult
    from flakecore.comparison import RunRecorder

_VALUES = {
    "-run": ("REGEXP", "run the tests whose name matches"),
    "-skip": ("REGEXP", "leave out the tests whose name matches"),
    "-count": ("N", "run each test N times (1; results are never taken from Go's cache)"),
    "-cpu": ("LIST", "values of GOMAXPROCS to run with, such as 1,2,4"),
    "-parallel": ("N", "how many parallel tests run at once"),
    "-shuffle": ("V", "off, on, or the seed of an order"),
    "-tags": ("LIST", "build tags"),
    "-exec": ("PROGRAM", "run each test binary with this program"),
}
_MOST_VERDICTS = 10
"""Sentences that are printed at the end; the report has all."""
_DESCRIPTION = """\
Runs the tests of any number of packages with each one's execution trace, test output and CPU,
memory, block and mutex profiles recorded and the race detector on, and writes it all to one zip.
The tests' output scrolls by as it happens; the exit code is that of go test.

Flags are written as go test's, with one dash or two. What follows -- is passed to go test:
any other flag of its own, and those of the tests themselves.
"""


def add_parser(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    """Add ``collect`` to the commands and return its parser."""
    summary = "run tests and write a bundle"
    subparsers.add_parser("collect", help=summary)
    parser = GoStyleParser(
        prog="flaketui collect",
        usage="%(prog)s [flags] [PACKAGE ...] [-- GO TEST ARGUMENTS]",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    # The entry made above gives the line in the list of commands; this one does the parsing.
    subparsers.choices["collect"] = parser
    _add_go_flags(parser)
    _add_recording(parser)
    _add_results(parser)
    add_hunt_options(parser)
    parser.set_defaults(run=run)
    return parser


def _add_go_flags(parser: argparse.ArgumentParser) -> None:
    """Add the packages and what is handed on to ``go test``."""
    parser.add_argument(
        "packages",
        nargs="*",
        default=[],
        metavar="PACKAGE",
        help="import paths, paths such as ./pool, patterns such as ./... (the current folder)",
    )
    for flag, (value, meaning) in _VALUES.items():
        parser.add_argument(flag, dest=_dest(flag), metavar=value, help=meaning)
    parser.add_argument("-short", action="store_true", help="tell tests to run short")
    parser.add_argument("-cover", action="store_true", help="measure coverage")
    parser.add_argument(
        "-timeout",
        metavar="D",
        default="",
        help="limit of the run (10m), as 90s or 1h",
    )
    parser.add_argument("-v", action="store_true", help="accepted: all output is recorded anyway")
    parser.add_argument("-race", action="store_true", help="accepted: it is on where it can be")


def _add_recording(parser: argparse.ArgumentParser) -> None:
    """Add what is recorded of the tests, and what is left out."""
    parser.add_argument("--no-race", action="store_true", help="run without the race detector")
    parser.add_argument(
        "--no-probe",
        action="store_true",
        help="build nothing into the test binaries that writes stacks and profiles at their end",
    )
    parser.add_argument(
        "--no-objects",
        action="store_true",
        help="leave the runtime as it is: no page of who holds and awaits which lock or channel",
    )
    parser.add_argument(
        "--flight",
        dest="flight_ns",
        metavar="D",
        type=duration_of,
        default=0,
        help="record the time before each failure, such as 30s, in place of the whole trace",
    )
    parser.add_argument(
        "--no-source",
        action="store_true",
        help="leave the Go files of the modules under test out of the bundle (2 MB at most)",
    )
    parser.add_argument(
        "--block-rate",
        metavar="NS",
        type=_positive,
        default=0,
        help="sample one blocking event in NS nanoseconds blocked (all of them)",
    )
    parser.add_argument(
        "--mutex-fraction",
        metavar="N",
        type=_positive,
        default=0,
        help="sample one in N contentions of a mutex (all of them)",
    )
    parser.add_argument(
        "--pull",
        metavar="URL",
        default="",
        help="take profiles from http://HOST/debug/pprof again and again while the tests run",
    )


def _add_results(parser: argparse.ArgumentParser) -> None:
    """Add where the bundle goes, how it ends, and with which go."""
    parser.add_argument(
        "-o",
        "--output",
        dest="output",
        metavar="FILE",
        type=Path,
        help="name of the bundle (flaketui-PACKAGE-TIME.zip)",
    )
    parser.add_argument(
        "--out-dir",
        metavar="DIR",
        type=Path,
        help="folder of a bundle that is not named (the current one)",
    )
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        type=Path,
        help="say nothing of what it holds as known: findings that no failure has",
    )
    parser.add_argument("--exit-zero", action="store_true", help="exit with 0 also if tests fail")
    parser.add_argument(
        "--go",
        metavar="PATH",
        type=Path,
        help="the go executable ($FLAKETUI_GO, or the one on PATH)",
    )


def run(args: argparse.Namespace) -> int:
    """Collect a bundle and return the exit code of `go test`.

    Raises:
        FlakeError: if the tests cannot be run, the bundle cannot be written, or the baseline
            cannot be read.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.collect import collect
    from flakecore.text.printable import clean

    baseline = None
    if args.baseline is not None:
        from flakecore.report import read_baseline

        baseline = read_baseline(args.baseline)
    line = HuntLine(stderr.write, in_place=stderr.is_terminal)
    with without_workflow_commands(os.environ, stdout.write):
        options = collect_options(args)
        result = collect(
            options,
            _echo,
            stderr.write,
            version=__version__,
            report=line,
            record=_recorder() if args.until_fail or args.max_runs or args.limit_ns else None,
        )
        line.end()
        if any(attempt.folder for attempt in result.manifest.attempts):
            _echo(_output_of_first_failure(result))
    for reason in result.manifest.missing:
        stderr.write(f"flaketui: missing: {reason}\n")
    shown = _shown(result.bundle)
    failing = sum(bool(each.failed) for each in result.stream.packages.values())
    found = verdicts(result.bundle, Path.cwd(), failing, baseline)
    annotate(result, shown, os.environ, stdout.write, found.shown)
    for sentence in verdict_lines(found, shown):
        stderr.write(f"flaketui: {sentence}\n")
    if options.hunt is not None and options.replay is None and result.bisection is None:
        for sentence in hunted_sentences(result.bundle, result.manifest):
            stderr.write(f"flaketui: {clean(sentence)}\n")
    if result.bisection is not None:
        stderr.write(f"flaketui: {clean(result.bisection.sentence())}\n")
    for sentence in experiment_sentences(result.manifest):
        stderr.write(f"flaketui: {clean(sentence)}\n")
    if args.replay is not None:
        for sentence in _of_a_replay(args.replay, result, verified=bool(args.verify_fix)):
            stderr.write(f"flaketui: {clean(sentence)}\n")
    stderr.write(
        f"flaketui: wrote {shown} ({_size(result.size)}); look at it with: flaketui {shown}\n"
    )
    return 0 if args.exit_zero else result.exit_code


def verdict_lines(found: Verdicts, bundle: str) -> Iterator[str]:
    """Return what is printed of a bundle, and how much of it is left out here."""
    # Of a hunt several runs are kept, which fail alike; goroutines have other numbers in each.
    alike: dict[object, Counter[str]] = {}
    for each in found.shown:
        sentence = f"{f'{each.test}: ' if each.failed and each.test else ''}{clean(each.sentence)}"
        alike.setdefault(each.known_by or sentence, Counter())[sentence] += 1
    for sentences in list(alike.values())[:_MOST_VERDICTS]:
        sentence, count = next(iter(sentences)), sentences.total()
        times = "times" if len(sentences) == 1 else "times alike"
        yield f"{sentence} ({count} {times})" if count > 1 else sentence
    left = []
    if len(alike) > _MOST_VERDICTS:
        left.append(f"{len(alike) - _MOST_VERDICTS} more sentences")
    if found.unread:
        packages = "package" if found.unread == 1 else "packages"
        left.append(f"{found.unread} more failing {packages}, not looked into yet")
    if left:
        yield f"… {' and '.join(left)}; all are in: flaketui report {bundle}"


def _recorder() -> RunRecorder:
    from flakecore.comparison import RunRecorder

    return RunRecorder()


def _of_a_replay(replayed: Path, result: CollectResult, *, verified: bool) -> tuple[str, ...]:
    """Return what is not as in the run that was replayed, and what the runs prove of a fix."""
    from flakecore.bundle import open_bundle
    from flakecore.comparison import fix_sentences, not_put_back

    with open_bundle(replayed) as bundle:
        before = bundle.manifest
    if before is None:
        return ()
    differing = not_put_back(before, result.manifest, of_a_fix=verified)
    return (*differing, *(fix_sentences(before, result.manifest) if verified else ()))


def _echo(text: str) -> None:
    """Show output of tests as it comes, without what would move a cursor or set a title."""
    stdout.write(clean_lines(text))


def _output_of_first_failure(result: CollectResult) -> str:
    """Return what the failed tests of a hunt's first failing run printed last."""
    printed = [
        line
        for verdict in result.stream.packages.values()
        for test in verdict.failed
        for line in verdict.output.get(test, [])
    ]
    return "".join(printed) if result.exit_code else ""


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def _dest(flag: str) -> str:
    return f"go_{flag.lstrip('-')}"


def collect_options(args: argparse.Namespace) -> CollectOptions:
    """Return what the arguments of the command line ask for."""
    from flakecore.collect import CollectOptions

    flags: dict[str, str] = {}
    for flag in _VALUES:
        value: str | None = getattr(args, _dest(flag))
        if value is not None:
            flags[flag] = value
    for name in ("short", "cover"):
        if getattr(args, name):
            flags[f"-{name}"] = "true"
    return CollectOptions(
        packages=tuple(args.packages) or (".",),
        test_flags=flags,
        extra=tuple(args.go_test_args),
        timeout=args.timeout,
        race=not args.no_race,
        probe=not args.no_probe,
        objects=not args.no_objects,
        hang_ns=args.hang_ns,
        flight_ns=args.flight_ns,
        source=not args.no_source,
        block_rate=args.block_rate,
        mutex_fraction=args.mutex_fraction,
        hunt=hunt_options(args, confirm_options(args.confirm, args.confirm_runs)),
        replay=args.replay or args.confirm,
        pull=args.pull,
        output=args.output,
        out_dir=args.out_dir,
        go=args.go,
    )


def _shown(path: Path) -> str:
    """Return a path as one would type it here."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, count // 1000)} kB"
