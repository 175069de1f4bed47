"""What features there are, in which unit, and from which value on they are suspicious."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FeatureVerdict(StrEnum):
    """How a value stands to the thresholds of its feature."""

    USUAL = "usual"
    UNUSUAL = "unusual"
    """Outside the usual range, and below what is suspicious."""
    SUSPICIOUS = "suspicious"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature.

    Attributes:
        id: its name in every format.
        unit: ``ns``, ``ratio``, ``count`` or ``1/s``; "" for a number without one.
        meaning: what it is, in one line.
        usual: the lowest and the highest value that is usual; None where nothing is known.
        suspicious: the value above which it is suspicious; None where nothing is known.
    """

    id: str
    unit: str
    meaning: str
    usual: tuple[float, float] | None = None
    suspicious: float | None = None

    def verdict(self, value: float | None) -> FeatureVerdict | None:
        """Return how a value stands to the thresholds; None without a value or thresholds."""
        if value is None or self.usual is None or self.suspicious is None:
            return None
        if value > self.suspicious:
            return FeatureVerdict.SUSPICIOUS
        return (
            FeatureVerdict.USUAL
            if self.usual[0] <= value <= self.usual[1]
            else FeatureVerdict.UNUSUAL
        )


FEATURES: tuple[Feature, ...] = (
    Feature(
        "goroutine_count_variance",
        "",
        "variance of the number of live goroutines, sampled after each change of it",
        (0.0, 8.5),
        12.0,
    ),
    Feature(
        "gc_pause_ratio",
        "ratio",
        "time in which the collector stopped the world, of the wall time",
        (0.0, 0.032),
        0.05,
    ),
    Feature(
        "syscall_latency_skew",
        "",
        "Pearson's second skewness of the durations of system calls: 3 (mean - median) / deviation",
        (-0.8, 0.9),
        1.2,
    ),
    Feature(
        "goroutine_count_variance_by_time",
        "",
        "variance of the number of live goroutines, weighted by how long each number lasted",
    ),
    Feature("goroutines_peak", "count", "most goroutines that lived at once"),
    Feature(
        "goroutines_left", "count", "goroutines that outlived their test, or of tests the trace"
    ),
    Feature("waits_never_ended", "count", "waits that nothing had ended when the trace stopped"),
    Feature("longest_wait_ns", "ns", "longest wait of one goroutine"),
    Feature("blocked_share", "ratio", "time that goroutines waited, of the time that they lived"),
    Feature("runnable_p99_ns", "ns", "99th percentile of how long goroutines waited for a proc"),
    Feature("runnable_share", "ratio", "time waiting for a proc, of that and the time running"),
    Feature("cpu_share", "ratio", "time that goroutines ran, of the time of all procs"),
    Feature("procs_used", "count", "procs that ran a goroutine"),
    Feature("preemptions", "count", "times that a goroutine was made to leave its proc"),
    Feature("steals", "count", "procs taken from threads in system calls"),
    Feature("stw_max_ns", "ns", "longest stop of the world, whatever the reason"),
    Feature("gc_cycles", "count", "collections that began"),
    Feature(
        "assist_share",
        "ratio",
        "time of assists to the collector, waits within them included, by the time running",
    ),
    Feature("lines", "count", "lines of output"),
    Feature("lines_per_s", "1/s", "lines of output a second"),
    Feature("overlapping_tests", "count", "other tests that ran at the same time"),
    Feature("elapsed_ns", "ns", "how long it took"),
    Feature("budget_share", "ratio", "how long it took, of the limit of the run"),
)
"""All features but the waits by reason, the first three in front: those with thresholds."""

BLOCKED_PREFIX = "blocked_share:"
"""Begins the id of a feature for each reason to wait: ``blocked_share:chan receive``."""


def feature_named(name: str) -> Feature:
    """Return a feature by its id.

    Raises:
        KeyError: there is none.
    """
    if name.startswith(BLOCKED_PREFIX):
        reason = name.removeprefix(BLOCKED_PREFIX)
        return Feature(name, "ratio", f"time that goroutines waited ({reason}), of their lives")
    return _BY_ID[name]


_BY_ID = {feature.id: feature for feature in FEATURES}
