"""Frames are as wide as their share at every zoom, and no cell is given twice."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flakecore.pprof import CallTree, Granularity, call_tree, nodes_by
from flaketui.panes.profile.flame_cells import FlameCells
from pprof.made import Sample, profile_of, samples


def _tree(made: list[Sample], *, inverted: bool = False) -> CallTree:
    ours = profile_of(made)
    nodes = nodes_by(ours.stacks, Granularity.FUNCTIONS)
    return call_tree(ours.stacks, ours.stack_values(1), nodes, inverted=inverted)


@given(samples.filter(bool), st.booleans(), st.integers(1, 200), st.data())
def test_widths_add_up_at_every_zoom(
    made: list[Sample], inverted: bool, width: int, data: st.DataObject
) -> None:
    tree = _tree(made, inverted=inverted)
    zoom = data.draw(st.integers(0, len(tree) - 1))
    cells = FlameCells(tree, zoom, width)
    whole = int(tree.weight[zoom])
    for depth in range(cells.count):
        row = cells.row(depth)
        assert (row.begin >= 0).all() and (row.end <= width).all()
        assert (row.end > row.begin).all() and (row.begin[1:] >= row.end[:-1]).all()
        if depth < len(cells.path):
            assert (row.frame.tolist(), int(row.end[0])) == ([cells.path[depth]], width)
            continue
        exact = tree.weight[row.frame] * width / whole
        assert (np.abs(row.end - row.begin - exact) <= 1).all()
        for frame, begin, end in zip(row.frame, row.begin, row.end, strict=True):
            above = cells.row(depth - 1)
            around = np.flatnonzero(above.frame == tree.parent[frame])
            assert (above.begin[around] <= begin).all() and (above.end[around] >= end).all()


@given(samples.filter(bool), st.integers(1, 200), st.data())
def test_every_frame_that_reaches_an_edge_between_cells_is_drawn(
    made: list[Sample], width: int, data: st.DataObject
) -> None:
    tree = _tree(made)
    zoom = data.draw(st.integers(0, len(tree) - 1))
    cells = FlameCells(tree, zoom, width)
    left, scale = int(tree.start[zoom]), width / int(tree.weight[zoom])
    for depth in range(len(cells.path), cells.count):
        begin, end = tree.levels[depth : depth + 2].tolist()
        expected = []
        for frame in range(begin, end):
            start = int(tree.start[frame]) - left
            x, until = (
                math.floor(at * scale + 1e-9) for at in (start, start + int(tree.weight[frame]))
            )
            if 0 <= start < tree.weight[zoom] and until > x:
                expected.append((frame, x, until))
        row = cells.row(depth)
        columns = (row.frame.tolist(), row.begin.tolist(), row.end.tolist())
        assert list(zip(*columns, strict=True)) == expected


def test_a_caller_whose_callees_fill_it_is_filled_to_its_last_cell() -> None:
    from flakecore.pprof import ProfileFrame

    root = ProfileFrame("p.main", "a.go", 1)
    made: list[Sample] = [
        ((ProfileFrame(f"p.f{n}", "a.go", n), root), (), (1, 1)) for n in range(1, 8)
    ]
    for width in (7, 10, 80, 81):
        row = FlameCells(_tree(made), 0, width).row(2)
        assert (row.end - row.begin).sum() == width
        assert row.at(0) == row.frame[0] and row.at(width) == -1


def test_only_rows_that_can_be_seen_are_counted() -> None:
    tree = _tree([])
    assert FlameCells(tree, 0, 80).depth_used() == 1
