"""Where the time went that an assertion found too long, by the trace of the run."""

from __future__ import annotations

import re

import numpy as np
import pytest

from diagnosis.assertion_runs import Told, case_of, check_causes, found_on
from diagnosis.checked_findings import explain
from diagnosis.program_runs import RELEASES, failure_of
from flakecore.bundle import open_bundle
from flakecore.gotrace import State
from flakecore.timeline import load_cases
from flakecore.timeline.sources import Sources, bundled_sources
from flakecore.times import MILLISECOND
from program import SAMPLE
from toolchains import NEWEST


def _itself(test: str, asks: str, mark: str, enough: str = "; a busy machine is enough") -> str:
    return (
        f"test-itself, inferred: {test} measures wall time: it fails if {asks} (@{mark}-fails)"
        f"{enough} [fails @{mark}-fails; reads @{mark}-took]"
    )


LOG: Told = {
    "TestWaitsForTheLock": [_itself("TestWaitsForTheLock", "took > limit", "lock")],
    "TestSleepsTooLong": [_itself("TestSleepsTooLong", "took >= limit", "sleep")],
    "TestWaitsForTheAnswer": [_itself("TestWaitsForTheAnswer", "elapsed > limit", "answer")],
    "TestStarves": [_itself("TestStarves", "took > limit", "starve")],
}
ITSELF: Told = {
    "TestComputes": [_itself("TestComputes", "took > limit", "compute")],
    "TestComesTooEarly": [_itself("TestComesTooEarly", "took < time.Second", "early", "")],
    "TestSaysNoTime": [_itself("TestSaysNoTime", "took > limit", "silent")],
}
WENT = {
    "TestWaitsForTheLock": (
        "deadline-missed, inferred: Ga of TestWaitsForTheLock waited (mutex) for T at "
        "@get-locks, ended by Gb [waits @get-locks]"
    ),
    "TestSleepsTooLong": (
        "deadline-missed, inferred: Ga of TestSleepsTooLong was asleep for T at @sleeps "
        "[waits @sleeps]"
    ),
    "TestWaitsForTheAnswer": (
        "deadline-missed, inferred: Ga of TestWaitsForTheAnswer waited (chan receive) for T "
        "at @answer-waits, ended by Gb [waits @answer-waits]"
    ),
    "TestStarves": (
        "starved, inferred: Ga of TestStarves was ready without a proc for T; Gb "
        "(TestStarves.func1) had T of the procs []"
    ),
}


@pytest.mark.parametrize("release", RELEASES)
def test_what_took_most_of_the_time_is_told_and_running_is_no_cause(release: str) -> None:
    traced = {test: [went, *LOG[test]] for test, went in WENT.items()}
    check_causes("measured_time", release, traced | ITSELF, LOG | ITSELF, set())


def test_of_time_spent_computing_the_shares_are_a_fact() -> None:
    """On a busy machine it is ready without a proc besides, once for 45 % of the time."""
    case = case_of("measured_time", NEWEST)
    failure, (finding,) = failure_of(case, "TestComputes"), found_on(case)["TestComputes"]
    (fact,) = (each.text for each in finding.evidence if "until it failed" in each.text)
    told = re.fullmatch(r"G\d+ in the ([\d.]+)ms until it failed: .*\brunning (\d+)%.*", fact)
    assert told is not None, fact
    assert case.trace is not None
    states = case.trace.goroutines.of(failure.goroutine)
    window_ns = float(told[1]) * MILLISECOND
    within = np.minimum(states.end, failure.at_ns) - np.maximum(
        states.start, failure.at_ns - window_ns
    )
    ran = np.maximum(within, 0)[states.state == State.RUNNING].sum()
    assert int(told[2]) == pytest.approx(100 * ran / window_ns, abs=1)


def test_procs_that_stand_idle_beside_a_ready_goroutine_lack_processors() -> None:
    with open_bundle(SAMPLE) as bundle:
        (case,) = load_cases(bundle)
        sources = Sources(
            go_version=case.go_version, package=case.package, bundled=bundled_sources(bundle)
        )
        (failure,) = (
            each for each in case.failures if each.test_name == "TestRenderStaysWithinBudget"
        )
        cause, itself = explain(case, failure, sources, bundle.manifest)
    assert cause.claim == (
        "G19 of TestRenderStaysWithinBudget was ready without a proc for 4.17ms of 6.28ms; "
        "2 processors serve 4 procs"
    )
    assert cause.evidence[1].text == (
        "in 4.17ms of that the procs ran: nothing 51%, TestArchiveForgets 25%, "
        "the collector's workers 25%"
    )
    assert itself.rule == "test-itself"
