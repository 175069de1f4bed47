"""How objects are told: with their names in the source, or by what they are and where they lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.objects.made_case import channel, goroutine, lock, made_graph
from flakecore.diagnosis.objects.object_words import ObjectWords
from flakecore.diagnosis.source.go_files import GoFiles

A = 0xC000000140
EVENT = {"goroutine": 9, "at": 2_500, "stack": 1}


def _counterpart(folder: Path, found: dict[str, Any], operation: str) -> str:
    others = [{"id": 9, "state": "running", "stack": 1, "live": True}]
    graph = made_graph(folder, [goroutine(8, (A, operation)), *others], [found])
    (wait,) = graph.waits_of(8)
    return ObjectWords(graph, GoFiles(None)).counterpart(wait)


SENTENCES: dict[str, tuple[dict[str, Any], str, str]] = {
    "a lock with its holder": (
        lock(A, 9),
        "lock",
        "mutex 0x…140, held by G9, locked at bank.go:18",
    ),
    "a lock with readers": (
        lock(A, *range(9, 15), kind="rwmutex", mode="read"),
        "lock",
        "rwmutex 0x…140, "
        + "".join(
            f"held by G{number} for reading, locked at bank.go:18, " for number in range(9, 13)
        )
        + "and 2 more",
    ),
    "a once with who runs it": (
        lock(A, 9, kind="once"),
        "once",
        "once 0x…140, in its function G9, locked at bank.go:18",
    ),
    "a channel with who received last": (
        channel(A, cap=3, len=3, last_receive=EVENT),
        "send",
        "channel 0x…140, of int, 3 of 3 taken, G9 received last (bank.go:18)",
    ),
    "a channel whose last sender has ended": (
        channel(A, last_send={**EVENT, "goroutine": 77}),
        "receive",
        "channel 0x…140, of int, G77 sent last (bank.go:18), ended since",
    ),
    "a channel that was used at the moment of the page": (
        channel(A, last_send={**EVENT, "at": 4_900}),
        "receive",
        "channel 0x…140, of int, G9 sent last (bank.go:18)",
    ),
    "a variable": (channel(A, variable="bank.queue"), "send", "bank.queue, of int"),
    "a wait group with its counter": (
        {"address": hex(A), "kind": "waitgroup", "counter": 2, "last_done": EVENT},
        "wait",
        "wait group 0x…140, counter 2, G9 called its Done last (bank.go:18)",
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_wait_is_told_with_its_object_and_the_other_side(tmp_path: Path, name: str) -> None:
    found, operation, text = SENTENCES[name]
    assert _counterpart(tmp_path, found, operation) == text


def test_an_object_that_the_page_left_out_is_said_to_be_missing(tmp_path: Path) -> None:
    text = _counterpart(tmp_path, lock(0x10, 9), "lock")
    assert text == "an object that the page does not have"


def test_those_behind_are_told_with_the_lock_that_they_wait_for(tmp_path: Path) -> None:
    waiting = [goroutine(number, (A, "lock"), reason="sync.Mutex.Lock") for number in (9, 10, 11)]
    graph = made_graph(tmp_path, [goroutine(8, (0x20, "send")), *waiting], [lock(A, 8)])
    found = list(ObjectWords(graph, GoFiles(None)).behind((8,), (8, 9, 10, 11)))
    assert [each.goroutine for each in found] == [9, 10, 11]
    assert found[0].text == (
        "G9 mutex in Transfer (bank.go:20) on mutex 0x…140; "
        "G8 holds mutex 0x…140 locked at bank.go:18"
    )


DONE = {"address": "0xc000000200", "kind": "context", "done": hex(A)}
LATER = 5_000 + 3 * 10**9
OWNERS: dict[str, tuple[dict[str, Any], str]] = {
    "a context": ({**DONE, "made": EVENT}, "the Done of a context that G9 made (bank.go:18)"),
    "a context that ends by itself": (
        {**DONE, "made": EVENT, "due": LATER},
        "the Done of a context that G9 made (bank.go:18), due 3.00s later",
    ),
    "a context that should have ended": ({**DONE, "due": 4_000}, "the Done of a context"),
    "a timer": (
        {"address": "0xc000000200", "kind": "timer", "channel": hex(A), "due": LATER},
        "a timer's, due 3.00s later",
    ),
}


@pytest.mark.parametrize(("owner", "text"), OWNERS.values(), ids=OWNERS)
def test_a_channel_of_something_says_of_what(
    owner: dict[str, Any], text: str, tmp_path: Path
) -> None:
    graph = made_graph(tmp_path, [goroutine(8, (A, "receive"))], [channel(A), owner])
    (wait,) = graph.waits_of(8)
    found = ObjectWords(graph, GoFiles(None)).counterpart(wait)
    assert found == f"channel 0x…140, of int, {text}"
