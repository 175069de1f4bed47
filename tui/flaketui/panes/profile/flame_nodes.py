"""What the frames of a profile fall into, and what each of them adds up to.

It is worked out once for a profile and a granularity, by a thread where the profile is large: each
way to look at it shares this, so that no key waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.frames import is_own, package_of
from flakecore.pprof import (
    Granularity,
    Nodes,
    NodeTotals,
    Profile,
    ProfileFrame,
    difference,
    is_go,
    node_totals,
    nodes_by,
)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FlameNodes:
    """The nodes of a profile, or of the difference of two.

    Attributes:
        profile: what they are of: the samples of both sides, those compared with negative.
        values: (stacks,) what each stack adds up to.
        base: (stacks,) what each was in what is compared with; None where nothing is.
        nodes: what its frames fall into.
        totals: of the nodes.
        functions: (nodes,) name of the function that each is of, without its line.
        shade: (nodes,) 0 for one's own code, 1 for a library's, 2 for the standard library's.
        package: (nodes,) a number for the package of each.
        by_own: the nodes of the table, what ends most stacks first.
        by_all: the same, what is passed through most first.
    """

    profile: Profile
    values: Ints
    base: Ints | None
    nodes: Nodes
    totals: NodeTotals
    functions: tuple[str, ...]
    shade: NDArray[np.int8]
    package: Ints
    by_own: tuple[int, ...]
    by_all: tuple[int, ...]


def flame_nodes(
    profile: Profile, granularity: Granularity, base: Profile | None = None
) -> FlameNodes:
    """Return the nodes of a profile, beside another one where it is compared with that."""
    both, values, was = profile, profile.stack_values(profile.default_type), None
    if base is not None:
        both = difference(profile, base)
        column = both.default_type
        is_base = both.values[:, column] < 0
        values, was = (np.zeros(len(both.stacks), np.int64) for _ in range(2))
        np.add.at(was, both.stack_of_sample[is_base], -both.values[is_base, column])
        np.add.at(values, both.stack_of_sample[~is_base], both.values[~is_base, column])
    nodes = nodes_by(both.stacks, granularity)
    totals = node_totals(both.stacks, values if was is None else values - was, nodes)
    frames = [both.stacks.profile_frame(at) for at in nodes.first.tolist()]
    packages: dict[str, int] = {}
    numbers = [packages.setdefault(package_of(each.function), len(packages)) for each in frames]
    return FlameNodes(
        profile=both,
        values=values,
        base=was,
        nodes=nodes,
        totals=totals,
        functions=tuple(each.function for each in frames),
        shade=np.array([_shade(frame) for frame in frames], np.int8),
        package=np.array(numbers, np.int64),
        by_own=tuple(totals.order(nodes.names)),
        by_all=tuple(totals.order(nodes.names, cumulative=True)),
    )


def _shade(frame: ProfileFrame) -> int:
    if not is_go(frame.function):
        return 2
    if is_own(frame):
        return 0
    return 1 if "." in package_of(frame.function).partition("/")[0] else 2
