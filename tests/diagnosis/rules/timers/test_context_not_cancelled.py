"""Goroutines left waiting for a context that nobody can cancel, of tests that passed."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of
from diagnosis.checked_findings import explain_passed
from diagnosis.program_runs import PROGRAMS, RELEASES, told
from diagnosis.rule_table import record_tests
from flakecore.timeline.sources import Sources
from toolchains import NEWEST

SHAPE = "lost_cancels"
TOLD = {
    "TestDropsItsCancel": (
        "Ga waits for ctx.Done() at @dropped-waits: nobody calls the cancel of @dropped"
        " [waits @dropped-waits; created @dropped]"
    ),
    "TestForgetsItsCancel": (
        "Ga waits for ctx.Done() at @wait-waits: nobody calls the cancel of @assigned"
        " [waits @wait-waits; created @assigned]"
    ),
    "TestServerIsNeverStopped": (
        "Ga waits for ctx.Done() at @server-waits: nobody calls the cancel of @server"
        " [waits @server-waits; created @server]"
    ),
    "TestPollerIsNeverStopped": (
        "Ga waits for ctx.Done() at @poller-waits: nobody calls the cancel of @poller"
        " [waits @poller-waits; created @poller]"
    ),
    "TestFollowsItsOwn": (
        "Ga waits for ctx.Done() at @follow-waits: only its own defer calls the cancel of @follow"
        " [waits @follow-waits; created @follow]"
    ),
    "TestWatchesItsOwn": (
        "Ga waits for ctx.Done() at @watches-waits: only its own defer calls the cancel of @watches"
        " [waits @watches-waits; created @watches]"
    ),
    "TestHoldsItsLease": (
        "Ga waits for ctx.Done() at @term-waits: only its own defer calls the cancel of @term"
        " [waits @term-waits; created @term]"
    ),
    "TestWatcherIsNeverHalted": (
        "Ga waits for ctx.Done() at @watcher-waits: nobody calls the cancel of @watcher"
        " [waits @watcher-waits; created @watcher]"
    ),
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_cancel_that_nobody_keeps_is_told_with_who_waits_for_it(release: str) -> None:
    case = case_of(SHAPE, release)
    assert case.failures == ()
    sources = Sources(package=case.package, working=PROGRAMS / SHAPE)
    found = {
        case.tests[each.test].name: told(each)
        for each in explain_passed(case, sources)
        if each.rule == "context-not-cancelled"
    }
    expected = {test: f"context-not-cancelled, inferred: {text}" for test, text in TOLD.items()}
    tests = [each.name for each in case.tests]
    record_tests(
        "context-not-cancelled",
        SHAPE,
        "trace and source",
        *({test: [of[test]] if test in of else [] for test in tests} for of in (expected, found)),
    )
    assert found == expected


def test_without_the_source_it_is_not_told() -> None:
    found = explain_passed(case_of(SHAPE, NEWEST))
    assert "context-not-cancelled" not in {each.rule for each in found}
