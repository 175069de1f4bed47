"""The runs of the bundle that is open, with what failed how often in them."""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.bundle import Bundle, Manifest
from flakecore.comparison import FailureRate, Run, failure_rates, recorded_runs


@dataclass(frozen=True, slots=True)
class BundleRuns:
    """What a manifest lists of several runs.

    Attributes:
        runs: in the order they began; empty for a single run.
        rates: what failed in any of them, the most frequent first.
        manifest: what is recorded of the capture; None if nothing is.
    """

    runs: tuple[Run, ...] = ()
    rates: tuple[FailureRate, ...] = ()
    manifest: Manifest | None = None


def bundle_runs(bundle: Bundle) -> BundleRuns:
    """Return the runs of a bundle with their rates; takes a while for thousands of them."""
    runs = recorded_runs(bundle)
    return BundleRuns(runs, failure_rates(runs), bundle.manifest)
