"""A process that grows large holds the results that it used last, and no others."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest

import recent_results
from recent_results import RecentResults, resident_bytes


class Read:
    """What was read, in a cycle, as widgets and their screens are."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def resident(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the process is said to have, in the last place."""
    said = [0]
    monkeypatch.setattr(recent_results, "resident_bytes", lambda: said[-1])
    return said


def test_a_small_process_holds_all_results(resident: list[int]) -> None:
    results: RecentResults[str] = RecentResults(1000)
    resident.append(1000)
    for name in "abcdef":
        results[name] = name.upper()
    assert [results[name] for name in "abcdef"] == list("ABCDEF")


def test_a_large_one_lets_go_of_those_that_it_did_not_use_for_longest(resident: list[int]) -> None:
    results: RecentResults[Read] = RecentResults(1000)
    for name in "abcd":
        results[name] = Read()
    gone = weakref.ref(results["b"])
    for name in "cda":
        assert isinstance(results[name], Read)
    resident.append(1001)
    results["e"] = Read()
    assert [name for name in "abcde" if name in results] == ["a", "d", "e"]
    assert gone() is None


def test_what_others_hold_does_not_cost_every_result(resident: list[int]) -> None:
    results: RecentResults[str] = RecentResults(1000)
    resident.append(5000)
    for name in "abcd":
        results[name] = name
    assert [name for name in "abcd" if name in results] == ["a", "b", "c", "d"]
    resident.append(5251)
    results["e"] = "e"
    assert [name for name in "abcde" if name in results] == ["c", "d", "e"]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_the_memory_of_a_process_grows_by_what_is_written() -> None:
    before = resident_bytes()
    written = bytearray(b"x" * (64 << 20))
    assert resident_bytes() - before > len(written) // 2


def test_where_the_system_does_not_say_nothing_is_let_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(recent_results, "_STATE", tmp_path / "statm")
    assert resident_bytes() == 0
