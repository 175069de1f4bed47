"""Deep links: the command that opens exactly this view again, and what its options lead to."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flakecore.errors import FlakeError
from flakecore.timeline import Case, Lane, LaneKind
from flakecore.times import SECOND, parse_duration
from flaketui.app.arrangement_text import arrange_by
from flaketui.panes.registry import PANES, entry_of
from flaketui.view.arrangement import Arrangement
from flaketui.view.folding import gaps_of
from flaketui.view.lanes import goroutine_lane, lane_named
from flaketui.view.navigation import opening_view
from flaketui.view.viewport import SelectionKind, Viewport


@dataclass(frozen=True, slots=True)
class Link:
    """Where to open; what is left out is as without a link.

    Attributes:
        package, attempt: which case.
        test: name of the test to open on.
        at_ns, from_ns, to_ns: the cursor and the window.
        lane: what is selected.
        only: whether only the test's lines and goroutines are shown.
        only_of: name of the test whose lines and goroutines alone are shown, where it is another.
        search: what is searched for.
        pane: key of the pane that keys go to; "" for the initial one.
        fold: whether idle time is folded; None leaves that to the failure.
        arranged: filters, orders, groups and lanes, as ``name=value``.
    """

    package: str = ""
    attempt: str = ""
    test: str = ""
    at_ns: int | None = None
    from_ns: int | None = None
    to_ns: int | None = None
    lane: Lane | None = None
    only: bool = False
    only_of: str = ""
    search: str = ""
    pane: str = ""
    fold: bool | None = None
    arranged: tuple[str, ...] = ()


def read_link(
    *,
    package: str | None = None,
    attempt: str | None = None,
    test: str | None = None,
    at: str | None = None,
    begin: str | None = None,
    end: str | None = None,
    goroutine: int | None = None,
    lane: str | None = None,
    only: bool = False,
    only_of: str | None = None,
    search: str | None = None,
    pane: str | None = None,
    fold: bool | None = None,
    arranged: Sequence[str] = (),
) -> Link:
    """Return the link that the options of the command line make.

    Raises:
        FlakeError: a moment, a lane, a pane or what is arranged is none.
    """
    arrange_by(arranged, Arrangement())
    return Link(
        package=package or "",
        attempt=attempt or "",
        test=test or "",
        at_ns=_moment("--at", at),
        from_ns=_moment("--from", begin),
        to_ns=_moment("--to", end),
        lane=_lane(lane) if lane else goroutine_lane(goroutine or 0),
        only=only,
        only_of=only_of or "",
        search=search or "",
        pane=_pane(pane) if pane else "",
        fold=fold,
        arranged=tuple(arranged),
    )


def _moment(option: str, text: str | None) -> int | None:
    if text is None:
        return None
    moment = parse_duration(text)
    if moment is None:
        raise FlakeError(f"{option} takes a moment since the start, such as 3.412s: {text!r}")
    return moment


def _lane(text: str) -> Lane:
    try:
        return lane_named(text)
    except ValueError:
        raise FlakeError(f"--lane takes a lane such as G21, P0 or M7: {text!r}") from None


def _pane(key: str) -> str:
    """Return the key of a pane; a number that is none leads to the initial pane."""
    if entry_of(key) is None and not key.isdecimal():
        keys = ", ".join(entry.key for entry in PANES)
        raise FlakeError(f"--pane takes the key of a pane ({keys}): {key!r}")
    return key


def command_of(called: Sequence[str], link: Link) -> str:
    """Return the command that opens a link in a bundle, which is called by these words."""
    words = ["flaketui", *called]
    options = {
        "--package": link.package,
        "--attempt": link.attempt,
        "--test": link.test,
        "--at": _typed(link.at_ns),
        "--from": _typed(link.from_ns),
        "--to": _typed(link.to_ns),
        "--only": link.only_of,
        "--search": link.search,
        "--pane": link.pane,
    }
    if link.lane is not None:
        name = str(link.lane)
        options |= {"--goroutine": name[1:]} if name[0] == "G" else {"--lane": name}
    for option, value in options.items():
        # With "=", a value that begins with a dash is no option.
        words += (
            [f"{option}={value}"] if value.startswith("-") else [option, value] if value else []
        )
    if link.only:
        words.append("--only-test")
    if link.fold is not None:
        words.append("--fold" if link.fold else "--no-fold")
    for word in link.arranged:
        words += ["--with", word]
    return shlex.join(words)


def _typed(ns: int | None) -> str:
    """Return a moment to the nanosecond as ``--at`` takes it."""
    if ns is None:
        return ""
    whole, rest = divmod(abs(ns), SECOND)
    decimals = f".{rest:09d}".rstrip("0").rstrip(".")
    return f"{'-' if ns < 0 else ''}{whole}{decimals}s"


def link_to(
    case: Case,
    view: Viewport,
    pane: str,
    *,
    name_package: bool,
    arranged: tuple[str, ...] = (),
) -> Link:
    """Return the link to a view."""
    only = view.only_test
    test = view.selection.test if view.selection.test >= 0 else only
    return Link(
        package=case.package if name_package else "",
        attempt=case.attempt if name_package else "",
        test=case.tests[test].name if test >= 0 else "",
        at_ns=view.cursor_ns,
        from_ns=view.start_ns,
        to_ns=view.end_ns,
        lane=view.selection.lane,
        only=only >= 0 and only == test,
        only_of=case.tests[only].name if only >= 0 and only != test else "",
        search=view.filter,
        pane=pane,
        fold=view.folded,
        arranged=arranged,
    )


@dataclass(frozen=True, slots=True)
class Landing:
    """What a link leads to: a case, a view of it, and what of the link it does not have."""

    case: int
    view: Viewport
    missing: str


def follow(link: Link, cases: tuple[Case, ...]) -> Landing:
    """Return where a link leads; parts that a case does not have are passed over and listed."""
    missing: list[str] = []
    end = f"/{link.package.strip('./')}"  # as report --package has it
    named = {each.package for each in cases if link.package in ("", each.package)}
    named = named or {each.package for each in cases if f"/{each.package}".endswith(end)}
    numbers = [
        number
        for number, case in enumerate(cases)
        if case.package in named and link.attempt in ("", case.attempt)
    ]
    if not numbers:
        missing.append(f"there is no {link.package} {link.attempt}".rstrip())
        numbers = list(range(len(cases)))
    number = numbers[0]
    if link.test:
        having = [one for one in numbers if _has_test(cases[one], link.test)]
        number = having[0] if having else number
        if not having:
            missing.append(f"no test is called {link.test}")
    case = cases[number]
    view = opening_view(case, link.test if _has_test(case, link.test) else None)
    if link.fold is not None and link.fold is not view.folded:
        folded = view.fold(gaps_of(case, view.selection.test))
        view = folded if link.fold else view.unfold()
    view = _moved(link, view)
    if link.lane is not None:
        if not _has_lane(case, link.lane):
            none = "the trace has no" if case.schedule is not None else "no dump has"
            missing.append(f"{none} {link.lane}")
        else:
            view = _on_lane(link, case, view, link.lane)
    if link.only_of and not _has_test(case, link.only_of):
        missing.append(f"no test is called {link.only_of}")
    elif link.only_of or link.only:
        view = replace(view, only_test=_test_of(case, link.only_of, view.selection.test))
    return Landing(number, replace(view, filter=link.search), "; ".join(missing))


def _has_test(case: Case, name: str) -> bool:
    return bool(name) and any(test.name == name for test in case.tests)


def _test_of(case: Case, name: str, otherwise: int) -> int:
    """Return the index of the first test of a name; another index where there is none."""
    return next((test.index for test in case.tests if test.name == name), otherwise)


def _has_lane(case: Case, lane: Lane) -> bool:
    if case.schedule is not None:
        return lane in case.schedule.lanes(lane.kind)
    numbers = (each.stack.number for dump in case.dumps for each in dump.goroutines)
    return lane.kind is LaneKind.GOROUTINE and lane.id in numbers


def _moved(link: Link, view: Viewport) -> Viewport:
    if link.from_ns is not None or link.to_ns is not None:
        begin = link.from_ns if link.from_ns is not None else view.extent.start_ns
        end = link.to_ns if link.to_ns is not None else view.extent.end_ns
        # The window first as it was, then the cursor: what was copied fits exactly.
        view = view.window(begin, end)
    # A cursor that stays keeps the line that was chosen with it.
    return view if link.at_ns in (None, view.cursor_ns) else view.at(link.at_ns)


def _on_lane(link: Link, case: Case, view: Viewport, lane: Lane) -> Viewport:
    """Select a lane; with no moment asked for, go to when its goroutine began."""
    chosen = view.select(lane=lane, subject=SelectionKind.LANE)
    goroutine = case.schedule.goroutine(lane.id) if case.schedule is not None else None
    plain = link.at_ns is None and not link.test and lane == goroutine_lane(lane.id)
    return chosen.at(goroutine.created_ns) if plain and goroutine is not None else chosen
