"""Features as text: the three with thresholds and their verdicts first, then the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.comparison import FEATURES, Feature, FeatureVerdict, ScopeFeatures, feature_named
from flakecore.report.features.feature_rows import CaseFeatures
from flakecore.times import format_duration

_JUDGED = FEATURES[:3]
_TESTS = 50
"""Tests that are listed; the other formats hold all."""


def render_feature_text(found: Sequence[CaseFeatures], *, in_full: bool = False) -> bytes:
    """Return features as text in UTF-8.

    Args:
        found: those of each case.
        in_full: every feature of every test, and not only those with thresholds.
    """
    lines: list[str] = []
    for case in found:
        attempt = f", attempt {case.attempt}" if case.attempt else ""
        lines += [f"{case.package or 'a run'}{attempt}", ""]
        if not case.rows:
            lines += ["  no such test in it", ""]
        tests = [row for row in case.rows if row.name]
        for row in case.rows:
            if row.name and not in_full and len(case.rows) > 1:
                continue
            lines += [*([f"  {row.name}"] if row.name else []), *_in_full(row), ""]
        if tests and not in_full and len(case.rows) > 1:
            lines += [*_table(tests), ""]
    return "\n".join(lines).encode()


def value_words(feature: Feature, value: float | None) -> str:
    """Return a value in the unit of its feature, for a person."""
    if value is None:
        return "–"
    if feature.unit == "ns":
        return format_duration(round(value))
    if feature.unit == "ratio":
        return f"{value:.2%}"
    if feature.unit == "count":
        return f"{round(value):,}"
    return f"{value:,.2f}"


def threshold(feature: Feature) -> str:
    """Return what is usual and what is suspicious of a feature; "" where nothing is known."""
    if feature.usual is None or feature.suspicious is None:
        return ""
    if feature.unit == "ratio":
        low, high, above = (f"{100 * each:g} %" for each in (*feature.usual, feature.suspicious))
    else:
        low, high, above = (f"{each:g}" for each in (*feature.usual, feature.suspicious))
    return f"usual {low} to {high}, suspicious above {above}"


def _in_full(row: ScopeFeatures) -> Iterator[str]:
    names = [feature.id for feature in FEATURES if feature.id in row.values]
    names += sorted(set(row.values) - set(names))
    width = max(map(len, names), default=0)
    for name in names:
        feature, value = feature_named(name), row.values[name]
        verdict = feature.verdict(value)
        limits = threshold(feature)
        beside = f"{verdict or 'unknown'} ({limits})" if limits else feature.meaning
        yield f"    {name:{width}}  {value_words(feature, value):>9}  {beside}"


def _table(rows: Sequence[ScopeFeatures]) -> Iterator[str]:
    """Return a line for each test with the features that have thresholds; suspicious ones first."""
    ordered = sorted(rows, key=lambda row: -_suspicious(row))
    columns = ("count var.", "GC pauses", "syscall skew")
    yield "  By test, those with suspicious values (!) first:"
    yield f"    {columns[0]:>11} {columns[1]:>11} {columns[2]:>13}  test"
    for row in ordered[:_TESTS]:
        cells = []
        for feature in _JUDGED:
            value = row.values.get(feature.id)
            mark = "!" if feature.verdict(value) is FeatureVerdict.SUSPICIOUS else " "
            cells.append(f"{value_words(feature, value)}{mark}")
        yield f"    {cells[0]:>11} {cells[1]:>11} {cells[2]:>13}  {row.name}"
    if len(ordered) > _TESTS:
        yield f"    … {len(ordered) - _TESTS:,} more tests; --test NAME, --all or another format"


def _suspicious(row: ScopeFeatures) -> int:
    return sum(
        feature.verdict(row.values.get(feature.id)) is FeatureVerdict.SUSPICIOUS
        for feature in _JUDGED
    )
