"""The profiles of one kind that a run took one after another, a row of text each."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.report.hotspots import format_value
from flakecore.report.profile.profile_signals import growing
from flakecore.report.profile.series_rows import series_measure, series_rows
from flakecore.timeline import CaseProfile
from flakecore.times import format_duration


def series_text(series: Sequence[CaseProfile], measure: str = "") -> str:
    """Return when each was taken, its total, the change since the one before, and what grew most.

    Args:
        series: at least one, in the order they were taken, all of one kind.
        measure: which sample type; "" for what is alive of a heap, else the profiles' own choice.
    """
    counted = series_measure(series, measure)
    unit = counted.unit
    lines = [
        f"{series[0].kind}: {counted.kind} ({unit}), {len(series):,} profiles",
        f"{'no.':>4} {'after':>8} {'total':>10} {'change':>10}  grew most",
    ]
    for each in series_rows(series, measure):
        after = format_duration(each.after_ns) if each.after_ns >= 0 else "?"
        change = format_value(each.change, unit) if each.change is not None else ""
        grew = f"{each.grew} {format_value(each.grown, unit)}" if each.grew else ""
        total = format_value(each.total, unit)
        lines.append(f"{each.number:>4} {after:>8} {total:>10} {change:>10}  {grew}".rstrip())
    lines += [f"! {sentence}" for sentence in growing(series)]
    return "".join(f"{line}\n" for line in lines)
