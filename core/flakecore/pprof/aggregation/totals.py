"""What nodes and the calls between them add up to, as ``go tool pprof`` adds them up.

A stack counts once for each node that it passes through, and once for each pair of caller and
callee, however often it does. A function that calls itself is no caller of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.pprof.aggregation.nodes import Nodes
from flakecore.pprof.stack_columns import Ints, StackColumns
from flakecore.profile_native.rows import Calls, add_calls, add_cumulative

_TILE = 1 << 15
_TABLE_BITS = 17
"""Four entries for each pair of a tile, and small enough for the processor's cache."""
_MULTIPLIER = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class NodeTotals:
    """What each node adds up to.

    Attributes:
        flat: (nodes,) int64, of the stacks whose innermost frame it is.
        cumulative: (nodes,) int64, of the stacks with it anywhere.
    """

    flat: Ints
    cumulative: Ints

    def order(self, names: tuple[str, ...], *, cumulative: bool = False) -> list[int]:
        """Return the nodes that are not nothing, the largest first, as pprof lists them."""
        mainly, then = self.cumulative.tolist(), self.flat.tolist()
        if not cumulative:
            mainly, then = then, mainly
        found = np.flatnonzero((self.flat != 0) | (self.cumulative != 0)).tolist()
        found.sort(key=lambda node: (-abs(mainly[node]), names[node], -abs(then[node])))
        return found


class CallTotals(Calls):
    """What passes from callers to callees, and the calls of one node in order."""

    __slots__ = ()

    def into(self, node: int) -> list[int]:
        """Return the calls of one node by others, largest first."""
        return self._largest(self.callee == node)

    def out_of(self, node: int) -> list[int]:
        """Return the calls that one node makes, largest first."""
        return self._largest(self.caller == node)

    def _largest(self, chosen: NDArray[np.bool_]) -> list[int]:
        found = np.flatnonzero(chosen)
        order = np.argsort(-np.abs(self.value[found]), kind="stable")
        calls: list[int] = found[order].tolist()
        return calls


def node_totals(stacks: StackColumns, values: Ints, nodes: Nodes) -> NodeTotals:
    """Return what each node adds up to.

    Args:
        stacks: of a profile.
        values: (stacks,) what each stack adds up to.
        nodes: what the frames fall into.
    """
    flat = np.zeros(len(nodes), np.int64)
    innermost = stacks.innermost()
    filled = innermost >= 0
    np.add.at(flat, nodes.of_frame[innermost[filled]], values[filled])
    added = add_cumulative(stacks.frame, stacks.offsets, nodes.of_frame, values, len(nodes))
    if added is not None:
        return NodeTotals(flat, added)
    cumulative = np.zeros(len(nodes), np.int64)
    node = nodes.of_frame[stacks.frame]
    for row, at in once_a_row(stacks.offsets, node, len(nodes)):
        np.add.at(cumulative, node[at], values[row])
    return NodeTotals(flat, cumulative)


def call_totals(stacks: StackColumns, values: Ints, nodes: Nodes) -> CallTotals:
    """Return what passes between nodes; arguments as those of ``node_totals``."""
    added = add_calls(stacks.frame, stacks.offsets, nodes.of_frame, stacks.frames.location, values)
    if added is not None:
        some = added.value != 0
        return CallTotals(*(column[some] for column in added))
    row = stacks.row_of_each()
    node = nodes.of_frame[stacks.frame]
    inner = np.flatnonzero((row[1:] == row[:-1]) & (node[1:] != node[:-1]))
    pairs = node[inner + 1].astype(np.int64) * max(len(nodes), 1) + node[inner]
    distinct, pair = np.unique(pairs, return_inverse=True)
    callee, caller = stacks.frame[inner], stacks.frame[inner + 1]
    location = stacks.frames.location
    outside = (location[callee] != location[caller]) | (caller != callee + 1)
    inlined = np.ones(len(distinct), np.bool_)
    inlined[pair[outside]] = False
    offsets = np.searchsorted(inner, stacks.offsets)
    value = np.zeros(len(distinct), np.int64)
    for caller_row, at in once_a_row(offsets, pair, len(distinct)):
        np.add.at(value, pair[at], values[caller_row])
    some = value != 0
    return CallTotals(
        (distinct // max(len(nodes), 1)).astype(np.int32)[some],
        (distinct % max(len(nodes), 1)).astype(np.int32)[some],
        value[some],
        inlined[some],
    )


def once_a_row(
    offsets: Ints, number: NDArray[np.signedinteger], count: int
) -> Iterator[tuple[Ints, Ints]]:
    """Yield rows and places, some rows at a time, so that each number counts once in its row.

    Numbers go into a small table by a hash of row and number, all of a tile at once; who finds
    itself there counts, who finds its equal does not, and who finds another tries again.

    Args:
        offsets: (rows + 1,) where each row's numbers begin.
        number: 0 to ``count - 1``.
        count: how many numbers there are.
    """
    table = np.zeros(1 << _TABLE_BITS, np.int32)
    shift = np.uint64(64 - _TABLE_BITS)
    at, rows = 0, len(offsets) - 1
    while at < rows:
        begin = int(offsets[at])
        stop = max(at + 1, int(np.searchsorted(offsets, begin + _TILE, side="right")) - 1)
        marks = np.zeros(int(offsets[stop]) - begin + 1, np.int32)
        np.add.at(marks, offsets[at + 1 : stop] - begin, 1)
        row = np.cumsum(marks[:-1], dtype=np.int32)
        key = row * np.int64(count) + number[begin : offsets[stop]]
        place = (key.view(np.uint64) * np.uint64(_MULTIPLIER) >> shift).astype(np.int32)
        waiting = np.arange(len(key), dtype=np.int32)
        while len(waiting):
            where = place[waiting]
            table[where] = waiting
            winner = table[where]
            kept = waiting[winner == waiting]
            yield row[kept] + np.int64(at), kept + np.int64(begin)
            waiting = waiting[key[winner] != key[waiting]]
        at = stop
