"""Totals of nodes, and of calls between them, are those of ``go tool pprof`` on real profiles."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from flakecore.pprof import (
    Granularity,
    Nodes,
    NodeTotals,
    Profile,
    call_totals,
    difference,
    grand_total,
    node_totals,
    nodes_by,
    read_profile,
)
from flakecore.pprof.aggregation.totals import once_a_row
from pprof.profiles import KINDS, looked_up_by, pprof, profile, written_by
from toolchains import NEWEST, RELEASES, go_toolchain

_ROW = re.compile(
    r"^ *(-?\d+)(?:ns|B)? +\S+% +\S+% +(-?\d+)(?:ns|B)? +\S+%  (.+?)(?: \((?:partial-)?inline\))?$",
    re.MULTILINE,
)
_NODE = re.compile(r" *(-?\d+)(?:ns|B)? +\S+% +\S+% +(-?\d+)(?:ns|B)? +\S+% +\| (.+)")
_CALL = re.compile(r" *(-?\d+)(?:ns|B)? +\S+% \|   (.+?)( \(inline\))?")
_UNITS = {"nanoseconds": "ns", "bytes": "B", "count": "count"}
_WHOLE = ("-nodecount=0", "-nodefraction=0", "-edgefraction=0")

Calls = Counter[tuple[str, str, int, bool]]


def _totals(ours: Profile, column: int, granularity: Granularity) -> tuple[Nodes, NodeTotals]:
    nodes = nodes_by(ours.stacks, granularity)
    # We name a frame without a function by its address, pprof does not name it.
    named = ("<unknown>" if name.startswith("0x") else name for name in nodes.names)
    nodes = replace(nodes, names=tuple(named))
    return nodes, node_totals(ours.stacks, ours.stack_values(column), nodes)


def _check_top(data: bytes, granularity: Granularity = Granularity.FUNCTIONS) -> None:
    ours = read_profile(data, name="x")
    for column, counted in enumerate(ours.sample_types):
        listing = pprof(
            data,
            "-top",
            *_WHOLE,
            f"-{granularity}",
            f"-unit={_UNITS[counted.unit]}",
            f"-sample_index={counted.kind}",
        )
        theirs = [(row[3], int(row[1]), int(row[2])) for row in _ROW.finditer(listing)]
        assert bool(theirs) == bool(ours.values[:, column].any())
        nodes, totals = _totals(ours, column, granularity)
        order = totals.order(nodes.names)
        assert [
            (nodes.names[node], int(totals.flat[node]), int(totals.cumulative[node]))
            for node in order
        ] == theirs


def _check_calls(data: bytes) -> None:
    ours = read_profile(data, name="x")
    counted = ours.sample_types[ours.default_type]
    listing = pprof(data, "-peek=.", f"-unit={_UNITS[counted.unit]}")
    nodes, totals = _totals(ours, ours.default_type, Granularity.FUNCTIONS)
    calls = call_totals(ours.stacks, ours.stack_values(ours.default_type), nodes)
    blocks = listing.split("-" * 58 + "+" + "-" * 13 + "\n")[2:]
    seen = 0
    for block in filter(None, blocks):
        lines = block.splitlines()
        (at,) = (place for place, line in enumerate(lines) if _NODE.fullmatch(line))
        found = _NODE.fullmatch(lines[at])
        assert found is not None
        node = nodes.names.index(found[3])
        assert (totals.flat[node], totals.cumulative[node]) == (int(found[1]), int(found[2]))
        callers = [(nodes.names[calls.caller[call]], call) for call in calls.into(node)]
        callees = [(nodes.names[calls.callee[call]], call) for call in calls.out_of(node)]
        for rows, mine in ((lines[:at], callers), (lines[at + 1 :], callees)):
            theirs = Counter(_call(row) for row in rows)
            assert theirs == Counter(
                (name, int(calls.value[call]), bool(calls.inlined[call])) for name, call in mine
            )
        seen += 1
    assert seen == len(totals.order(nodes.names)) > 0


def _call(row: str) -> tuple[str, int, bool]:
    found = _CALL.fullmatch(row)
    assert found is not None, row
    return found[2], int(found[1]), bool(found[3])


@pytest.mark.parametrize("granularity", [each for each in Granularity if each != "files"])
@pytest.mark.slow
def test_nodes_add_up_to_what_go_tool_pprof_adds_up(kind: str, granularity: Granularity) -> None:
    _check_top(written_by(NEWEST)[kind], granularity)


def test_a_file_is_one_node_where_go_tool_pprof_has_one_for_each_function(kind: str) -> None:
    data = written_by(NEWEST)[kind]
    ours = read_profile(data, name="x")
    counted = ours.sample_types[-1]
    listing = pprof(data, "-top", *_WHOLE, "-files", f"-unit={_UNITS[counted.unit]}")
    flat = Counter[str]()
    for row in _ROW.finditer(listing):
        flat[row[3]] += int(row[1])
    nodes, totals = _totals(ours, ours.default_type, Granularity.FILES)
    assert len(set(nodes.names)) == len(nodes)
    assert {n: int(f) for n, f in zip(nodes.names, totals.flat, strict=True) if f} == +flat


def test_calls_add_up_to_what_go_tool_pprof_adds_up(kind: str) -> None:
    _check_calls(written_by(NEWEST)[kind])


@pytest.mark.slow
@pytest.mark.parametrize("older", RELEASES[:-1])
def test_totals_of_every_release_are_those_of_go_tool_pprof(older: str) -> None:
    for kind in KINDS:
        _check_top(written_by(older)[kind])
        _check_top(written_by(older)[kind], Granularity.LINES)
        _check_calls(written_by(older)[kind])


def _check_looked_up(release: str) -> None:
    found = looked_up_by(release)
    assert found.keys() >= {"allocs", "goroutine", "heap"}
    for data in found.values():
        _check_top(data)
        _check_top(data, Granularity.LINES)
        _check_calls(data)


@pytest.mark.slow
def test_totals_of_kinds_without_a_flag_are_those_of_go_tool_pprof() -> None:
    assert looked_up_by(NEWEST).keys() >= {"goroutineleak", "threadcreate"}
    _check_looked_up(NEWEST)


@pytest.mark.slow
@pytest.mark.parametrize("older", RELEASES[:-1])
def test_totals_of_kinds_without_a_flag_in_every_release(older: str) -> None:
    _check_looked_up(older)


def test_the_function_that_burns_time_is_on_top(release: str) -> None:
    nodes, totals = _totals(profile(release, "cpu"), 1, Granularity.FUNCTIONS)
    # On a busy machine the runtime's own preemption may be above it.
    named = (nodes.names[node] for node in totals.order(nodes.names))
    first = next(name for name in named if not name.startswith("runtime."))
    assert first in ("example.com/work.burn", "example.com/work.step")


def test_the_function_that_allocates_is_on_top(release: str) -> None:
    ours = profile(release, "mem")
    nodes, totals = _totals(ours, ours.default_type, Granularity.FUNCTIONS)
    first = totals.order(nodes.names)[0]
    assert nodes.names[first] == "example.com/work.allocate"
    # It allocates 64 MB, of which a profile holds an estimate from samples of 512 kB.
    assert totals.flat[first] == pytest.approx(64 << 20, rel=0.1)


def test_a_number_counts_once_in_each_row_of_any_length() -> None:
    source = np.random.default_rng(7)
    row = np.sort(source.integers(0, 40, 300_000)).astype(np.int32)
    row[100_000:250_000] = row[100_000]
    row.sort()
    number = source.integers(0, 900, len(row)).astype(np.int32)
    offsets = np.searchsorted(row, np.arange(41))
    counted = [
        (each, int(number[place]))
        for rows, places in once_a_row(offsets, number, 900)
        for each, place in zip(rows.tolist(), places.tolist(), strict=True)
    ]
    assert len(counted) == len(set(counted))
    assert set(counted) == set(zip(row.tolist(), number.tolist(), strict=True))


@pytest.mark.parametrize("name", ["devirtualize/devirt", "inline/inline_hot"])
def test_totals_of_profiles_that_come_with_go_are_those_of_go_tool_pprof(name: str) -> None:
    source = go_toolchain().parents[1] / "src/cmd/compile/internal/test/testdata/pgo"
    data = (source / f"{name}.pprof").read_bytes()
    _check_top(data)
    _check_top(data, Granularity.LINES)
    _check_calls(data)


def test_a_difference_adds_up_to_what_go_tool_pprof_makes_of_it(kind: str) -> None:
    data, base = written_by(NEWEST)[kind], written_by("1.22.10")[kind]
    change = difference(read_profile(data, name="x"), read_profile(base, name="y"))
    unit = _UNITS[change.sample_types[change.default_type].unit]
    listing = pprof(data, "-top", *_WHOLE, f"-unit={unit}", base=base)
    nodes, totals = _totals(change, change.default_type, Granularity.FUNCTIONS)
    assert [
        (nodes.names[node], int(totals.flat[node]), int(totals.cumulative[node]))
        for node in totals.order(nodes.names)
    ] == [(row[3], int(row[1]), int(row[2])) for row in _ROW.finditer(listing)]
    total = grand_total(change, change.default_type)
    assert re.search(rf"of {total}(?:ns|B)? total", listing)
