"""Where did time, memory and waiting go? Profiles in; samples by stack out."""

from __future__ import annotations

from flakecore.pprof.allocation_share import HALF, AllocationShare, allocation_share
from flakecore.pprof.call_tree import CallTree, call_tree
from flakecore.pprof.combine import difference, grand_total, merged
from flakecore.pprof.decode import read_profile
from flakecore.pprof.encode import encoded
from flakecore.pprof.filters import Filter, filtered, label_text, with_samples
from flakecore.pprof.folded import folded
from flakecore.pprof.nodes import Granularity, Nodes, nodes_by
from flakecore.pprof.own_places import is_go, own_frames
from flakecore.pprof.profile import Label, Profile, ValueType, profile_kind
from flakecore.pprof.sandwich import BothSides, both_sides
from flakecore.pprof.stack_columns import ProfileFrame, StackColumns, stacks_of
from flakecore.pprof.text_profiles import has_names
from flakecore.pprof.totals import CallTotals, NodeTotals, call_totals, node_totals

__all__ = [
    "HALF",
    "AllocationShare",
    "BothSides",
    "CallTotals",
    "CallTree",
    "Filter",
    "Granularity",
    "Label",
    "NodeTotals",
    "Nodes",
    "Profile",
    "ProfileFrame",
    "StackColumns",
    "ValueType",
    "allocation_share",
    "both_sides",
    "call_totals",
    "call_tree",
    "difference",
    "encoded",
    "filtered",
    "folded",
    "grand_total",
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
