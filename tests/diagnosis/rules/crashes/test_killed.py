"""Test binaries that a signal ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_bundles import failure_of
from diagnosis.program_runs import RELEASES
from diagnosis.rules.panics import panicked, the_finding_on
from flakecore.bundle import Manifest
from flakecore.diagnosis import Certainty, explain
from toolchains import NEWEST


def test_the_signal_is_told_as_go_says_it() -> None:
    finding = the_finding_on("TestKilled")
    assert (finding.rule, finding.certainty) == ("killed", Certainty.SEEN)
    assert finding.claim == "The process was ended by a signal while TestKilled ran: killed"


def test_want_of_memory_is_inferred_from_the_kernels_count_alone() -> None:
    run = panicked("TestKilled")
    host = replace(Manifest().host, oom_kills=1, cgroup_memory_bytes=512 << 20)
    failure = failure_of(run, "TestKilled")
    (finding,) = explain(run.case, failure, manifest=Manifest(host=host))
    assert finding.certainty is Certainty.INFERRED
    assert finding.claim == (
        "Killed while TestKilled ran: the kernel killed 1 process for want of memory of 512 MiB"
    )


def test_an_exit_of_its_own_is_not_told_as_a_kill() -> None:
    run = panicked("TestWantsAnError")
    assert explain(run.case, run.case.failures[0]) == ()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize(
    ("test", "signal"),
    [("TestKilled", "killed"), ("TestTerminated", "terminated"), ("TestHungUp", "hangup")],
)
def test_each_signal_is_told_as_go_says_it(
    test: str, signal: str, of: object, release: str
) -> None:
    assert callable(of)
    ((finding,),) = found_on(of("environment", release, f"-run=^{test}$")).values()
    assert finding.claim == f"The process was ended by a signal while {test} ran: {signal}"
    assert (finding.rule, finding.certainty) == ("killed", Certainty.SEEN)


@pytest.mark.parametrize("test", ["TestCatches", "TestChildIsKilled", "TestExits"])
def test_a_signal_that_did_not_end_the_process_is_not_told(test: str) -> None:
    for of in (case_of, case_of_log):
        (found,) = found_on(of("environment", NEWEST, f"-run=^{test}$")).values()
        assert "killed" not in {each.rule for each in found}
