"""Objects that goroutines wait on and hold, in words."""

from __future__ import annotations

from flakecore.diagnosis import Counterpart, CounterpartWait
from flaketui.view.object_waits import held_words, wait_words


def wait(goroutine: int, name: str, *others: Counterpart) -> CounterpartWait:
    return CounterpartWait(goroutine, "lock", name, name, 0, 421, None, None, others)


def other(role: str, goroutine: int, *, ended: bool = False) -> Counterpart:
    return Counterpart(role, goroutine, 0, None, ended)


def test_an_object_is_told_with_who_holds_it_or_used_it_last() -> None:
    assert wait_words(wait(34, "c.mu", other("holds", 35))) == "c.mu, held by G35"
    sent = wait(34, "results", other("made", 1), other("last_send", 35, ended=True))
    assert wait_words(sent) == "results, sent last by G35 (ended)"
    readers = wait(34, "c.mu", *(other("reads", each) for each in (35, 36, 37)))
    assert wait_words(readers) == "c.mu, read by 3 goroutines"
    assert wait_words(wait(34, "results", other("made", 1))) == "results"


def test_who_holds_what_others_wait_for_is_told_once_for_each_object() -> None:
    waits = [wait(number, "a.mu", other("holds", 35)) for number in (34, 36)]
    assert held_words(waits) == {35: "holds a.mu"}
    more = [wait(34, name, other("holds", 35)) for name in ("a.mu", "b.mu", "c.mu")]
    assert held_words(more) == {35: "holds 3 objects"}
    assert held_words([wait(34, "results", other("last_send", 35))]) == {}
