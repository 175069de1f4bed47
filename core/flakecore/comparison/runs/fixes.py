"""What runs without a failure prove of a fix."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flakecore.bundle import Manifest, attempt_to_replay
from flakecore.comparison.runs.rates import rate_sentence
from flakecore.comparison.statistics import (
    chance_of_none,
    highest_rate_of_none,
    p_shown,
    wilson_interval,
)

_SURE = 0.05
"""Probability that runs pass by chance alone, from which down they prove a fix."""


def fix_sentences(before: Manifest, after: Manifest) -> tuple[str, ...]:
    """Return what runs under the settings of a failure prove of a fix.

    How often it failed before is counted over the runs under the same settings; the order of the
    tests, which differs from run to run, aside.

    Args:
        before: of the bundle with the failure.
        after: of the runs with the fix, under the settings of that failure.
    """
    failing = attempt_to_replay(before)
    runs, failures = len(after.attempts), sum(bool(each.exit_code) for each in after.attempts)
    if failing is None or not runs:
        return ()
    wanted = _without_order(before, failing.number)
    alike = [each for each in before.attempts if _without_order(before, each.number) == wanted]
    failed_before = sum(bool(each.exit_code) for each in alike)
    then = f"{failed_before:,} of {len(alike):,}"
    if failures:
        return (
            f"Not fixed: failed {rate_sentence(failures, runs)} under the settings that failed"
            f" {then} before.",
        )
    high = 100 * highest_rate_of_none(runs)
    now = f"No failure in {runs:,} runs: it fails in less than {high:.2g} % of them (95 %)."
    if len(alike) == failed_before:
        return (
            now,
            f"Before, {then} runs under these settings failed: how rare it was is not known.",
        )
    chance = chance_of_none(failed_before / len(alike), runs)
    begin = f"At the rate before, {then}, as many runs would pass with p = {p_shown(chance)}"
    if chance > _SURE:
        return now, f"{begin}: too few runs to tell a fix from luck."
    low, high = wilson_interval(failed_before, len(alike))
    at_least = chance_of_none(low, runs)
    if at_least <= _SURE:
        return now, f"{begin}, and at the least rate that fits those with {p_shown(at_least)}."
    needed = math.ceil(math.log(_SURE) / math.log1p(-low))
    return (
        now,
        f"{begin}. But these few runs fit rates from {100 * low:.2g} to {100 * high:.2g} %, and at"
        f" the least of them p = {p_shown(at_least)}: --verify-fix {needed:,} would tell.",
    )


def _without_order(manifest: Manifest, number: int) -> tuple[object, ...]:
    """Return the settings of an attempt but for the seed of its order."""
    (settings,) = (each.settings for each in manifest.attempts if each.number == number)
    names: Sequence[str] = [name for name in settings.__slots__ if name != "shuffle"]
    return tuple(getattr(settings, name) for name in names)
