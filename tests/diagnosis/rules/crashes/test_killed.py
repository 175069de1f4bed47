"""Test binaries that a signal ended."""

from __future__ import annotations

from dataclasses import replace

from diagnosis.program_bundles import failure_of
from diagnosis.rules.panics import panicked, the_finding_on
from flakecore.bundle import Manifest
from flakecore.diagnosis import Certainty, explain


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
