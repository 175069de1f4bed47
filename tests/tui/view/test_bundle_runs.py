"""What is known of the runs of the bundle that is open."""

from __future__ import annotations

from flakecore.bundle import open_bundle
from flaketui.view.bundle_runs import bundle_runs
from program import SAMPLE


def test_a_single_run_is_none_to_count() -> None:
    with open_bundle(SAMPLE) as bundle:
        known = bundle_runs(bundle)
    assert (known.runs, known.rates) == ((), ())
    assert known.manifest is not None
