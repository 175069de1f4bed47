"""Scans that go on where they were."""

from __future__ import annotations

from pathlib import Path

from flakecore.fleet import FleetStore
from flakecore.fleet.scan.scan import scan
from fleet.bundles import plain_run


def test_a_scan_goes_on_with_what_is_new(tmp_path: Path) -> None:
    for number in range(3):
        plain_run(tmp_path / "in" / f"{number}" / "a.txt", failed=True, package=f"e.com/{number}")
    told: list[int] = []
    out = tmp_path / "out"
    first = scan(
        [str(tmp_path / "in")], out, workers=1, progress=lambda counts: told.append(counts.bundles)
    )
    assert (first.places, first.bundles, told) == (3, 3, [1, 2, 3])
    plain_run(tmp_path / "in" / "3" / "a.txt", failed=False)
    again = scan([str(tmp_path / "in")], out, workers=1)
    assert (again.places, again.unchanged, again.bundles) == (4, 3, 1)


def test_merged_parts_are_not_read_again(tmp_path: Path) -> None:
    for number in range(3):
        plain_run(tmp_path / "in" / f"{number}.txt", failed=True, package=f"e.com/{number}")
    out, sources = tmp_path / "out", [f"{tmp_path}/in/*.txt"]
    scan(sources, out, workers=1)
    FleetStore(out).merge(1)
    assert FleetStore(out).parts() == []
    assert scan(sources, out, workers=1).unchanged == 3
