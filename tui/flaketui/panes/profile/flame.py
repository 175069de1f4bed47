"""What the Profile pane draws of one profile: a tree of calls, and the rows of a table beside it.

It is made once for a profile and a way to look at it; keys then only zoom and choose in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flakecore.frames import is_own, package_of
from flakecore.pprof import (
    CallTree,
    Granularity,
    Nodes,
    NodeTotals,
    Profile,
    ProfileFrame,
    both_sides,
    call_tree,
    difference,
    is_go,
    node_totals,
    nodes_by,
)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FlameLook:
    """A way to look at a profile.

    Attributes:
        granularity: what counts as one frame: functions or lines.
        inverted: callees on top, callers below them.
        around: the function whose callers stand above it and whose callees below; "" for none.
    """

    granularity: Granularity = Granularity.FUNCTIONS
    inverted: bool = False
    around: str = ""


@dataclass(frozen=True)
class Flame:
    """A profile as a tree.

    Attributes:
        profile: what it is of: the samples of both sides, those compared with negative.
        nodes: what its frames fall into.
        tree: of its stacks.
        totals: of its nodes.
        unit: of its values.
        compared: whether it is a difference.
        around: the function that the tree begins with; "" for that of whole stacks.
        callers: the tree of what calls that function, from it outward; None for whole stacks.
    """

    profile: Profile
    nodes: Nodes
    tree: CallTree
    totals: NodeTotals
    unit: str
    compared: bool
    around: str = ""
    callers: CallTree | None = None

    @property
    def total(self) -> int:
        """How wide the whole is: the larger of both sides of a difference."""
        return int(self.tree.weight[0])

    @cached_property
    def shade_of_node(self) -> NDArray[np.int8]:
        """(nodes,) 0 for one's own code, 1 for a library's, 2 for the standard library's."""
        stacks = self.profile.stacks
        frames = (stacks.profile_frame(at) for at in self.nodes.first.tolist())
        return np.array([_shade(frame) for frame in frames], np.int8)

    @cached_property
    def package_of_node(self) -> NDArray[np.int64]:
        """(nodes,) a number for the package of each node."""
        stacks = self.profile.stacks
        known: dict[str, int] = {}
        names = (
            package_of(stacks.profile_frame(int(at)).function) for at in self.nodes.first.tolist()
        )
        return np.array([known.setdefault(name, len(known)) for name in names], np.int64)

    def order(self, *, cumulative: bool) -> list[int]:
        """Return the nodes of the table, the largest first."""
        return self._by_all if cumulative else self._by_own

    @cached_property
    def _by_own(self) -> list[int]:
        return self.totals.order(self.nodes.names)

    @cached_property
    def _by_all(self) -> list[int]:
        return self.totals.order(self.nodes.names, cumulative=True)

    def widest(self, node: int) -> int:
        """Return the widest frame of the tree that is of a node; 0 where there is none."""
        found = np.flatnonzero(self.tree.node == node)
        return int(found[np.argmax(self.tree.weight[found])]) if len(found) else 0

    def matching(self, needle: str) -> NDArray[np.bool_]:
        """Return (nodes,) whether each name holds a text, in any case; nothing for ""."""
        if not needle:
            return np.zeros(len(self.nodes), np.bool_)
        low = needle.lower()
        return np.array([low in name for name in self._low_names], np.bool_)

    @cached_property
    def _low_names(self) -> list[str]:
        return [name.lower() for name in self.nodes.names]

    def share_matching(self, wanted: NDArray[np.bool_]) -> float:
        """Return which share of the whole passes through any of some nodes."""
        stacks = self.profile.stacks
        hits = np.concatenate([[0], np.cumsum(wanted[self.nodes.of_frame[stacks.frame]])])
        through = hits[stacks.offsets[1:]] > hits[stacks.offsets[:-1]]
        values = np.abs(self.profile.stack_values(self.profile.default_type))
        return float(values[through].sum() / max(int(values.sum()), 1))

    def function_of(self, node: int) -> str:
        """Return the name of the function that a node is of, without its line."""
        functions = self.profile.stacks.functions
        return functions.names[int(self.profile.stacks.frames.function[self.nodes.first[node]])]

    def path(self, at: int) -> list[int]:
        """Return the frames from the root to one, the root first."""
        found = [at]
        while self.tree.parent[found[-1]] >= 0:
            found.append(int(self.tree.parent[found[-1]]))
        return found[::-1]


def make_flame(profile: Profile, look: FlameLook, base: Profile | None = None) -> Flame:
    """Return a profile as a tree, beside another one where it is compared with that."""
    both, values, was = profile, profile.stack_values(profile.default_type), None
    if base is not None:
        both = difference(profile, base)
        column = both.default_type
        is_base = both.values[:, column] < 0
        values, was = (np.zeros(len(both.stacks), np.int64) for _ in range(2))
        np.add.at(was, both.stack_of_sample[is_base], -both.values[is_base, column])
        np.add.at(values, both.stack_of_sample[~is_base], both.values[~is_base, column])
    stacks = both.stacks
    nodes = nodes_by(stacks, look.granularity)
    totals = node_totals(stacks, values if was is None else values - was, nodes)
    unit = both.sample_types[both.default_type].unit
    if not look.around:
        tree = call_tree(stacks, values, nodes, base=was, inverted=look.inverted)
        return Flame(both, nodes, tree, totals, unit, was is not None)
    sides = both_sides(stacks, look.around)
    values, was = values[sides.row], was[sides.row] if was is not None else None
    tree = call_tree(sides.callees, values, nodes, base=was)
    callers = call_tree(sides.callers, values, nodes, base=was, inverted=True)
    return Flame(both, nodes, tree, totals, unit, was is not None, look.around, callers)


def _shade(frame: ProfileFrame) -> int:
    if not is_go(frame.function):
        return 2
    if is_own(frame):
        return 0
    return 1 if "." in package_of(frame.function).partition("/")[0] else 2
