"""A tree of calls holds every stack once, and no node is narrower than what hangs from it."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flakecore.pprof import CallTree, Granularity, Nodes, call_tree, folded, nodes_by
from pprof.made import Sample, profile_of, samples
from pprof.profiles import profile


def _paths(tree: CallTree, nodes: Nodes) -> dict[tuple[str, ...], tuple[int, int, int]]:
    """Return value, own value and base value of each path from the root."""
    paths: list[tuple[str, ...]] = [()]
    for at in range(1, len(tree)):
        paths.append((*paths[tree.parent[at]], nodes.names[tree.node[at]]))
    rows = zip(tree.value.tolist(), tree.own.tolist(), tree.base.tolist(), strict=True)
    return dict(zip(paths, rows, strict=True))


def _lies_within(tree: CallTree) -> bool:
    """Return whether siblings touch, the widest first, and none reaches past its parent."""
    for at in range(len(tree)):
        begin, end = tree.children(at)
        widths = tree.weight[begin:end]
        starts = tree.start[at] + np.cumsum(widths) - widths
        inside = widths.sum() <= tree.weight[at] and (tree.parent[begin:end] == at).all()
        if not (
            inside and (np.diff(widths) <= 0).all() and (tree.start[begin:end] == starts).all()
        ):
            return False
    return True


@given(samples, samples, st.booleans())
def test_every_path_has_the_sum_of_the_stacks_through_it(
    made: list[Sample], before: list[Sample], inverted: bool
) -> None:
    ours = profile_of([*made, *before])
    split = len(made)
    nodes = nodes_by(ours.stacks, Granularity.FUNCTIONS)
    values, base = np.zeros((2, len(ours.stacks)), np.int64)
    np.add.at(values, ours.stack_of_sample[:split], ours.values[:split, 1])
    np.add.at(base, ours.stack_of_sample[split:], ours.values[split:, 1])
    tree = call_tree(ours.stacks, values, nodes, base=base, inverted=inverted)
    expected: dict[tuple[str, ...], list[int]] = {(): [0, 0, 0]}
    for column, rows in ((0, made), (2, before)):
        for stack, _, (_, value) in rows:
            calls = tuple(frame.function for frame in (stack if inverted else stack[::-1]))
            for depth in range(len(calls) + 1):
                expected.setdefault(calls[:depth], [0, 0, 0])[column] += value
            if column == 0:
                expected[calls][1] += value
    assert _paths(tree, nodes) == {path: tuple(sums) for path, sums in expected.items()}
    assert _lies_within(tree)


def test_a_tree_of_a_real_profile_is_as_wide_as_its_total(release: str, kind: str) -> None:
    ours = profile(release, kind)
    values = ours.stack_values(ours.default_type)
    nodes = nodes_by(ours.stacks, Granularity.FUNCTIONS)
    for inverted in (False, True):
        tree = call_tree(ours.stacks, values, nodes, inverted=inverted)
        assert tree.weight[0] == tree.value[0] == values.sum()
        assert tree.own.sum() == values.sum()
        assert _lies_within(tree)


def test_nothing_makes_a_tree_of_its_root_alone() -> None:
    ours = profile_of([])
    tree = call_tree(ours.stacks, np.zeros(0, np.int64), nodes_by(ours.stacks, Granularity.LINES))
    assert (len(tree), tree.children(0)) == (1, (0, 0))


@given(samples)
def test_folded_stacks_name_each_stack_from_the_outermost_call(made: list[Sample]) -> None:
    ours = profile_of(made)
    nodes = nodes_by(ours.stacks, Granularity.FUNCTIONS)
    found = Counter[str]()
    for line in folded(ours.stacks, ours.stack_values(1), nodes):
        stack, _, value = line.rpartition(" ")
        found[stack] += int(value)
    expected = Counter[str]()
    for calls, _, (_, nanoseconds) in made:
        expected[";".join(frame.function for frame in reversed(calls))] += nanoseconds
    assert found == expected
