"""Sets of unblockers, held against the same worked out plainly for each goroutine by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flakecore.diagnosis.waits.peers.unblocker_sets import UnblockerSets

NUMBERS = st.integers(1, 8)
WAITS = st.dictionaries(NUMBERS, st.frozensets(NUMBERS, max_size=4), max_size=8)


def _dead(waits: dict[int, frozenset[int]]) -> dict[int, frozenset[int]]:
    left = dict(waits)
    while free := [n for n, ends in left.items() if not ends - {n} <= left.keys()]:
        for number in free:
            del left[number]
    return left


def _behind(waits: dict[int, frozenset[int]], numbers: frozenset[int]) -> frozenset[int]:
    found = set(numbers)
    while more := {
        n for n, ends in waits.items() if n not in found and ends - {n} and ends - {n} <= found
    }:
        found |= more
    return frozenset(found)


@given(WAITS)
def test_who_cannot_go_on_is_what_a_plain_fixpoint_leaves(waits: dict[int, frozenset[int]]) -> None:
    assert UnblockerSets(waits).dead() == _dead(waits)


@given(WAITS, st.frozensets(NUMBERS, max_size=3))
def test_who_waits_behind_others_is_what_a_plain_search_finds(
    waits: dict[int, frozenset[int]], numbers: frozenset[int]
) -> None:
    assert UnblockerSets(waits).behind(numbers) == _behind(waits, numbers)


def test_a_goroutine_is_not_its_own_ender() -> None:
    pool = frozenset((1, 2, 3))
    sets = UnblockerSets({1: pool, 2: pool, 4: frozenset((4,))})
    assert sets.others(1) == {2, 3}
    assert (sets.has_others(1), sets.has_others(4), sets.has_others(9)) == (True, False, False)
    assert 3 not in sets
    assert sorted(sets) == [1, 2, 4]
