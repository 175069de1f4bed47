"""The options for running tests until one fails, and the line that shows the progress."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flakecore.errors import FlakeError
from flakecore.times import parse_duration
from flaketui.commands.writing.streams import CLEAR_LINE

if TYPE_CHECKING:
    from flakecore.collect import ConfirmOptions, HuntOptions, HuntProgress

_PLAIN_EVERY_S = 10.0
_LIVE_EVERY_S = 0.2
_SECOND = 10**9


def add_hunt_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that run the tests again and again."""
    group = parser.add_argument_group("to catch a rare failure")
    group.add_argument(
        "--until-fail",
        metavar="N",
        nargs="?",
        type=_count,
        const=1,
        default=0,
        help="build once, run again until a run fails, or N; under --stress N of those that drew"
        " their conditions evenly, which tell what it goes with",
    )
    group.add_argument("--max-runs", metavar="N", type=_count, default=0, help="end after N runs")
    group.add_argument(
        "--for",
        dest="limit_ns",
        metavar="D",
        type=duration_of,
        default=0,
        help="end after this time, such as 10m",
    )
    group.add_argument(
        "--hang",
        dest="hang_ns",
        metavar="D",
        type=_limit,
        help="end a run whose tests cannot go on for this long; 0 for never (10s here, else never)",
    )
    _add_conditions(group)
    _add_experiments(group)


def _add_conditions(group: argparse._ArgumentGroup) -> None:
    """Add under which conditions the runs are, and which of them are kept."""
    group.add_argument(
        "--stress",
        action="store_true",
        help="vary GOMAXPROCS, -cpu, -parallel, the order, GOGC, GOMEMLIMIT, priority, processors,"
        " runs at once, load, short stops and the order of goroutines from run to run, drawn"
        " evenly; once a run failed, every other time those under which it fails most",
    )
    group.add_argument(
        "--seed", metavar="N", type=_count, default=1, help="draw the conditions from it (1)"
    )
    group.add_argument(
        "--keep",
        metavar="N",
        type=_count,
        default=5,
        help="keep N failing runs (5), of each failing test one if possible, and three that passed",
    )


def _add_experiments(group: argparse._ArgumentGroup) -> None:
    """Add the runs that repeat a failure, or prove what it goes with."""
    group.add_argument(
        "--replay",
        metavar="BUNDLE",
        type=Path,
        help="run again (10 times) what failed in a bundle, under the settings of that run",
    )
    group.add_argument(
        "--bisect",
        metavar="TEST",
        default="",
        help="find which tests this one fails after, and prove it with and without them",
    )
    group.add_argument(
        "--verify-fix",
        metavar="N",
        type=_count,
        default=0,
        help="with --replay: run N times, and say what N runs without a failure prove",
    )
    group.add_argument(
        "--confirm",
        metavar="BUNDLE",
        type=Path,
        help="put the likeliest explanation of a bundle's failure to the test: runs with and"
        " without a condition, a test beside it, or a delay at one line",
    )
    group.add_argument(
        "--confirm-runs",
        metavar="N",
        type=_count,
        default=20,
        help="with --confirm: N runs each way (20)",
    )


def hunt_options(
    args: argparse.Namespace, confirm: ConfirmOptions | None = None
) -> HuntOptions | None:
    """Return what was asked for, or None for a single run.

    Args:
        args: the command line.
        confirm: what is to be put to the test; None for nothing.

    Raises:
        FlakeError: no option limits the runs.
    """
    from flakecore.collect import HuntOptions

    if args.verify_fix and args.replay is None:
        raise FlakeError(
            "--verify-fix needs a failure to hold the runs against",
            remedy="name its bundle with --replay BUNDLE",
        )
    if args.confirm is not None and (args.replay is not None or args.bisect):
        raise FlakeError(
            "--confirm runs by itself", remedy="leave --replay and --bisect out, or run them first"
        )
    bounded = (
        confirm
        or args.bisect
        or args.verify_fix
        or args.until_fail
        or args.max_runs
        or args.limit_ns
    )
    if not bounded:
        if args.stress and args.replay is None:
            raise FlakeError(
                "--stress needs to know when to stop",
                remedy="add --until-fail, --max-runs N or --for 10m",
            )
        return None
    return HuntOptions(
        until_fail=args.until_fail,
        max_runs=args.verify_fix or args.max_runs,
        limit_ns=args.limit_ns,
        stress=args.stress,
        seed=args.seed,
        keep=args.keep,
        bisect=args.bisect,
        confirm=confirm,
    )


class HuntLine:
    """Shows the progress of a hunt: in one line that changes, or in a plain line every 10 s."""

    def __init__(self, write: Callable[[str], None], *, in_place: bool) -> None:
        """Write lines with ``write``; ``in_place`` overwrites the last one, on a terminal."""
        self._write = write
        self._in_place = in_place
        self._next = 0.0
        self._failures = 0
        self._latest: HuntProgress | None = None
        self._shown = ""

    def __call__(self, progress: HuntProgress) -> None:
        """Show the progress, if the last time is long enough ago."""
        now = time.monotonic()
        self._latest = progress
        failed = progress.failures > self._failures
        if failed:
            self._failures = progress.failures
            tests = ", ".join(progress.latest) or "outside of all tests"
            self._write(f"{self._start()}flaketui: run {progress.runs:,} failed: {tests}\n")
        if (not failed and now < self._next) or not (progress.runs or self._in_place):
            return
        self._next = now + (_LIVE_EVERY_S if self._in_place else _PLAIN_EVERY_S)
        self._show_progress(progress)

    def end(self) -> None:
        """Show the outcome, and end the line."""
        if self._latest and hunt_text(self._latest) != self._shown:
            self._show_progress(self._latest)
        if self._in_place and self._next:
            self._write("\n")

    def _show_progress(self, progress: HuntProgress) -> None:
        self._shown = hunt_text(progress)
        self._write(f"{self._start()}{self._shown}{'' if self._in_place else chr(10)}")

    def _start(self) -> str:
        return CLEAR_LINE if self._in_place else ""


def hunt_text(progress: HuntProgress) -> str:
    """Return how far a hunt has come, on one line without its end."""
    of = f" of {progress.max_runs:,}" if progress.max_runs else ""
    runs = "run" if progress.runs == 1 and not of else "runs"
    text = (
        f"flaketui: {progress.runs:,}{of} {runs}, {progress.failures:,} failed{_share(progress)},"
        f" {_clock(progress.elapsed_ns)}"
    )
    left = progress.limit_ns - progress.elapsed_ns
    return f"{text}, {_clock(max(0, left))} left" if progress.limit_ns else text


def _share(progress: HuntProgress) -> str:
    """Return the rate in parentheses: of the runs whose conditions were drawn evenly."""
    if not progress.drawn_runs:
        return ""
    share = f"{100 * progress.drawn_failures / progress.drawn_runs:.3g} %"
    if progress.drawn_runs == progress.runs:
        return f" ({share})"
    return f" ({share} of the {progress.drawn_runs:,} drawn evenly)"


def _clock(ns: int) -> str:
    minutes, seconds = divmod(ns // _SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02d}m" if hours else f"{minutes}m{seconds:02d}s"


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def _limit(text: str) -> int:
    return 0 if text == "0" else duration_of(text)


def duration_of(text: str) -> int:
    """Return a duration above 0 that an option was given, in nanoseconds."""
    duration = parse_duration(text)
    if duration is None or duration <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration; write it as 90s or 10m")
    return duration
