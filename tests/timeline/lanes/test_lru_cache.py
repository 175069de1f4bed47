"""What was worked out last is kept, and is told from what would first have to be."""

from __future__ import annotations

from flakecore.timeline.lanes.lru_cache import LruCache


def test_a_result_is_worked_out_once_as_long_as_it_is_kept() -> None:
    made: list[int] = []

    def double(number: int) -> int:
        made.append(number)
        return 2 * number

    kept = LruCache(2, double)
    assert [kept(1), kept(2), kept(1), kept(2)] == [2, 4, 2, 4]
    assert made == [1, 2]


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    kept = LruCache(2, str)
    for number in (1, 2, 1, 3):
        kept(number)
    assert 1 in kept
    assert 2 not in kept
    assert 3 in kept
