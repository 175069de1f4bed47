"""A profile's stacks as one tree: what a flame graph draws.

Each level is made from the one above it in a few steps over columns: the frames of all stacks at
one depth, grouped by the tree node that they hang from and by what they are. So nodes are numbered
level by level, and children of one parent stand side by side, the widest first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flakecore.pprof.aggregation.nodes import Nodes
from flakecore.pprof.stack_columns import Indices, Ints, StackColumns


@dataclass(frozen=True, slots=True)
class CallTree:
    """A tree of calls; every column (tree nodes,), level by level.

    Node 0 is the root, which stands for all stacks and has no function.

    Attributes:
        parent: int32; -1 for the root.
        node: int32, index in ``Nodes`` of what is called; -1 for the root.
        depth: int32; 0 for the root.
        value: int64, what passes through it: the sum of its children's and of its own.
        own: int64, what ends in it.
        base: int64, what passed through it in what is compared with; 0 where nothing is.
        weight: int64, how wide it is: the larger of what it is and was, with all that hangs from
            it. At least the sum of its children's.
        start: int64, where it begins, in units of weight, from the left edge of the root.
        levels: (levels + 1,) where each level begins.
    """

    parent: Indices
    node: Indices
    depth: Indices
    value: Ints
    own: Ints
    base: Ints
    weight: Ints
    start: Ints
    levels: Ints

    def __len__(self) -> int:
        return len(self.parent)

    def children(self, of: int) -> tuple[int, int]:
        """Return the first child of a node and the one behind its last."""
        level = int(self.depth[of]) + 1
        if level + 1 >= len(self.levels):
            return 0, 0
        begin, end = int(self.levels[level]), int(self.levels[level + 1])
        parents = self.parent[begin:end]
        first, last = np.searchsorted(parents, [of, of + 1])
        return begin + int(first), begin + int(last)


def call_tree(
    stacks: StackColumns,
    values: Ints,
    nodes: Nodes,
    *,
    base: Ints | None = None,
    inverted: bool = False,
) -> CallTree:
    """Return the tree of some stacks.

    Args:
        stacks: of a profile.
        values: (stacks,) what each adds up to; stacks that are nothing, and were, are left out.
        nodes: what the frames fall into.
        base: (stacks,) what each was in the profile that this one is compared with.
        inverted: callees on top: what ends a stack is its root.
    """
    was = base if base is not None else np.zeros(len(stacks), np.int64)
    row = np.flatnonzero((values != 0) | (was != 0))
    begin, depth = stacks.offsets[:-1][row], stacks.depths[row]
    first = begin if inverted else begin + depth - 1
    step = 1 if inverted else -1
    hangs = np.zeros(len(row), np.int64)
    parents, called = [np.array([-1])], [np.array([-1])]
    levels, count, level = [0, 1], 1, 0
    last = np.zeros(len(row), np.int64)
    alive = np.arange(len(row))
    while len(alive := alive[depth[alive] > level]):
        what = nodes.of_frame[stacks.frame[first[alive] + step * level]]
        key = hangs[alive] * max(len(nodes), 1) + what
        distinct, place = np.unique(key, return_inverse=True)
        parents.append(distinct // max(len(nodes), 1))
        called.append(distinct % max(len(nodes), 1))
        hangs[alive] = count + place
        last[alive] = count + place
        count += len(distinct)
        levels.append(count)
        level += 1
    parent, node = np.concatenate(parents), np.concatenate(called)
    own, own_base = np.zeros((2, count), np.int64)
    np.add.at(own, last, values[row])
    np.add.at(own_base, last, was[row])
    return _laid_out(parent, node, own, own_base, np.array(levels, np.int64))


def _laid_out(parent: Ints, node: Ints, own: Ints, own_base: Ints, levels: Ints) -> CallTree:
    """Return the tree with sums, widths and places, each parent's children widest first."""
    value, base = own.copy(), own_base.copy()
    weight = np.maximum(np.abs(own), np.abs(own_base))
    inner = list(zip(levels[1:-1].tolist(), levels[2:].tolist(), strict=True))
    for begin, end in reversed(inner):
        for column in (value, base, weight):
            np.add.at(column, parent[begin:end], column[begin:end])
    # A new place for every node: its parent's place, then its width.
    place = np.zeros(len(parent), np.int64)
    order = np.arange(len(parent))
    start = np.zeros(len(parent), np.int64)
    for begin, end in inner:
        above = place[parent[begin:end]]
        chosen = np.lexsort((node[begin:end], -weight[begin:end], above)) + begin
        order[begin:end] = chosen
        place[chosen] = np.arange(begin, end)
        wide = weight[chosen]
        ends = np.cumsum(wide)
        of = parent[chosen]
        heads = np.flatnonzero(np.diff(of, prepend=-1))
        shift = np.repeat((ends - wide)[heads], np.diff(np.append(heads, len(of))))
        start[chosen] = start[of] + ends - wide - shift
    depth = np.repeat(np.arange(len(levels) - 1), np.diff(levels))
    above = np.where(parent[order] >= 0, place[parent[order]], -1)
    return CallTree(
        above.astype(np.int32),
        node[order].astype(np.int32),
        depth.astype(np.int32),
        value[order],
        own[order],
        base[order],
        weight[order],
        start[order],
        levels,
    )
