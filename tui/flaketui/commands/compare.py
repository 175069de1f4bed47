"""``flaketui compare``: two runs beside each other, and where they part."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flaketui.commands.bundle_arguments import progress_line
from flaketui.commands.writing.streams import stdout

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Mapping, Sequence

    from flakecore.bundle import Bundle
    from flakecore.comparison import Condition
    from flakecore.timeline import CaseEntry


def add_parser(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand and its options."""
    parser = subparsers.add_parser(
        "compare",
        help="print what differs between two runs, and where they part",
        description="Print what differs between a failing run and another: conditions, tests,"
        " the first steps that differ, lines and features. Of one bundle its first failing run"
        " is held against one that passed; of two bundles the first run of each. Of a single run"
        " with -count, how the repetitions of its tests differ.",
        allow_abbrev=False,
    )
    parser.add_argument("bundle", nargs="+", help="one bundle with several runs, or two bundles")
    parser.add_argument(
        "--attempts", metavar="A,B", type=_pair, default=None, help="which runs: 2,7"
    )
    parser.add_argument("--package", metavar="PATH", help="of several packages only this one")
    parser.add_argument("--test", metavar="NAME", default="", help="follow this test")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or json"
    )
    parser.set_defaults(run=run)


def _pair(text: str) -> tuple[str, str]:
    first, comma, second = text.partition(",")
    if not (first and comma and second):
        raise argparse.ArgumentTypeError(f"{text!r} names no two runs such as 2,7")
    return first.strip(), second.strip()


def run(options: argparse.Namespace) -> int:
    """Print what differs.

    Raises:
        FlakeError: if a bundle cannot be read, or there are no two runs to compare.
    """
    # Imported here: --help and the other commands need none of it.
    from contextlib import ExitStack

    from flakecore.bundle import open_bundle
    from flakecore.comparison import compare_cases, recorded_runs, repeated_tests
    from flakecore.errors import FlakeError
    from flakecore.report.comparing import (
        render_compare_json,
        render_compare_text,
        render_repetitions_json,
        render_repetitions_text,
        title_of,
    )
    from flakecore.timeline import list_cases, load_case

    if len(options.bundle) > 2:
        raise FlakeError("more than two bundles", remedy="name one or two; flaketui runs has many")
    with ExitStack() as opened:
        bundles = [
            opened.enter_context(open_bundle(place, progress=progress_line()))
            for place in options.bundle
        ]
        entries = [list_cases(bundle) for bundle in bundles]
        if len(entries) == 1 and len(entries[0]) == 1:
            (only,), (bundle,) = entries[0], bundles
            case = load_case(bundle, only, progress_line())
            if repeated := repeated_tests(case):
                render_one = (
                    render_repetitions_json if options.format == "json" else render_repetitions_text
                )
                stdout.write_utf8(render_one(title_of(bundle.name, case), repeated))
                stdout.require()
                return 0
        bundles, chosen = [bundles[0], bundles[-1]], _chosen(bundles[0], entries, options)
        cases = [
            load_case(bundle, entry, progress_line(), totals=True)
            for bundle, entry in zip(bundles, chosen, strict=True)
        ]
        conditions = [
            _conditions(bundle, entry) for bundle, entry in zip(bundles, chosen, strict=True)
        ]
        runs = [run for bundle in dict.fromkeys(bundles) for run in recorded_runs(bundle)]
        both = conditions[0], conditions[1]
        found = compare_cases(cases[0], cases[1], both, options.test, runs)
        titles = [title_of(bundle.name, case) for bundle, case in zip(bundles, cases, strict=True)]
    render = render_compare_json if options.format == "json" else render_compare_text
    stdout.write_utf8(render(titles, found))
    stdout.require()
    return 0


def _chosen(
    bundle: Bundle, entries: Sequence[Sequence[CaseEntry]], options: argparse.Namespace
) -> tuple[CaseEntry, CaseEntry]:
    """Return the two runs to compare: those asked for, or a failing one and its counterpart.

    In one bundle that is the run that passed under the most of its conditions.
    """
    from flakecore.comparison import conditions_shared
    from flakecore.errors import FlakeError
    from flakecore.timeline import choose_cases

    wanted = options.attempts or (None, None)
    alone = len(entries) == 1 and len(entries[0]) == 1
    if alone or (len(entries) == 1 and options.attempts and wanted[0] == wanted[1]):
        raise FlakeError(
            "there is only one run in it" if alone else f"run {wanted[0]} is named twice",
            remedy="name two bundles, or hunt with collect --until-fail, which keeps a passing run"
            if alone
            else "name two runs, such as 1,2",
        )
    first = choose_cases(entries[0], options.package, wanted[0])[0]
    package = options.package or first.package or None
    others = choose_cases(entries[-1], package, wanted[1])
    if len(entries) == 1 and wanted[1] is None:
        others = tuple(each for each in others if each is not first)
        own = _conditions(bundle, first)
        others = tuple(
            sorted(
                others,
                key=lambda each: (
                    each.failing == first.failing,
                    -conditions_shared(own, _conditions(bundle, each)),
                ),
            )
        )
    if not others:
        raise FlakeError(
            "there is only one run in it",
            remedy="name two bundles, or hunt with collect --until-fail, which keeps a passing run",
        )
    return first, others[0]


def _conditions(bundle: Bundle, entry: CaseEntry) -> Mapping[str, Condition]:
    from flakecore.comparison import runs_conditions

    return runs_conditions(bundle, entry.attempt)
