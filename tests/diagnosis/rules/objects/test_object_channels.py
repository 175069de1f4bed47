"""Channels by an objects page that nobody can use any more, told with who used them last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.object_runs import (
    BY_PAGE,
    OLDER,
    check_by_page,
    check_no_cause_by_page,
    page_findings,
    page_run,
)
from diagnosis.objects.made_case import channel, goroutine
from diagnosis.objects.made_findings import BY_9, ENDED_9, A, B, check_claims, claims
from diagnosis.program_runs import named
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty, Weight
from toolchains import NEWEST

SENDS = goroutine(8, (A, "send"), reason="chan send")
RECEIVES = goroutine(8, (A, "receive"), reason="chan receive")
TIMER = {"address": "0x90", "kind": "timer", "channel": hex(A)}
CONTEXT = {"address": "0x90", "kind": "context", "done": hex(A), "canceled": False, "made": BY_9}
SLOTS = channel(A, cap=2, len=2, elem="struct {}", last_send=BY_9)
IN_NEW_TIMER = {**BY_9, "goroutine": 8, "stack": 2}
IN_SEND = goroutine(9, (B, "send"), reason="chan send")

TOLD: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = {
    "the last receiver has ended": (
        [SENDS, ENDED_9],
        [channel(A, last_receive=BY_9)],
        "chan-no-receiver, seen: G8 sends on channel 0x…010 (bank.go:20); G9, which received last "
        "(bank.go:18), ended at 0.000 003s",
    ),
    "nobody has ever received": (
        [SENDS],
        [channel(A)],
        "chan-no-receiver, seen: G8 sends on channel 0x…010 (bank.go:20); "
        "only stuck goroutines have it",
    ),
    "who made it has ended": (
        [RECEIVES, ENDED_9],
        [channel(A, made=BY_9)],
        "chan-no-sender, seen: G8 receives from channel 0x…010 (bank.go:20); "
        "only stuck goroutines have it; G9, which made it (bank.go:18), has ended",
    ),
    "five receive": (
        [goroutine(number, (A, "receive"), reason="chan receive") for number in range(10, 15)],
        [channel(A, *range(10, 15), last_send=BY_9)],
        "chan-no-sender, seen: G10, G11 and 3 more receive from channel 0x…010 (bank.go:20); G9, "
        "which sent last (bank.go:18), ended",
    ),
    "three send, each on a channel of its own": (
        [goroutine(8 + at, (A + at, "send"), reason="chan send") for at in range(3)],
        [channel(A + at, last_receive=BY_9) for at in range(3)],
        "chan-no-receiver, seen: G8, G9 and G10 send on channel 0x…010 (bank.go:20); only "
        "stuck goroutines have it",
    ),
    "a select": (
        [goroutine(8, (A, "receive"), (B, "receive"), reason="select")],
        [channel(A), channel(B)],
        "chan-no-sender, seen: G8 waits in a select on channel 0x…010 or channel 0x…020 "
        "(bank.go:20); only stuck goroutines have either",
    ),
    "a semaphore": (
        [SENDS, ENDED_9],
        [SLOTS],
        "sem-stuck, seen: G8 waits for a slot of channel 0x…010 (bank.go:20); G9, "
        "which took the last, has ended without giving it back",
    ),
    "a semaphore whose slot was given back": (
        [SENDS, ENDED_9],
        [{**SLOTS, "last_receive": {**BY_9, "at": 2_600}}],
        "chan-no-receiver, seen: G8 sends on channel 0x…010 (bank.go:20); G9, which received last "
        "(bank.go:18), ended at 0.000 003s",
    ),
    "a timer": (
        [RECEIVES],
        [channel(A, elem="time.Time"), TIMER],
        "timer-lost, seen: G8 receives from channel 0x…010 (bank.go:20), whose timer is not set, "
        "so that nothing is sent",
    ),
    "the timer of a channel, which the page does not have": (
        [RECEIVES],
        [channel(A, elem="time.Time", made=IN_NEW_TIMER)],
        "timer-lost, seen: G8 receives from channel 0x…010 (bank.go:20), whose timer is not set, "
        "so that nothing is sent",
    ),
    "a timer whose time was taken": (
        [RECEIVES, ENDED_9],
        [channel(A, elem="time.Time", made=IN_NEW_TIMER, last_receive=BY_9)],
        "timer-lost, seen: G8 receives from channel 0x…010 (bank.go:20), whose timer is not set; "
        "G9 took its last time (bank.go:18)",
    ),
    "a channel of times that no timer sends on": (
        [RECEIVES, ENDED_9],
        [channel(A, elem="time.Time", made=BY_9)],
        "chan-no-sender, seen: G8 receives from channel 0x…010 (bank.go:20); "
        "only stuck goroutines have it; G9, which made it (bank.go:18), has ended",
    ),
    "a channel of capacity that it filled itself, where no source tells what for": (
        [SENDS],
        [{**SLOTS, "last_send": {**BY_9, "goroutine": 8}}],
        "chan-no-receiver, seen: G8 sends on channel 0x…010 (bank.go:20); "
        "only stuck goroutines have it",
    ),
    "a context": (
        [RECEIVES, ENDED_9],
        [channel(A, elem="struct {}"), CONTEXT],
        "context-not-cancelled, seen: G8 waits for a cancel (bank.go:20); G9, which made the "
        "context (bank.go:18), ended without it",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_wait_on_a_channel_is_told_with_who_used_it_last(tmp_path: Path, name: str) -> None:
    goroutines, objects, claim = TOLD[name]
    check_claims(tmp_path, goroutines, objects, [claim])


def test_a_last_user_that_is_stuck_elsewhere_is_told_with_where(tmp_path: Path) -> None:
    found = claims(tmp_path, [RECEIVES, IN_SEND], [channel(A, last_send=BY_9), channel(B)])
    assert found[0] == (
        "chan-no-sender, seen: G8 receives from channel 0x…010 (bank.go:20); G9, which sent last "
        "(bank.go:18), is now in a channel send (bank.go:20)"
    )


SILENT: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "it can go on": ([{**SENDS, "live": True}], [channel(A)]),
    "the page does not say whether it can": ([{**SENDS, "live": None}], [channel(A)]),
    "the page does not have it": ([SENDS], []),
}


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_told_where_the_page_is_silent(tmp_path: Path, name: str) -> None:
    check_claims(tmp_path, *SILENT[name], [])


HANGS = {
    ("peer_gone", "TestNoReplyOnError"): (
        "chan-no-sender, inferred: Ga receives from c.reply (@call-receive); the return at "
        "@call-return skips the send [waits @call-receive; made receivers_test.go:28; sends "
        "@call-send]"
    ),
    ("peer_gone", "TestSelectWithoutSenders"): (
        "chan-no-sender, seen: Ga waits in a select on done or failed (@await-select); only stuck "
        "goroutines have either [waits @await-select; made receivers_test.go:76; closes "
        "@attempt-close; sends @attempt-send; created @attempt-go]"
    ),
    ("peer_gone", "TestPipelineReturnsEarly"): (
        "chan-no-sender, inferred: Ga receives from out (@fetch-receive); the return at "
        "@fetch-return skips the send or close [waits @fetch-receive; sends @fetch-send; closes "
        "@fetch-close]"
    ),
    ("peer_gone", "TestNobodyCloses"): (
        "chan-not-closed, inferred: Ga ranges over b.events (@bus-range); nothing in the package "
        "closes it [waits @bus-range; sends @bus-send]"
    ),
    ("peer_gone", "TestRangeOverResults"): (
        "chan-not-closed, inferred: Ga ranges over results (@sum-range); nothing in the package "
        "closes it [waits @sum-range; sends @sum-send]"
    ),
    ("peer_gone", "TestCloseWasSkipped"): (
        "chan-not-closed, inferred: Ga ranges over tail.lines (@tail-range); the return at "
        "@tail-return skips the close [waits @tail-range; sends @tail-send; closes @tail-close]"
    ),
    ("peer_gone", "TestWorkerStopsAtError"): (
        "chan-no-receiver, seen: Ga sends on w.jobs (@worker-send); Gb, which received last "
        "(@worker-range), ended at T [waits @worker-send; receives @worker-range; created "
        "@worker-go]"
    ),
    ("peer_gone", "TestFirstOfTwo"): (
        "chan-no-receiver, seen: Ga sends on answers (@first-send); Gb, which received last, waits "
        "for Ga (@asked-wait) [waits @first-send; receives @first-receive; waits @asked-wait]"
    ),
    ("peer_gone", "TestContextEndsTheReceiver"): (
        "chan-no-receiver, inferred: Ga sends on out (@produce-send); the return at "
        "@collect-return skips the receive (@collect-receive) [waits @produce-send; receives "
        "senders_test.go:127; receives @collect-receive]"
    ),
    ("contexts", "TestMakerWaitsForWhoHeeds"): (
        "context-not-cancelled, seen: Ga waits for a cancel (@heeds-receive); Gb, which made "
        "the context (@heeds-made), is in a WaitGroup.Wait [waits @heeds-receive; made @heeds-made]"
    ),
    ("contexts", "TestPollsForEver"): (
        "chan-no-sender, seen: Ga waits in a select (@poll-select); it sent last itself "
        "(contexts_test.go:61); only stuck goroutines have it [waits @poll-select; sends "
        "contexts_test.go:61]"
    ),
    ("contexts", "TestCancelIsThrownAway"): (
        "context-not-cancelled, seen: Ga waits for a cancel (@thrown-receive); it made the "
        "context itself (@open-made) [waits @thrown-receive; made @open-made]"
    ),
    ("timers", "TestTakenTwice"): (
        "timer-lost, seen: Ga receives from p.timer.C (@pause-receive), whose timer is not set; "
        "it took its last time (@pause-receive) [waits @pause-receive; receives @pause-receive]"
    ),
}
SOUND = (
    ("peer_gone", "TestLateReply"),
    ("peer_gone", "TestSelectWithASlowSender"),
    ("peer_gone", "TestSelectWithADeadline"),
    ("peer_gone", "TestPipelineThatMayGoOn"),
    ("peer_gone", "TestClosesLate"),
    ("peer_gone", "TestClosedWhenAllAreDone"),
    ("peer_gone", "TestClerkIsSlow"),
    ("peer_gone", "TestBestOfTwo"),
    ("peer_gone", "TestReceiverTakesABreak"),
    ("contexts", "TestCancelComesLate"),
    ("contexts", "TestWorkIsSlow"),
    ("contexts", "TestCancelIsKept"),
    ("slots", "TestVisitorIsSlow"),
    ("slots", "TestSpeakerNeedsNoSlot"),
    ("slots", "TestTwoSlots"),
    ("slots", "TestSomebodyHearsLate"),
    ("timers", "TestSetTimer"),
    ("timers", "TestTakenOnce"),
    ("timers", "TestSlowTicker"),
)
KEPT = {
    ("slots", "TestRefusalKeepsItsSlot"): ("sem-stuck", "chan-no-receiver"),
    ("slots", "TestListenersHoldAllSlots"): ("sem-stuck", "wait-cycle"),
    ("slots", "TestSlotWithinASlot"): ("sem-stuck", "chan-no-receiver"),
    ("slots", "TestNobodyHears"): ("chan-no-receiver",),
    ("timers", "TestStoppedTimer"): ("timer-lost",),
}
"""The page may have a package variable lead to what is waited on: then less is told."""
SEEN = {
    "TestSlotWithinASlot": (
        "Ga waits for the only slot of n.slots (@inner-send), which it took itself (@outer-send)"
    ),
    "TestNobodyHears": "Ga sends on b.rung (@second-ring); only stuck goroutines have it",
    "TestStoppedTimer": (
        "Ga receives from timer.C (@stopped-receive), whose timer is not set, so that nothing is"
        " sent"
    ),
}
"""What is told of some of these where nothing leads to what is waited on."""
RELEASES = (pytest.param(OLDER, marks=pytest.mark.slow), NEWEST)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), HANGS)
@pytest.mark.slow
def test_a_wait_is_seen_with_the_other_side(release: str, shape: str, test: str) -> None:
    check_by_page(shape, release, test, HANGS[shape, test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), SOUND)
@pytest.mark.slow
def test_a_counterpart_that_may_still_come_is_no_cause(release: str, shape: str, test: str) -> None:
    check_no_cause_by_page(shape, release, test)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), KEPT)
def test_what_a_variable_may_keep_is_told_by_the_source_at_least(
    release: str, shape: str, test: str
) -> None:
    run = page_run(shape, release)
    (cause,) = (each for each in page_findings(run, test) if each.weight is Weight.CAUSE)
    assert cause.rule in KEPT[shape, test]
    record(KEPT[shape, test][0], BY_PAGE, KEPT[shape, test][:1], [cause.rule])
    assert cause.rule == KEPT[shape, test][0] or cause.certainty is Certainty.INFERRED
    if cause.certainty is Certainty.SEEN and test in SEEN:
        assert named(cause.claim) == SEEN[test]
