"""Wait groups and conds by an objects page: the counter, and the signal that came too early."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.objects.made_case import goroutine
from diagnosis.objects.made_findings import BY_9, ENDED_9, A, claims

WAITS = goroutine(8, (A, "wait"), reason="sync.WaitGroup.Wait")
FOR_SIGNAL = goroutine(8, (A, "cond"), reason="sync.Cond.Wait")
GROUP = {"address": hex(A), "kind": "waitgroup", "counter": 2, "reachable_from": []}
COND = {"address": hex(A), "kind": "cond", "reachable_from": []}

TOLD: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = {
    "a wait group": (
        [WAITS],
        [GROUP],
        "wait-group-stuck, seen: G8 waits for wait group 0x…010 (bank.go:20), 2 Done short; nobody "
        "is left to call it",
    ),
    "a wait group with a last Done": (
        [WAITS, ENDED_9],
        [{**GROUP, "last_done": BY_9, "last_add": {**BY_9, "delta": 3}}],
        "wait-group-stuck, seen: G8 waits for wait group 0x…010 (bank.go:20), 2 Done short; the "
        "last Done was G9's (bank.go:18) 2.50µs before",
    ),
    "a signal before the wait": (
        [FOR_SIGNAL, ENDED_9],
        [{**COND, "last_signal": BY_9}],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); the last "
        "Signal, by G9 (bank.go:18), came 1.50µs before the Wait",
    ),
    "a broadcast before the wait": (
        [FOR_SIGNAL, ENDED_9],
        [{**COND, "last_signal": {**BY_9, "broadcast": True}}],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); the last "
        "Broadcast, by G9 (bank.go:18), came 1.50µs before the Wait",
    ),
    "a signal that woke another": (
        [FOR_SIGNAL, ENDED_9],
        [{**COND, "last_signal": {**BY_9, "at": 4_500}}],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); the last "
        "Signal, by G9 (bank.go:18), 500ns later, woke another",
    ),
    "no signal": (
        [FOR_SIGNAL],
        [COND],
        "cond-lost-signal, seen: G8 waits for a signal of cond 0x…010 (bank.go:20); nobody is left "
        "to signal it",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_wait_is_told_with_what_was_counted_and_signalled(tmp_path: Path, name: str) -> None:
    goroutines, objects, claim = TOLD[name]
    assert claims(tmp_path, goroutines, objects) == [claim]


@pytest.mark.parametrize("waiting", [WAITS, FOR_SIGNAL])
def test_nothing_is_told_of_one_that_can_go_on(tmp_path: Path, waiting: dict[str, Any]) -> None:
    found = GROUP if waiting is WAITS else COND
    assert claims(tmp_path, [{**waiting, "live": True}], [found]) == []
