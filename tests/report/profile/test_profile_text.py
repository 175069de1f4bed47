"""Rows, callers and lines of source are those of ``go tool pprof``, worded for a person."""

from __future__ import annotations

import re

import pytest

from flakecore.errors import ProfileError
from flakecore.pprof import Profile, read_profile
from flakecore.report.profile.profile_request import ProfileRequest, ProfileShown, profile_shown
from flakecore.report.profile.profile_text import (
    list_text,
    listed_lines,
    share,
    top_text,
    tree_text,
)
from flakecore.timeline.sources import Sources
from pprof.profiles import KINDS, WORK, looked_up_by, pprof, profile, written_by
from toolchains import NEWEST, RELEASES

_LINE = re.compile(r"^ *(-?\d+|\.)\w* +(-?\d+|\.)\w* +(\d+):", re.MULTILINE)
_UNITS = {"nanoseconds": "ns", "bytes": "B", "count": "count"}


def _shown(ours: Profile) -> ProfileShown:
    return profile_shown(ours, ProfileRequest(kind="cpu"))


def _check_lines(data: bytes, pattern: str) -> None:
    ours = _shown(read_profile(data, name="x"))
    listing = pprof(data, f"-list={pattern}", f"-unit={_UNITS[ours.unit]}")
    theirs = [
        (int(line), *(0 if text == "." else int(text) for text in values))
        for *values, line in _LINE.findall(listing)
    ]
    charged = [row for row in theirs if row[1] or row[2]]
    assert [row for _, _, rows in listed_lines(ours, pattern) for row in rows] == charged
    assert charged


@pytest.mark.parametrize("kind", KINDS)
def test_lines_are_charged_what_go_tool_pprof_charges(kind: str) -> None:
    _check_lines(written_by(NEWEST)[kind], "work")


@pytest.mark.slow
@pytest.mark.parametrize("older", RELEASES[:-1])
def test_lines_of_every_release_are_charged_alike(older: str) -> None:
    for kind in KINDS:
        _check_lines(written_by(older)[kind], "work")


_VALUE = r" *\S+(?: [kMGT]?B)?"
_EDGE = re.compile(_VALUE + r" +(\S+)% \|   (.+)")
_OF_PPROF = re.compile(_VALUE + r" +(\S+)% +\S+%" + _VALUE + r" +(\S+)% +\| (.+)")
_OF_OURS = re.compile(_VALUE + r" +(\S+)%" + _VALUE + r" +(\S+)%   (.+)")
_Block = tuple[list[tuple[str, str]], tuple[str, str, str], list[tuple[str, str]]]


def _blocks(text: str, rule: re.Pattern[str], node: re.Pattern[str]) -> list[_Block]:
    """Return each node of a tree: callers, (name, flat share, cumulative share), callees."""
    found = []
    for block in rule.split(text)[1:]:
        lines = [line for line in block.splitlines() if "%" in line and "flat%" not in line]
        at = next((n for n, line in enumerate(lines) if not _EDGE.fullmatch(line)), -1)
        if at < 0:
            continue
        row = node.fullmatch(lines[at])
        assert row is not None, lines[at]
        edges = [_EDGE.fullmatch(line) for line in (*lines[:at], *lines[at + 1 :])]
        named = sorted((each[2], each[1]) for each in edges[:at] if each is not None)
        called = sorted((each[2], each[1]) for each in edges[at:] if each is not None)
        found.append((named, (row[3], row[1], row[2]), called))
    return found


def _check_tree(data: bytes) -> None:
    request = ProfileRequest(kind="cpu", nodes=0, node_fraction=0)
    ours = tree_text(profile_shown(read_profile(data, name="x"), request), request)
    # We name a frame without a function by its address, pprof does not name it.
    ours = re.sub(r"(?<=   )0x[0-9a-f]+$", "<unknown>", ours, flags=re.MULTILINE)
    whole = ("-nodecount=0", "-nodefraction=0", "-edgefraction=0")
    theirs = pprof(data, "-tree", *whole)
    of_theirs = _blocks(theirs, re.compile(r"^-+\+-+$", re.MULTILINE), _OF_PPROF)
    assert _blocks(ours, re.compile(r"^-{60}$", re.MULTILINE), _OF_OURS) == of_theirs
    assert of_theirs


@pytest.mark.parametrize("kind", KINDS)
def test_a_tree_has_the_callers_and_callees_of_that_of_go_tool_pprof(kind: str) -> None:
    _check_tree(written_by(NEWEST)[kind])


@pytest.mark.slow
@pytest.mark.parametrize("older", RELEASES[:-1])
def test_trees_of_every_release_are_those_of_go_tool_pprof(older: str) -> None:
    for kind in KINDS:
        _check_tree(written_by(older)[kind])


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_trees_and_lines_of_kinds_without_a_flag_are_those_of_go_tool_pprof(release: str) -> None:
    found = looked_up_by(release)
    for data in found.values():
        _check_tree(data)
    for name in found.keys() - {"threadcreate"}:  # no code of the program creates a thread
        _check_lines(found[name], "kinds")


def test_the_largest_row_comes_first_with_its_share() -> None:
    text = top_text(_shown(profile(NEWEST, "mem")), ProfileRequest(nodes=1))
    heading, counted, heads, row, said = text.splitlines()
    assert said.startswith("! work.allocate ")
    assert heading == "cpu: alloc_space (bytes)"
    assert re.match(r"Showing 1 of \d+ rows, which account for .* of .*", counted)
    assert heads.split() == ["flat", "flat%", "sum%", "cum", "cum%"]
    assert row.endswith("  example.com/work.allocate")


def test_rows_may_be_ordered_by_what_passes_through() -> None:
    text = top_text(_shown(profile(NEWEST, "cpu")), ProfileRequest(cumulative=True))
    passing = [row.split()[4] for row in text.splitlines()[3:]]
    assert passing[0] == max(passing, key=lambda text: float(text.rstrip("%")))


def test_a_function_stands_between_its_callers_and_its_callees() -> None:
    text = tree_text(_shown(profile(NEWEST, "mutex")), ProfileRequest(), r"contend\.func1$")
    _, _, rule, itself, callee = text.splitlines()
    assert set(rule) == {"-"}
    assert itself.endswith("  example.com/work.contend.func1")
    assert callee.endswith("|   sync.(*Mutex).Unlock (inline)")


def test_source_is_listed_around_the_lines_that_are_charged() -> None:
    sources = [Sources(working=WORK)]
    text = list_text(_shown(profile(NEWEST, "cpu")), sources, r"work\.burn$")
    (charged,) = (line for line in text.splitlines() if "x = step(x)" in line)
    assert not charged.split()[1].startswith(".")
    assert any(line.endswith("func burn(steps int) uint64 {") for line in text.splitlines())
    without = list_text(_shown(profile(NEWEST, "cpu")), [], r"work\.burn$")
    assert "(its source is not at hand)" in without


def test_what_matches_nothing_or_is_no_pattern_says_so() -> None:
    ours = _shown(profile(NEWEST, "cpu"))
    with pytest.raises(ProfileError, match="no function matches 'nothing'; top lists them"):
        tree_text(ours, ProfileRequest(), "nothing")
    with pytest.raises(ProfileError, match=r"'\(' is no regular expression"):
        list_text(ours, [], "(")


def test_a_share_is_written_as_pprof_writes_it() -> None:
    assert [share(1, 3), share(3, 3), share(1, 2000), share(-1, 2), share(1, 0)] == [
        *("33.33%", "  100%", " 0.05%", "50.00%", "    0%")
    ]
