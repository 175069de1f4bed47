"""The sentences that a hunt ends with: how its conditions were chosen, what failures go with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakecore.bundle import Manifest

_TESTS = 3
"""Tests of which it is printed what their failures go with, those that failed most often first."""
_EACH = 2
"""Conditions, and things that happened, that are printed of each."""


def hunted_sentences(bundle: Path, manifest: Manifest) -> Iterator[str]:
    """Yield what is printed of many runs; nothing of a single one.

    Args:
        bundle: the bundle that was written.
        manifest: its manifest.
    """
    from flakecore.bundle import open_bundle
    from flakecore.comparison import failure_rates, rate_sentence, recorded_runs

    if manifest.runs < 2:
        return
    if not manifest.failures:
        yield f"No run failed: {rate_sentence(0, manifest.runs)}"
        return
    if manifest.seed and not all(each.drawn for each in manifest.attempts):
        yield _how_conditions_were_chosen(manifest)
    if manifest.seed and manifest.failures == 1:
        yield (
            "one failure does not tell what it goes with: --until-fail 5 goes on, every other run"
            " under what failed before"
        )
    with open_bundle(bundle) as opened:
        rates = failure_rates(recorded_runs(opened))
    for rate in rates[:_TESTS]:
        name = rate.name.rpartition("/")[2].partition(".")[2] or rate.name
        yield f"{name} failed {rate.sentence()}"
        for condition in rate.goes_with[:_EACH]:
            yield f"associated: {name}: {condition.sentence()}"
        for found in rate.predicates[:_EACH]:
            yield f"associated: {name}: {found.sentence()}"


def _how_conditions_were_chosen(manifest: Manifest) -> str:
    drawn = sum(each.drawn for each in manifest.attempts)
    return (
        f"{drawn:,} of {len(manifest.attempts):,} runs drew their conditions evenly, which tells"
        " how often it fails and with what; the others ran beside them, or under those that had"
        " fitted the failures best"
    )
