"""Profiles that were pulled one after another are rows over time, and any two can be compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flakecore.pprof import ProfileFrame, encoded
from flakecore.pprof.profile import ValueType
from flaketui.cli import main
from pprof.made import Sample, profile_of

LOCK = ProfileFrame("sync.(*Mutex).Unlock", "mutex.go", 1)
A, B = ProfileFrame("p.A", "a.go", 1), ProfileFrame("p.B", "b.go", 2)
SECOND = 10**9


def _mutex(*made: Sample) -> bytes:
    types = (ValueType("contentions", "count"), ValueType("delay", "nanoseconds"))
    return encoded(replace(profile_of(made), sample_types=types, time_ns=0))


@pytest.fixture
def pulled(tmp_path: Path) -> Path:
    """A folder with three mutex profiles, each of which counts from the start on."""
    folder = tmp_path / "pulled"
    folder.mkdir()
    begun = 1_767_323_045 * SECOND
    steps = [(5, 0), (5, 40), (6, 90)]
    for at, (first, second) in enumerate(steps):
        made: list[Sample] = [
            ((LOCK, A), (), (1, first * 1000)),
            ((LOCK, B), (), (1, second * 1000)),
        ]
        name = folder / f"mutex-{begun + at * SECOND}.pprof"
        name.write_bytes(_mutex(*(each for each in made if each[2][1])))
    return tmp_path


def _printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["profile", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_each_profile_is_a_row_with_what_it_adds(
    pulled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heading, _, *rows = _printed(capsys, str(pulled), "series")
    assert heading == "mutex: delay (nanoseconds), 3 profiles"
    assert [row.split()[:4] for row in rows] == [
        ["1", "0ns", "5.00µs"],
        ["2", "1.00s", "45.0µs", "40.0µs"],
        ["3", "2.00s", "96.0µs", "51.0µs"],
    ]
    assert rows[2].endswith("sync.(*Mutex).Unlock 51.0µs")


def test_the_last_holds_everything_and_is_not_added_to_the_others(
    pulled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "of 96.0µs" in _printed(capsys, str(pulled), "top")[1]
    assert "of 5.00µs" in _printed(capsys, str(pulled), "top", "--number=1")[1]


def test_any_two_can_be_compared(pulled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _printed(capsys, str(pulled), "--number=3", "--less=2", "-cum", "top")
    assert [row.split()[3] for row in rows if "p.B" in row] == ["50.0µs"]


def test_one_that_is_not_there_is_an_error(
    pulled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profile", str(pulled), "--number=9"]) == 2
    assert "there is no mutex profile 9; there are 1 to 3" in capsys.readouterr().err
