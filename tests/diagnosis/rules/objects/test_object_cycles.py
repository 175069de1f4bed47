"""Goroutines that could only wake each other, by an objects page."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.object_runs import (
    BY_PAGE,
    OLDER,
    check_no_cause_by_page,
    is_in_other_hands,
    page_findings,
    page_run,
)
from diagnosis.objects.made_case import channel, goroutine, lock
from diagnosis.objects.made_findings import BY_9, A, B, C, check_claims
from diagnosis.program_runs import named
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty, Weight
from toolchains import NEWEST

SENDS = goroutine(8, (A, "send"), reason="chan send")
RECEIVES = goroutine(9, (B, "receive"), reason="chan receive")


def test_a_cycle_of_channels_is_told_from_both_sides_as_stacks_have_them(tmp_path: Path) -> None:
    check_claims(
        tmp_path,
        [SENDS, RECEIVES],
        [channel(A, 9), channel(B, 8)],
        [
            "wait-cycle, inferred: Perhaps stuck on each other: G8 sends on channel 0x…010 "
            "(bank.go:20); G9 receives from channel 0x…020 (bank.go:20)"
        ],
    )


def test_a_third_one_that_can_go_on_makes_it_no_cycle(tmp_path: Path) -> None:
    third = {"id": 10, "state": "running", "stack": 1, "live": True}
    waiting = [{**SENDS, "live": True}, {**RECEIVES, "live": True}, third]
    check_claims(tmp_path, waiting, [channel(A, 9, 10), channel(B, 8)], [])


def test_a_lock_in_the_cycle_is_told_with_its_holder(tmp_path: Path) -> None:
    waiting = [SENDS, goroutine(9, (B, "lock"), reason="sync.Mutex.Lock")]
    check_claims(
        tmp_path,
        waiting,
        [channel(A, 9), lock(B, 8)],
        [
            "lock-held, seen: Deadlock: G9 waits for mutex 0x…020 (bank.go:20); G8 holds it "
            "(bank.go:18) in a channel send (bank.go:20)"
        ],
    )


def test_a_context_that_its_maker_waits_for_is_not_cancelled(tmp_path: Path) -> None:
    waiting = [
        goroutine(8, (A, "receive"), (C, "receive"), reason="select"),
        goroutine(9, (B, "wait"), reason="sync.WaitGroup.Wait"),
    ]
    context = {"address": "0x90", "kind": "context", "done": hex(A), "canceled": False}
    group = {"address": hex(B), "kind": "waitgroup", "counter": 1, "reachable_from": [8]}
    objects = [channel(A, 9), channel(C), {**context, "made": BY_9}, group]
    check_claims(
        tmp_path,
        waiting,
        objects,
        [
            "context-not-cancelled, seen: G8 waits for a cancel (bank.go:20); G9, which made the "
            "context (bank.go:18), is in a WaitGroup.Wait (bank.go:20)"
        ],
    )


HANGS = {
    ("wait_cycle", "TestResultsBeforeJobs"): ["waits @pool-job", "waits @pool-result"],
    ("wait_cycle", "TestEachWaitsForTheOther"): ["waits @answer-question", "waits @ask-answer"],
    ("wait_cycle", "TestWaitsBeforeItReads"): ["waits @gather-send", "waits @gather-wait"],
}
SOUND = (
    ("wait_cycle", "TestResultsBesideJobs"),
    ("wait_cycle", "TestAThirdBegins"),
    ("wait_cycle", "TestHasRoom"),
)
RELEASES = (pytest.param(OLDER, marks=pytest.mark.slow), NEWEST)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), HANGS)
@pytest.mark.slow
def test_a_cycle_is_told_from_all_its_sides(release: str, shape: str, test: str) -> None:
    run = page_run(shape, release)
    (cause,) = (each for each in page_findings(run, test) if each.weight is Weight.CAUSE)
    record("wait-cycle", BY_PAGE, ["wait-cycle"], [cause.rule])
    assert cause.rule == "wait-cycle"
    assert cause.claim.startswith("Stuck on each other: G")
    found = sorted(
        named(f"{place.role} {place.file.rpartition('/')[2]}:{place.line}")
        for place in cause.places
        if place.goroutine
    )
    assert found == HANGS[shape, test]
    assert cause.certainty is Certainty.SEEN or is_in_other_hands(run, test)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), SOUND)
def test_a_counterpart_that_may_still_come_is_no_cause(release: str, shape: str, test: str) -> None:
    check_no_cause_by_page(shape, release, test)
