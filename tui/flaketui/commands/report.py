"""``flaketui report``: the first answer as text or JSON."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flaketui.commands.bundle_arguments import add_case_choice, add_places, progress_line
from flaketui.commands.writing.destination import refuse_to_replace
from flaketui.commands.writing.streams import stdout

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Collection, Sequence

    from flakecore.report import Explainer
    from flakecore.timeline import Case


def add_parser(
    subparsers: _SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    """Add the subcommand with its options and return its parser."""
    parser = subparsers.add_parser(
        "report",
        help="print what failed, when, where and why, without a terminal",
        description="Print what failed in a bundle, when and where, and what was going on.",
    )
    add_places(parser)
    add_case_choice(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown", "junit"),
        default="text",
        help="text (default), json, markdown to paste into an issue, or JUnit's XML",
    )
    parser.add_argument(
        "--output",
        action="store_true",
        help="all lines of output too, in true order, each with its true test; of more than"
        " 200,000 the first and the last",
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
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        type=Path,
        help="leave out what it holds as known: findings that no failure has",
    )
    parser.add_argument(
        "--write-baseline",
        action="store_true",
        help="write all findings of the bundle to the baseline, as known from now on",
    )
    parser.add_argument(
        "--fail-on",
        metavar="RULES",
        type=_rules,
        default=(),
        help="exit with 1 if there are findings of these rules that are not known: leak,race",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="without bounds: every loss, all lines of --output and --last, archives however far"
        " they unpack",
    )
    parser.set_defaults(run=run)
    return parser


def _rules(text: str) -> tuple[str, ...]:
    from flakecore.comparison import RUN_RULES
    from flakecore.diagnosis import rule_ids

    every = rule_ids() | RUN_RULES
    rules = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in rules if name not in every]
    if unknown or not rules:
        known = ", ".join(sorted(every))
        raise argparse.ArgumentTypeError(f"{', '.join(unknown) or text!r}: rules are {known}")
    return rules


def _duration(text: str) -> int:
    from flakecore.times import parse_duration

    found = parse_duration(text)
    if found is None or found < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 5s, 1.5s or 200ms")
    return found


def run(options: argparse.Namespace) -> int:
    """Print the report; 0 also for a bundle with failures: what there is was printed.

    Returns:
        1 if there are findings that ``--fail-on`` names and the baseline, as read or written, does
        not have.

    Raises:
        FlakeError: if the bundle or the baseline cannot be read, or the baseline not be written.
    """
    # Imported here: --help and the other commands need none of it.
    from flakecore.bundle import open_bundle
    from flakecore.errors import FlakeError
    from flakecore.report import RENDERERS, Excerpt, Explainer, check_test, read_baseline
    from flakecore.timeline import choose_cases, list_cases, load_case

    if options.write_baseline and options.baseline is None:
        raise FlakeError("--write-baseline needs a file", remedy="name one with --baseline FILE")
    if options.write_baseline:
        refuse_to_replace(options.bundle, options.baseline, "--baseline")
    known = options.baseline if not options.write_baseline else None
    baseline = read_baseline(known) if known is not None else None
    progress = progress_line()
    with open_bundle(*options.bundle, progress=progress, bounded=not options.all) as bundle:
        outlines = choose_cases(list_cases(bundle), options.package, options.attempt)
        totals = options.format == "json"  # which has the features
        cases = [load_case(bundle, outline, progress, totals=totals) for outline in outlines]
        cases.sort(key=lambda case: not case.failures)
        if options.test:
            check_test(cases, options.test)
        excerpt = Excerpt(options.output, options.last, options.test, options.all)
        explainer = Explainer(bundle, Path.cwd(), baseline)
        text = RENDERERS[options.format](bundle, cases, excerpt, explainer)
        if options.write_baseline:
            _write_baseline(options.baseline, cases, explainer)
        failing = not options.write_baseline and _fails(cases, explainer, options.fail_on)
    stdout.write_utf8(text if isinstance(text, bytes) else text.encode())
    stdout.require()
    return 1 if failing else 0


def _write_baseline(path: Path, cases: Sequence[Case], explainer: Explainer) -> None:
    from flakecore.errors import FlakeError
    from flakecore.report import encode_baseline

    found = [(case.package, each) for case in cases for each in explainer.all_findings(case)]
    try:
        path.write_bytes(encode_baseline(found))
    except OSError as error:
        why = error.strerror or "it cannot be written"
        raise FlakeError(f"{path}: {why}", remedy="name another file with --baseline") from error


def _fails(cases: Sequence[Case], explainer: Explainer, rules: Collection[str]) -> bool:
    """Return whether there is a finding of certain rules that is not known."""
    return any(
        each.rule in rules and not explainer.is_in_baseline(case, each)
        for case in cases
        if rules
        for each in explainer.all_findings(case)
    )
