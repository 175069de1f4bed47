"""Processor time that went into the scheduler or the collector is told; work is not."""

from __future__ import annotations

import re

import pytest

from diagnosis.checked_findings import explain_passed
from diagnosis.program_bundles import check_found, collected_program
from flakecore.diagnosis import Finding, Weight
from flakecore.diagnosis.rules.signals.cpu_shares import RULE

pytestmark = pytest.mark.needs_go


def _found(test: str) -> tuple[Finding, ...]:
    run = collected_program("cpu_shares", "--no-race", "-run", test)
    assert run.case.trace is not None
    assert len(run.case.trace.annotations.samples.time) >= 200
    return tuple(one for one in explain_passed(run.case) if one.rule in RULE.ids)


@pytest.mark.slow
def test_threads_that_hand_over_spend_their_time_in_the_scheduler() -> None:
    found = _found("TestHandsOver")
    claim = (
        r"Sleeping, waking and the scheduler took (\d+)% of the processor time"
        r" \(more than 40%\)"
    )
    check_found("scheduler-share", found, claim)
    (finding,) = found
    assert finding.weight is Weight.CIRCUMSTANCE
    told = re.fullmatch(claim, finding.claim)
    assert told is not None
    assert int(told[1]) > 40
    assert "CPU samples of the trace" in finding.evidence[0].text


@pytest.mark.slow
def test_a_collector_at_work_all_the_time_is_told() -> None:
    found = [one for one in _found("TestCollects") if one.rule == "gc-share"]
    check_found("gc-share", found, r"Collecting garbage took .*")


@pytest.mark.slow
def test_a_loop_that_computes_is_not() -> None:
    for rule in RULE.ids:
        check_found(rule, [one for one in _found("TestWorks") if one.rule == rule])
