"""Components and cycles of graphs, held against plain reachability."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flakecore.diagnosis.objects.cycles import components, shortest_cycle

NODES = st.integers(0, 7)
GRAPHS = st.dictionaries(NODES, st.frozensets(NODES, max_size=3), max_size=8)


def _reached(graph: dict[int, frozenset[int]], start: int) -> set[int]:
    found: set[int] = set()
    level = {start}
    while level:
        level = {each for node in level for each in graph[node] if each in graph} - found
        found |= level
    return found


@given(GRAPHS)
def test_a_component_is_what_can_reach_each_other(graph: dict[int, frozenset[int]]) -> None:
    found = [frozenset(each) for each in components(graph)]
    assert sorted(node for each in found for node in each) == sorted(graph)
    reach = {node: _reached(graph, node) for node in graph}
    for group in found:
        for node in graph:
            both = all(node in reach[one] and one in reach[node] for one in group)
            assert (node in group) == (both or group == {node})


@given(GRAPHS)
def test_a_shortest_cycle_leads_back_to_its_first_node(graph: dict[int, frozenset[int]]) -> None:
    for group in components(graph):
        inside = sorted(group)
        cycle = shortest_cycle(graph, inside)
        loops = len(group) > 1 or inside[0] in graph[inside[0]]
        if loops:
            following = (*cycle[1:], cycle[0])
            assert all(b in graph[a] for a, b in zip(cycle, following, strict=True))
            assert len(set(cycle)) == len(cycle)
        else:
            assert cycle == tuple(inside)


def test_a_long_chain_takes_no_recursion() -> None:
    graph = {node: frozenset((node + 1,)) for node in range(50_000)}
    graph[50_000] = frozenset((0,))
    (group,) = components(graph)
    assert len(group) == 50_001
