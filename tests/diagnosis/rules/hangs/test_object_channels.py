"""Channels by an objects page that nobody can use any more, told with who used them last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.objects.made_case import channel, goroutine
from diagnosis.objects.made_findings import BY_9, ENDED_9, A, B, claims

SENDS = goroutine(8, (A, "send"), reason="chan send")
RECEIVES = goroutine(8, (A, "receive"), reason="chan receive")
TIMER = {"address": "0x90", "kind": "timer", "channel": hex(A)}
CONTEXT = {"address": "0x90", "kind": "context", "done": hex(A), "canceled": False, "made": BY_9}
SLOTS = channel(A, cap=2, len=2, elem="struct {}", last_send=BY_9)
IN_SEND = goroutine(9, (B, "send"), reason="chan send")

TOLD: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = {
    "the last receiver has ended": (
        [SENDS, ENDED_9],
        [channel(A, last_receive=BY_9)],
        "chan-no-receiver, seen: G8 sends on channel 0x…010 (bank.go:20); G9, which received last "
        "(bank.go:18), ended at 0.000s",
    ),
    "nobody has ever received": (
        [SENDS],
        [channel(A)],
        "chan-no-receiver, seen: G8 sends on channel 0x…010 (bank.go:20); nobody else can reach it",
    ),
    "who made it has ended": (
        [RECEIVES, ENDED_9],
        [channel(A, made=BY_9)],
        "chan-no-sender, seen: G8 receives from channel 0x…010 (bank.go:20); nobody else can reach "
        "it; G9, which made it (bank.go:18), has ended",
    ),
    "five receive": (
        [goroutine(number, (A, "receive"), reason="chan receive") for number in range(10, 15)],
        [channel(A, *range(10, 15), last_send=BY_9)],
        "chan-no-sender, seen: G10, G11 and 3 more receive from channel 0x…010 (bank.go:20); G9, "
        "which sent last (bank.go:18), ended",
    ),
    "a select": (
        [goroutine(8, (A, "receive"), (B, "receive"), reason="select")],
        [channel(A), channel(B)],
        "chan-no-sender, seen: G8 waits in a select on channel 0x…010 or channel 0x…020 "
        "(bank.go:20); nobody else can reach any",
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
        "(bank.go:18), ended at 0.000s",
    ),
    "a timer": (
        [RECEIVES],
        [channel(A, elem="time.Time"), TIMER],
        "timer-lost, seen: G8 receives from channel 0x…010 (bank.go:20), whose timer is not set, "
        "so that nothing is sent",
    ),
    "a context": (
        [RECEIVES, ENDED_9],
        [channel(A, elem="struct {}"), CONTEXT],
        "context-not-cancelled, seen: G8 waits for a context to be cancelled (bank.go:20); G9, "
        "which made it (bank.go:18), ended without cancelling it",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_wait_on_a_channel_is_told_with_who_used_it_last(tmp_path: Path, name: str) -> None:
    goroutines, objects, claim = TOLD[name]
    assert claims(tmp_path, goroutines, objects) == [claim]


def test_a_last_user_that_is_stuck_elsewhere_is_told_with_where(tmp_path: Path) -> None:
    found = claims(tmp_path, [RECEIVES, IN_SEND], [channel(A, last_send=BY_9), channel(B)])
    assert found[0] == (
        "chan-no-sender, seen: G8 receives from channel 0x…010 (bank.go:20); G9, which sent last "
        "(bank.go:18), is now in channel send (bank.go:20)"
    )


SILENT: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "it can go on": ([{**SENDS, "live": True}], [channel(A)]),
    "the page does not say whether it can": ([{**SENDS, "live": None}], [channel(A)]),
    "the page does not say who has it": ([SENDS], [{**channel(A), "reachable_from": None}]),
    "the page does not have it": ([SENDS], []),
}


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_told_where_the_page_is_silent(tmp_path: Path, name: str) -> None:
    assert claims(tmp_path, *SILENT[name]) == []
