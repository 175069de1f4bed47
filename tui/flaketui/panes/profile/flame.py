"""What the Profile pane draws of one profile: a tree of calls, and the rows of a table beside it.

It is made once for a profile and a way to look at it; keys then only zoom and choose in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flakecore.pprof import (
    CallTree,
    Granularity,
    Nodes,
    NodeTotals,
    Profile,
    both_sides,
    call_tree,
)
from flaketui.panes.profile.flame_nodes import FlameNodes, flame_nodes

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
        of: the nodes of its frames.
        tree: of its stacks.
        around: the function that the tree begins with; "" for that of whole stacks.
        callers: the tree of what calls that function, from it outward; None for whole stacks.
    """

    of: FlameNodes
    tree: CallTree
    around: str = ""
    callers: CallTree | None = None

    @property
    def profile(self) -> Profile:
        """What it is of: the samples of both sides, those compared with negative."""
        return self.of.profile

    @property
    def nodes(self) -> Nodes:
        """What its frames fall into."""
        return self.of.nodes

    @property
    def totals(self) -> NodeTotals:
        """What the nodes add up to, the tree's own stacks or not."""
        return self.of.totals

    @property
    def unit(self) -> str:
        """The unit of its values."""
        return self.profile.sample_types[self.profile.default_type].unit

    @property
    def compared(self) -> bool:
        """Whether it is a difference."""
        return self.of.base is not None

    @property
    def total(self) -> int:
        """How wide the whole is: the larger of both sides of a difference."""
        return int(self.tree.weight[0])

    def order(self, *, cumulative: bool) -> tuple[int, ...]:
        """Return the nodes of the table, the largest first."""
        return self.of.by_all if cumulative else self.of.by_own

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

    def path(self, at: int) -> list[int]:
        """Return the frames from the root to one, the root first."""
        found = [at]
        while self.tree.parent[found[-1]] >= 0:
            found.append(int(self.tree.parent[found[-1]]))
        return found[::-1]


def make_flame(profile: Profile, look: FlameLook, base: Profile | None = None) -> Flame:
    """Return a profile as a tree, beside another one where it is compared with that."""
    return flame_of(flame_nodes(profile, look.granularity, base), look)


def flame_of(of: FlameNodes, look: FlameLook) -> Flame:
    """Return the tree of a profile whose nodes are known, which are of the look's granularity."""
    stacks = of.profile.stacks
    if not look.around:
        tree = call_tree(stacks, of.values, of.nodes, base=of.base, inverted=look.inverted)
        return Flame(of, tree)
    sides = both_sides(stacks, look.around)
    values, was = of.values[sides.row], of.base[sides.row] if of.base is not None else None
    tree = call_tree(sides.callees, values, of.nodes, base=was)
    callers = call_tree(sides.callers, values, of.nodes, base=was, inverted=True)
    return Flame(of, tree, look.around, callers)
