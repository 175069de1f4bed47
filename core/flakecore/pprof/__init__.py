"""Where did time, memory and waiting go? Profiles in; samples by stack out."""

from __future__ import annotations

from flakecore.pprof.aggregation.allocation_share import HALF, AllocationShare, allocation_share
from flakecore.pprof.aggregation.call_tree import CallTree, call_tree
from flakecore.pprof.aggregation.growing_sites import (
    GROWTH_LEAST,
    PROFILES_LEAST,
    GrowingSite,
    alive_by_line,
    growing_sites,
    grows_steadily,
)
from flakecore.pprof.aggregation.nodes import Granularity, Nodes, nodes_by
from flakecore.pprof.aggregation.own_places import is_go, own_frames
from flakecore.pprof.aggregation.sandwich import BothSides, both_sides
from flakecore.pprof.aggregation.totals import CallTotals, NodeTotals, call_totals, node_totals
from flakecore.pprof.combine import difference, grand_total, merged
from flakecore.pprof.filters import Filter, filtered, label_text, with_samples
from flakecore.pprof.formats.decode import read_profile
from flakecore.pprof.formats.encode import encoded
from flakecore.pprof.formats.folded import folded
from flakecore.pprof.formats.text_profiles import has_names
from flakecore.pprof.profile import Label, Profile, ValueType, profile_kind
from flakecore.pprof.stack_columns import ProfileFrame, StackColumns, stacks_of

__all__ = [
    "GROWTH_LEAST",
    "HALF",
    "PROFILES_LEAST",
    "AllocationShare",
    "BothSides",
    "CallTotals",
    "CallTree",
    "Filter",
    "Granularity",
    "GrowingSite",
    "Label",
    "NodeTotals",
    "Nodes",
    "Profile",
    "ProfileFrame",
    "StackColumns",
    "ValueType",
    "alive_by_line",
    "allocation_share",
    "both_sides",
    "call_totals",
    "call_tree",
    "difference",
    "encoded",
    "filtered",
    "folded",
    "grand_total",
    "growing_sites",
    "grows_steadily",
    "has_names",
    "is_go",
    "label_text",
    "merged",
    "node_totals",
    "nodes_by",
    "own_frames",
    "profile_kind",
    "read_profile",
    "stacks_of",
    "with_samples",
]
