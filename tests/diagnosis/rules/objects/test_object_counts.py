"""Wait groups and conds by an objects page: the counter, and the signal that came too early."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.object_runs import (
    OLDER,
    check_by_page,
    check_no_cause_by_page,
    page_findings,
    page_run,
)
from diagnosis.objects.made_case import goroutine
from diagnosis.objects.made_findings import BY_9, ENDED_9, A, check_claims
from flakecore.diagnosis.rules.wording import LOOK_UNDER_THE_LOCK, ONE_OR_ALL
from toolchains import NEWEST

WAITS = goroutine(8, (A, "wait"), reason="sync.WaitGroup.Wait")
FOR_SIGNAL = goroutine(8, (A, "cond"), reason="sync.Cond.Wait")
GROUP = {"address": hex(A), "kind": "waitgroup", "counter": 2, "reachable_from": []}
COND = {"address": hex(A), "kind": "cond", "reachable_from": []}

TOLD: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = {
    "a wait group": (
        [WAITS],
        [GROUP],
        "wait-group-stuck, seen: G8 waits for wait group 0x…010 (bank.go:20), 2 Done short; "
        "only stuck goroutines have it",
    ),
    "a wait group with a last Done": (
        [WAITS, ENDED_9],
        [{**GROUP, "last_done": BY_9, "last_add": {**BY_9, "delta": 3}}],
        "wait-group-stuck, seen: G8 waits for wait group 0x…010 (bank.go:20), 2 Done short; the "
        "last Done was G9's (bank.go:18)",
    ),
    "a signal before the wait": (
        [FOR_SIGNAL, ENDED_9],
        [{**COND, "last_signal": BY_9}],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); the last "
        "Signal, by G9 (bank.go:18), came before the Wait",
    ),
    "a broadcast before the wait": (
        [FOR_SIGNAL, ENDED_9],
        [{**COND, "last_broadcast": BY_9}],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); the last "
        "Broadcast, by G9 (bank.go:18), came before the Wait",
    ),
    "a signal that woke another": (
        [FOR_SIGNAL, ENDED_9],
        [{**COND, "last_signal": {**BY_9, "at": 4_500}}],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); the last "
        "Signal, by G9 (bank.go:18), later, woke another",
    ),
    "a signal long before the wait": (
        [{**FOR_SIGNAL, "since": 81_002_500}, ENDED_9],
        [{**COND, "last_signal": BY_9}],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); the last "
        "Signal, by G9 (bank.go:18), came 81.0ms before the Wait",
    ),
    "a signal at the moment of the wait": (
        [FOR_SIGNAL, ENDED_9],
        [{**COND, "last_signal": {**BY_9, "at": 4_000}}],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); the last "
        "Signal, by G9 (bank.go:18), did not wake it",
    ),
    "a broadcast at the moment of the wait": (
        [FOR_SIGNAL, ENDED_9],
        [{**COND, "last_signal": {**BY_9, "at": 4_000, "broadcast": True}}],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); the last "
        "Broadcast, by G9 (bank.go:18), came before the Wait",
    ),
    "no signal": (
        [FOR_SIGNAL],
        [COND],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); only "
        "stuck goroutines have it",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_wait_is_told_with_what_was_counted_and_signalled(tmp_path: Path, name: str) -> None:
    goroutines, objects, claim = TOLD[name]
    check_claims(tmp_path, goroutines, objects, [claim])


@pytest.mark.parametrize("waiting", [WAITS, FOR_SIGNAL])
def test_nothing_is_told_of_one_that_can_go_on(tmp_path: Path, waiting: dict[str, Any]) -> None:
    found = GROUP if waiting is WAITS else COND
    check_claims(tmp_path, [{**waiting, "live": True}], [found], [])


HANGS = {
    ("peer_gone", "TestSignalBeforeWait"): (
        # The page's clock goes by 10 ms.
        "cond-lost-signal, seen: Ga waits for a signal of m.cond (@mail-wait); the last "
        "Signal, by itself (@mail-signal), came before the Wait"
        " [waits @mail-wait; signals @mail-signal]",
    ),
    ("peer_gone", "TestSignalForTwo"): (
        "cond-lost-signal, seen: Ga waits for a signal of b.cond (@barrier-wait); the last "
        "Signal, T later, woke another [waits @barrier-wait; signals @barrier-signal]",
    ),
    ("peer_gone", "TestAddsWithoutSignal"): (
        "cond-lost-signal, inferred: Ga waits for a signal of b.ready (@buffer-wait); nothing in"
        " the package signals it [waits @buffer-wait]",
    ),
    ("peer_gone", "TestDoneWasSkipped"): (
        "wait-group-stuck, inferred: Ga waits for g.wg (@group-wait), 1 Done short; the return at"
        " @group-return skips the Done (@group-done) [waits @group-wait; adds groups_test.go:16; "
        "done @group-done]",
    ),
    ("peer_gone", "TestAddedTooMany"): (
        "wait-group-stuck, seen: Ga waits for wg (@many-wait), 1 Done short; the last Done "
        "was Gb's (groups_test.go:80) [waits @many-wait; adds groups_test.go:76; "
        "done groups_test.go:80; done @many-done; created @many-go]",
    ),
    ("peer_gone", "TestPassedByValue"): (
        "wait-group-stuck, inferred: Ga waits for wg (@copy-wait), 1 Done short; process counts "
        "down a copy of it (@copy-done) [waits @copy-wait; adds groups_test.go:107; done "
        "@copy-done]",
    ),
}
SOUND = (
    ("peer_gone", "TestSignalComesLate"),
    ("peer_gone", "TestBroadcastComesLate"),
    ("peer_gone", "TestDoneIsLate"),
    ("peer_gone", "TestStartsLate"),
    ("peer_gone", "TestPassedByPointer"),
)
RELEASES = (pytest.param(OLDER, marks=pytest.mark.slow), NEWEST)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), HANGS)
def test_a_wait_is_seen_with_the_other_side(release: str, shape: str, test: str) -> None:
    check_by_page(shape, release, test, *HANGS[shape, test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), SOUND)
def test_a_counterpart_that_may_still_come_is_no_cause(release: str, shape: str, test: str) -> None:
    check_no_cause_by_page(shape, release, test)


@pytest.mark.parametrize(
    ("test", "advice"),
    [("TestSignalForTwo", ONE_OR_ALL), ("TestSignalBeforeWait", LOOK_UNDER_THE_LOCK)],
)
def test_of_several_that_wait_one_signal_is_said_to_wake_one(test: str, advice: str) -> None:
    found = page_findings(page_run("peer_gone"), test)
    (told,) = (each for each in found if each.rule == "cond-lost-signal")
    assert told.next == advice
