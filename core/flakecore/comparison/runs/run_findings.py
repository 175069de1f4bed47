"""``flags``: a condition that the failures of a test go with, over all runs of the bundle.

Speaks where the manifest lists several runs under different conditions and the failures of this
very test are divided by one of them as chance hardly would (``association``). It is associated,
told with its counts, and a circumstance: what to try, and no cause. Silent where no run passed,
where all conditions are alike, and where few runs leave it to chance.

Example: 15 of 15 runs failed with GOMAXPROCS=1, 0 of 25 without.
Counterexample: one of two runs failed, under another setting than the one that passed.
"""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.comparison.runs.association import Association, associations
from flakecore.comparison.runs.run import Run
from flakecore.diagnosis import Certainty, Evidence, Finding, Weight
from flakecore.timeline import Case, Failure

RUN_RULES = frozenset({"flags"})
"""The ids of rules that compare runs."""
_MOST = 3
"""Conditions of one failure that are told, the surest first."""


def run_findings(case: Case, failure: Failure, runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Return which conditions the failures of a test go with, the surest first.

    Args:
        case: the case of the failure.
        failure: one of its failures.
        runs: the runs of its bundle; nothing is found in fewer than two.
    """
    if failure.test < 0 or len(runs) < 2:
        return ()
    name = f"{case.package}.{failure.test_name}" if case.package else failure.test_name
    found = associations(runs, lambda run: name in run.failed)
    return tuple(_finding(failure, each, len(runs)) for each in found[:_MOST])


def _finding(failure: Failure, found: Association, runs: int) -> Finding:
    return Finding(
        rule="flags",
        claim=found.sentence(),
        certainty=Certainty.ASSOCIATED,
        weight=Weight.CIRCUMSTANCE,
        test=failure.test,
        evidence=(
            Evidence(f"the manifest has {runs} runs with their conditions and outcomes", None, 0),
        ),
        next=f"run it with {found.words} and without; collect --replay takes the settings over",
    )
