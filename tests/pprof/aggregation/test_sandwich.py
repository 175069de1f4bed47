"""Callers and callees of a function each hold every stack through it once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.pprof import Granularity, both_sides, call_tree, node_totals, nodes_by
from pprof.made import Sample, profile_of, samples
from pprof.profiles import KINDS, profile
from toolchains import NEWEST


@given(samples, st.integers(0, 5))
def test_a_stack_is_cut_at_the_outermost_frame_of_the_function(
    made: list[Sample], number: int
) -> None:
    ours, function = profile_of(made), f"example.com/p.f{number}"
    sides = both_sides(ours.stacks, function)
    whole = [stack for stack in ours.stacks if function in [each.function for each in stack]]
    assert [ours.stacks[row] for row in sides.row.tolist()] == whole
    for stack, callers, callees in zip(whole, sides.callers, sides.callees, strict=True):
        assert callers[0] == callees[-1] and (*callees, *callers[1:]) == stack
        assert [each.function for each in callers].count(function) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_both_sides_add_up_to_what_passes_through_the_function(kind: str) -> None:
    ours = profile(NEWEST, kind)
    nodes = nodes_by(ours.stacks, Granularity.FUNCTIONS)
    values = ours.stack_values(ours.default_type)
    cumulative = node_totals(ours.stacks, values, nodes).cumulative.tolist()
    found = Counter[str]()
    for function in nodes.names:
        sides = both_sides(ours.stacks, function)
        for stacks, inverted in ((sides.callers, True), (sides.callees, False)):
            tree = call_tree(stacks, values[sides.row], nodes, inverted=inverted)
            found[function] += int(tree.value[0])
            assert {nodes.names[at] for at in tree.node[tree.depth == 1]} <= {function}
    assert found == {name: 2 * value for name, value in zip(nodes.names, cumulative, strict=True)}
