"""Waits whose counterpart has gone, and the same programs whose counterpart is slow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import flakecore
from collect.running import collected, make_module
from diagnosis.checked_findings import explain
from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told, sources_of
from toolchains import go_toolchain

HANGS = {
    "TestSignalBeforeWait": Expected(
        (
            "cond-lost-signal, inferred: Ga waits for a signal of m.cond (@mail-wait); no "
            "goroutine is left that signals it (@mail-signal) [waits @mail-wait; signals "
            "@mail-signal]"
        ),
    ),
    "TestSignalForTwo": Expected(
        (
            "cond-lost-signal, inferred: Ga waits for a signal of b.cond (@barrier-wait); "
            "no goroutine is left that signals it (@barrier-signal) [waits @barrier-wait; "
            "signals @barrier-signal]"
        ),
    ),
    "TestAddsWithoutSignal": Expected(
        (
            "cond-lost-signal, inferred: Ga waits for a signal of b.ready (@buffer-wait), "
            "and nothing in the package signals it [waits @buffer-wait]"
        ),
    ),
    "TestDoneWasSkipped": Expected(
        (
            "wait-group-stuck, inferred: Ga waits for g.wg (@group-wait); nobody is left to"
            " call its Done: the return at @group-return skips it [waits @group-wait; done "
            "@group-done; created @group-go]"
        ),
        log=(
            "wait-group-stuck, inferred: Ga waits for g.wg (@group-wait); nobody is left to"
            " call its Done: the return at @group-return skips it [waits @group-wait; done "
            "@group-done]"
        ),
    ),
    "TestAddedTooMany": Expected(
        (
            "wait-group-stuck, inferred: Ga waits for wg (@many-wait); no goroutine is left"
            " that calls its Done (@many-done) [waits @many-wait; done @many-done; created "
            "@many-go]"
        ),
        log=(
            "wait-group-stuck, inferred: Ga waits for wg (@many-wait); no goroutine is left"
            " that calls its Done (@many-done) [waits @many-wait; done @many-done]"
        ),
    ),
    "TestPassedByValue": Expected(
        (
            "wait-group-stuck, inferred: Ga waits for wg (@copy-wait), of which process "
            "counts down a copy (@copy-done) [waits @copy-wait; done @copy-done; created "
            "@copy-go]"
        ),
        log=(
            "wait-group-stuck, inferred: Ga waits for wg (@copy-wait), of which process "
            "counts down a copy (@copy-done) [waits @copy-wait; done @copy-done]"
        ),
    ),
    "TestNoReplyOnError": Expected(
        (
            "chan-no-sender, inferred: Ga receives from c.reply (@call-receive); nobody is "
            "left to send: the return at @call-return skips it [waits @call-receive; sends "
            "@call-send; created @call-go]"
        ),
        log=(
            "chan-no-sender, inferred: Ga receives from c.reply (@call-receive); nobody is "
            "left to send: the return at @call-return skips it [waits @call-receive; sends "
            "@call-send]"
        ),
    ),
    "TestSelectWithoutSenders": Expected(
        (
            "chan-no-sender, inferred: Ga selects from done or failed (@await-select); no "
            "goroutine is left that sends on one or closes it [waits @await-select; closes "
            "@attempt-close; sends @attempt-send; created @attempt-go]"
        ),
        log=(
            "chan-no-sender, inferred: Ga selects from done or failed (@await-select); no "
            "goroutine is left that sends on one or closes it [waits @await-select; closes "
            "@attempt-close; sends @attempt-send]"
        ),
    ),
    "TestPipelineReturnsEarly": Expected(
        (
            "chan-no-sender, inferred: Ga receives from out (@fetch-receive); nobody is "
            "left to send: the return at @fetch-return skips it [waits @fetch-receive; "
            "sends @fetch-send; closes @fetch-close; created @fetch-go]"
        ),
        log=(
            "chan-no-sender, inferred: Ga receives from out (@fetch-receive); nobody is "
            "left to send: the return at @fetch-return skips it [waits @fetch-receive; "
            "sends @fetch-send; closes @fetch-close]"
        ),
    ),
    "TestNobodyCloses": Expected(
        (
            "chan-not-closed, inferred: Ga ranges over b.events (@bus-range), never closed "
            "[waits @bus-range; sends @bus-send]"
        ),
    ),
    "TestRangeOverResults": Expected(
        (
            "chan-not-closed, inferred: Ga ranges over results (@sum-range), which nothing "
            "closes; nobody is left that sends (@sum-send) [waits @sum-range; sends "
            "@sum-send; created @sum-go]"
        ),
        log=(
            "chan-not-closed, inferred: Ga ranges over results (@sum-range), which nothing "
            "closes; nobody is left that sends (@sum-send) [waits @sum-range; sends "
            "@sum-send]"
        ),
    ),
    "TestCloseWasSkipped": Expected(
        (
            "chan-not-closed, inferred: Ga ranges over tail.lines (@tail-range); the return"
            " at @tail-return skips the close [waits @tail-range; sends @tail-send; closes "
            "@tail-close]"
        ),
    ),
    "TestWorkerStopsAtError": Expected(
        (
            "chan-no-receiver, inferred: Ga sends on w.jobs (@worker-send); the loop that "
            "receives (@worker-range) ends at @worker-return [waits @worker-send; receives "
            "@worker-range; created @worker-go]"
        ),
        log=(
            "chan-no-receiver, inferred: Ga sends on w.jobs (@worker-send); the loop that "
            "receives (@worker-range) ends at @worker-return [waits @worker-send; receives "
            "@worker-range]"
        ),
    ),
    "TestFirstOfTwo": Expected(
        (
            "chan-no-receiver, inferred: Ga sends on answers (@first-send); no goroutine is"
            " left that receives from it (@first-receive) [waits @first-send; receives "
            "@first-receive]"
        ),
    ),
    "TestContextEndsTheReceiver": Expected(
        (
            "chan-no-receiver, inferred: Ga sends on out (@produce-send); nobody is left to"
            " receive: the return at @collect-return skips it [waits @produce-send; "
            "receives @collect-receive; created @collect-go]"
        ),
        log=(
            "chan-no-receiver, inferred: Ga sends on out (@produce-send); nobody is left to"
            " receive: the return at @collect-return skips it [waits @produce-send; "
            "receives @collect-receive]"
        ),
    ),
}
SOUND = (
    "TestSignalComesLate",
    "TestBroadcastComesLate",
    "TestDoneIsLate",
    "TestStartsLate",
    "TestPassedByPointer",
    "TestLateReply",
    "TestSelectWithASlowSender",
    "TestSelectWithADeadline",
    "TestPipelineThatMayGoOn",
    "TestClosesLate",
    "TestClosedWhenAllAreDone",
    "TestClerkIsSlow",
    "TestBestOfTwo",
    "TestReceiverTakesABreak",
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", HANGS)
@pytest.mark.slow
def test_a_wait_is_told_with_its_counterpart_that_has_gone(release: str, test: str) -> None:
    check_told("peer_gone", release, test, HANGS[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
@pytest.mark.slow
def test_a_counterpart_that_may_still_come_is_no_cause(release: str, test: str) -> None:
    check_silent("peer_gone", release, test)


KEPT = """package kept

import "testing"

type pipe struct{ out chan int }

//go:noinline
func keep(out chan int, quit chan bool) { <-quit; println(out) }

func TestNobodyReceives(t *testing.T) {
	p := &pipe{make(chan int)}
	go keep(p.out, make(chan bool))
	p.out <- 2
}
"""


def test_without_a_page_the_addresses_of_a_crash_name_who_has_the_channel(tmp_path: Path) -> None:
    module = make_module(tmp_path / "m", "example.com/kept", {"x_test.go": KEPT})
    collected(module, tmp_path / "x.zip", go=go_toolchain(), objects=False, timeout="2s")
    with flakecore.open(tmp_path / "x.zip") as opened:
        (case,) = opened.cases
        (failure,) = case.failures
        found = explain(case, failure, sources_of(case))
        finding = next(f for f in found if f.rule == "chan-no-receiver")
    (told,) = [each.text for each in finding.evidence if each.text.startswith("channel 0x…")]
    assert re.fullmatch(r"channel 0x….{3}: G\d+'s frame keep \(x_test.go:8\) has its address", told)
