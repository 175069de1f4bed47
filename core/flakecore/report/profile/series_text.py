"""The profiles of one kind that a run took one after another, a row each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flakecore.pprof import Granularity, Profile, difference, node_totals, nodes_by
from flakecore.report.hotspots import format_value
from flakecore.report.profile.profile_signals import growing
from flakecore.timeline import CaseProfile
from flakecore.timeline.profiles.profile_series import taken_ns
from flakecore.times import format_duration


def series_text(series: Sequence[CaseProfile], measure: str = "") -> str:
    """Return when each was taken, its total, the change since the one before, and what grew most.

    Args:
        series: at least one, in the order they were taken, all of one kind.
        measure: which sample type; "" for the profiles' own choice.
    """
    first = series[0].profile
    column = max(first.column_of(measure), 0)
    counted = first.sample_types[column]
    lines = [
        f"{series[0].kind}: {counted.kind} ({counted.unit}), {len(series):,} profiles",
        f"{'no.':>4} {'after':>8} {'total':>10} {'change':>10}  grew most",
    ]
    before: Profile | None = None
    begun = next(filter(None, map(taken_ns, series)), 0)
    for number, each in enumerate(series, 1):
        total = int(each.profile.values[:, column].sum())
        taken = taken_ns(each)
        after = format_duration(taken - begun) if taken else "?"
        change, grew = "", ""
        if before is not None and before.sample_types == each.profile.sample_types:
            change = format_value(total - int(before.values[:, column].sum()), counted.unit)
            grew = _grew_most(each.profile, before, column)
        row = f"{number:>4} {after:>8} {format_value(total, counted.unit):>10} {change:>10}  {grew}"
        lines.append(row.rstrip())
        before = each.profile
    lines += [f"! {sentence}" for sentence in growing(series)]
    return "".join(f"{line}\n" for line in lines)


def _grew_most(new: Profile, old: Profile, column: int) -> str:
    """Return the function whose own value grew most; "" where none grew."""
    change = difference(new, old, labelled=False)
    nodes = nodes_by(change.stacks, Granularity.FUNCTIONS)
    flat = node_totals(change.stacks, change.stack_values(column), nodes).flat
    if not len(flat) or int(flat.max()) <= 0:
        return ""
    most = int(np.argmax(flat))
    return f"{nodes.names[most]} {format_value(int(flat[most]), new.sample_types[column].unit)}"
