"""Cycles of a directed graph: its strongly connected components, and a shortest way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import TypeVar

_N = TypeVar("_N")
_TRIED = 64
"""Nodes from which a way round is looked for."""


def components(graph: Mapping[_N, Set[_N]]) -> Iterator[list[_N]]:
    """Yield the strongly connected components of a graph (Tarjan 1972), without recursion.

    Args:
        graph: the nodes that an edge leads to from each; those that are no key are left out.
    """
    index: dict[_N, int] = {}
    low: dict[_N, int] = {}
    stack: list[_N] = []
    on_stack: set[_N] = set()
    work: list[tuple[_N, Iterator[_N]]] = []

    def enter(node: _N) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        work.append((node, iter(graph[node])))

    for start in graph:
        if start not in index:
            enter(start)
        while work:
            node, following = work[-1]
            step = next((each for each in following if each in graph), None)
            if step is None:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == index[node]:
                    yield _component(stack, on_stack, node)
            elif step not in index:
                enter(step)
            elif step in on_stack:
                low[node] = min(low[node], index[step])


def _component(stack: list[_N], on_stack: set[_N], root: _N) -> list[_N]:
    """Take the nodes of a component, whose root was reached first, from the stack."""
    found = []
    while True:
        node = stack.pop()
        on_stack.discard(node)
        found.append(node)
        if node == root:
            return found


def shortest_cycle(graph: Mapping[int, Set[int]], inside: Sequence[int]) -> tuple[int, ...]:
    """Return a shortest way round through the first node that has one, from that node on.

    Args:
        graph: the nodes that an edge leads to from each.
        inside: the nodes that are looked at, in order.

    Returns:
        The nodes of the cycle, one if it leads to itself; all of ``inside`` where none is found.
    """
    allowed = frozenset(inside)
    for start in inside[:_TRIED]:
        came: dict[int, int] = {}
        level = [start]
        while level and start not in came:
            following = []
            for node in level:
                for each in sorted((graph[node] & allowed) - came.keys()):
                    came[each] = node
                    following.append(each)
            level = following
        if start in came:
            path = [came[start]]
            while path[-1] != start:
                path.append(came[path[-1]])
            return tuple(reversed(path))
    return tuple(inside)
