"""``flaketui profile``: where time, memory and waiting went, for a terminal or another tool."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flakecore.profile_kinds import HEAP_KIND, PROFILE_KINDS
from flaketui.commands.bundle_arguments import add_case_choice, progress_line
from flaketui.commands.window import add_window, check_window
from flaketui.commands.writing.destination import refuse_to_replace, write_result
from flaketui.commands.writing.streams import stderr, stdout

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from flakecore.report.profile.profile_request import ProfileRequest, ProfileShown
    from flakecore.timeline.sources import Sources

_VIEWS = ("top", "tree", "flame")
_PATTERN_VIEWS = ("peek", "list")
_FORMATS = ("text", "json", "folded", "svg", "pprof")
_GRANULARITIES = ("functions", "filefunctions", "lines", "files", "addresses")
_FILTERS = {
    "focus": "only samples with a function or file that matches",
    "ignore": "no sample with a function or file that matches",
    "hide": "leave out frames that match",
    "show": "only frames that match",
    "show_from": "leave out what calls the outermost frame that matches",
    "tagfocus": "only samples with a label that matches: test=TestA, bytes=1mb:",
    "tagignore": "no sample with a label that matches",
}


class PprofStyleParser(argparse.ArgumentParser):
    """Takes flags as ``go tool pprof`` spells them: one dash or two, ``-top``, ``-peek=RE``."""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse, one dash being as good as two."""
        given = list(sys.argv[1:] if args is None else args)
        words = [self._two_dashes(word) for word in given]
        parsed, more = super().parse_known_args(words, namespace)
        # The view's words may stand behind flags; argparse takes only those before them together.
        if not any(word.startswith("-") for word in more):
            parsed.view += more
            more = []
        return parsed, more

    def _two_dashes(self, word: str) -> str:
        name = word.partition("=")[0]
        if word.startswith("-") and not word.startswith("--") and f"-{name}" in self._flags:
            return f"-{word}"
        return word

    @property
    def _flags(self) -> dict[str, argparse.Action]:
        return self._option_string_actions


def add_parser(
    subparsers: _SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    """Add the subcommand with its options and return its parser."""
    summary = "print where time, memory and waiting went, by function, line and test"
    subparsers.add_parser("profile", help=summary)
    parser = PprofStyleParser(
        prog="flaketui profile",
        usage="flaketui profile [options] BUNDLE|FILE"
        " [top | tree | peek RE | list RE | flame | series | contention | diff OTHER]",
        description="Print where time, memory and waiting went: in a profile of a bundle or in a"
        " file, or in a window of the trace, of all tests or of one.",
        epilog="The flags of go tool pprof are taken as it spells them: -top -cum -focus=RE"
        " -nodecount=20. Times are typed as 1.5s or 200ms since the trace began.",
        allow_abbrev=False,
    )
    # The entry made above gives the line in the list of commands; this one does the parsing.
    subparsers.choices["profile"] = parser
    parser.add_argument("bundle", help="a bundle, or a single profile")
    parser.add_argument("view", nargs="*", help="what to print (top)")
    parser.add_argument(
        "--kind",
        metavar="KIND",
        default="",
        help=f"which profile: {', '.join(each.name for each in PROFILE_KINDS)}, or of the trace:"
        " trace-cpu, trace-wait, trace-wall, and for series trace-heap (the first that there is)",
    )
    parser.add_argument(
        "--test", metavar="NAME", default="", help="only this test and its subtests"
    )
    add_window(parser, "of the trace ")
    add_case_choice(parser)
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        default="",
        help="text (default), json, folded stacks, svg, or pprof's own format",
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to this file")
    _add_filters(parser)
    _add_rows(parser)
    _add_series(parser)
    _add_view_flags(parser)
    parser.set_defaults(run=run, flag_view=None)
    return parser


def _add_filters(parser: argparse.ArgumentParser) -> None:
    """Add what is counted, and of which samples and frames."""
    parser.add_argument(
        "--sample_index",
        metavar="TYPE",
        default="",
        help="what to count: alloc_space, contentions and so on (the profile's own choice)",
    )
    for name, meaning in _FILTERS.items():
        parser.add_argument(f"--{name}", metavar="RE", default="", help=meaning)
    parser.add_argument("--noinlines", action="store_true", help="add inlined calls to callers")


def _add_rows(parser: argparse.ArgumentParser) -> None:
    """Add the order of the rows, how many there are, and what each is for."""
    parser.add_argument("--cum", action="store_true", help="order by what passes through")
    parser.add_argument("--flat", dest="cum", action="store_false", help="order by what ends there")
    parser.add_argument("--nodecount", metavar="N", type=int, default=-1, help="rows at most")
    parser.add_argument(
        "--nodefraction",
        metavar="SHARE",
        type=float,
        default=-1.0,
        help="leave out rows of a smaller share (0.005)",
    )
    for name in _GRANULARITIES:
        parser.add_argument(
            f"--{name}",
            dest="granularity",
            action="store_const",
            const=name,
            default="functions",
            help=f"a row for each of the {name}",
        )


def _add_series(parser: argparse.ArgumentParser) -> None:
    """Add which profile of several it is, what is taken off it, and which way it is turned."""
    parser.add_argument(
        "--number",
        metavar="N",
        type=int,
        default=0,
        help="of several profiles of the kind that series lists, this one",
    )
    parser.add_argument(
        "--less", metavar="N", type=int, default=0, help="less what that one of them has"
    )
    parser.add_argument("--inverted", action="store_true", help="a flame graph of callers")
    parser.add_argument(
        "--base",
        "--diff_base",
        dest="base",
        metavar="OTHER",
        default="",
        help="less what another bundle or profile has, as diff OTHER",
    )


def _add_view_flags(parser: argparse.ArgumentParser) -> None:
    """Add the views and formats as ``go tool pprof`` spells them."""
    for name in _VIEWS:
        parser.add_argument(
            f"--{name}", dest="flag_view", action="store_const", const=(name,), help=f"as {name}"
        )
    for name in _PATTERN_VIEWS:
        parser.add_argument(
            f"--{name}",
            dest="flag_view",
            metavar="RE",
            type=_view_named(name),
            help=f"as {name} RE",
        )
    for flag, form in (("text", "text"), ("svg", "svg"), ("proto", "pprof")):
        parser.add_argument(
            f"--{flag}", dest="format", action="store_const", const=form, help=f"as --format {form}"
        )


def _view_named(name: str) -> Callable[[str], tuple[str, str]]:
    return lambda pattern: (name, pattern)


def run(options: argparse.Namespace) -> int:
    """Print a view of a profile; losses go to standard error.

    Raises:
        FlakeError: if the bundle cannot be read, or there is no such profile.
    """
    check_window(options)
    # Imported here: --help and the other commands need none of it.
    from dataclasses import replace

    from flakecore.errors import ProfileError
    from flakecore.pprof import difference
    from flakecore.report.profile.profile_request import profile_shown
    from flakecore.report.profile.render_profile import ProfileFormat, render_profile, view_of

    words, base = _words(options)
    refuse_to_replace([options.bundle, *([base] if base else [])], options.output)
    if words == ["series"]:
        return _print_heap(options) if options.kind == HEAP_KIND else _print_series(options)
    if words == ["contention"]:
        return _print_contention(options)
    view = view_of(words)
    request = _request(options)
    found, sources = _shown(options.bundle, options, request)
    if base:
        # Both sides whole: filters apply to the difference.
        unfiltered = replace(request, kind=found.name.partition(" · ")[0])
        other, _ = _shown(base, options, unfiltered)
        try:
            profile = difference(found.whole, other.whole)
        except ProfileError as error:
            raise ProfileError(f"{base}: {error.problem}", remedy=error.remedy) from error
        found = replace(
            profile_shown(profile, request, (*found.losses, *other.losses)),
            name=f"{found.name}, less {base}",
            signals=(),
        )
    form = ProfileFormat(options.format or "text")
    if form is ProfileFormat.PPROF and options.output is None and stdout.is_terminal:
        raise ProfileError("pprof's format is not for a terminal", remedy="name a file with -o")
    data = render_profile(found, request, view, form, sources)
    write_result([data], options.output, binary=form is ProfileFormat.PPROF)
    for loss in found.losses:
        stderr.write(f"flaketui: {loss}\n")
    return 0


def _words(options: argparse.Namespace) -> tuple[list[str], str]:
    """Return the words that name the view, and what the profile is compared with."""
    words = list(options.view)
    base = options.base
    if len(words) >= 2 and words[0] == "diff":
        base, words = words[1], words[2:]
    return [*(options.flag_view or ()), *words], base


def _request(options: argparse.Namespace) -> ProfileRequest:
    from flakecore.pprof import Filter, Granularity
    from flakecore.report.profile.profile_request import ProfileRequest

    return ProfileRequest(
        kind=options.kind,
        test=options.test,
        from_ns=options.from_ns,
        to_ns=options.to_ns,
        measure=options.sample_index,
        granularity=Granularity(options.granularity),
        filter=Filter(
            focus=options.focus,
            ignore=options.ignore,
            hide=options.hide,
            show=options.show,
            show_from=options.show_from,
            tag_focus=options.tagfocus,
            tag_ignore=options.tagignore,
            inlined=not options.noinlines,
        ),
        cumulative=options.cum,
        nodes=options.nodecount,
        node_fraction=options.nodefraction,
        inverted=options.inverted,
        number=options.number,
        less=options.less,
    )


def _print_contention(options: argparse.Namespace) -> int:
    from flakecore.bundle import open_bundle
    from flakecore.report.profile.contention_text import contention_text
    from flakecore.report.profile.profile_request import sources_of
    from flakecore.timeline import choose_cases, list_cases, load_case

    with open_bundle(options.bundle, progress=progress_line()) as bundle:
        outlines = choose_cases(list_cases(bundle), options.package, options.attempt)
        cases = [load_case(bundle, outline) for outline in outlines]
        sources = sources_of(bundle, cases, Path.cwd())
        text = contention_text(cases, _request(options), sources)
    write_result([text.encode()], options.output)
    return 0


def _print_heap(options: argparse.Namespace) -> int:
    from flakecore.bundle import open_bundle
    from flakecore.report.profile.heap_text import heap_text
    from flakecore.timeline import choose_cases, list_cases, load_case

    with open_bundle(options.bundle, progress=progress_line()) as bundle:
        outlines = choose_cases(list_cases(bundle), options.package, options.attempt)
        text = heap_text([load_case(bundle, each) for each in outlines], _request(options))
    write_result([text.encode()], options.output)
    return 0


def _print_series(options: argparse.Namespace) -> int:
    from flakecore.bundle import open_bundle
    from flakecore.report.profile.profile_request import series_of_cases
    from flakecore.report.profile.series_text import series_text
    from flakecore.timeline import choose_cases, list_cases, load_case

    with open_bundle(options.bundle, progress=progress_line()) as bundle:
        outlines = choose_cases(list_cases(bundle), options.package, options.attempt)
        cases = [load_case(bundle, outline) for outline in outlines]
        series, losses = series_of_cases(bundle, cases, options.kind)
    write_result([series_text(series, options.sample_index).encode()], options.output)
    for loss in losses:
        stderr.write(f"flaketui: {loss}\n")
    return 0


def _shown(
    place: str, options: argparse.Namespace, request: ProfileRequest
) -> tuple[ProfileShown, list[Sources]]:
    from flakecore.bundle import open_bundle
    from flakecore.report.profile.profile_request import profiles_of_cases, sources_of
    from flakecore.timeline import choose_cases, list_cases, load_case

    progress = progress_line()
    with open_bundle(place, progress=progress) as bundle:
        outlines = choose_cases(list_cases(bundle), options.package, options.attempt)
        cases = [load_case(bundle, outline, progress) for outline in outlines]
        sources = sources_of(bundle, cases, Path.cwd())
        return profiles_of_cases(bundle, cases, request, sources), sources
