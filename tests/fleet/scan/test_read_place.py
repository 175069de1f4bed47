"""What one place becomes, without processes."""

from __future__ import annotations

import zipfile
from pathlib import Path

from flakecore.fleet import FleetStore
from flakecore.fleet.scan.places import BundlePlace, bundle_places
from flakecore.fleet.scan.read_place import PlaceRead, read_place
from fleet.bundles import plain_run


def read(path: Path, store: FleetStore) -> list[PlaceRead]:
    (place,) = bundle_places([str(path)])
    return list(read_place(place, store, ()))


def test_each_bundle_of_an_archive_of_several_has_a_part(tmp_path: Path) -> None:
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        for number in range(2):
            inner = tmp_path / f"{number}.zip"
            with zipfile.ZipFile(inner, "w") as bundle:
                log = plain_run(tmp_path / "t.txt", failed=bool(number))
                bundle.write(log, "test.txt")
            archive.write(inner, f"runs/{number}.zip")
    store = FleetStore(tmp_path / "out")
    assert [each.place for each in read(outer, store)] == [
        f"{outer}!/runs/0.zip",
        f"{outer}!/runs/1.zip",
    ]
    assert len(store.parts()) == 2


def test_the_same_bytes_elsewhere_are_read_once(tmp_path: Path) -> None:
    store = FleetStore(tmp_path / "out")
    first = read(plain_run(tmp_path / "a.txt", failed=True), store)
    again = read(plain_run(tmp_path / "b.txt", failed=True), store)
    assert [each.known for each in (*first, *again)] == [False, True]
    assert len(store.parts()) == 1


def test_a_part_that_a_reader_left_before_it_died_counts_as_read(tmp_path: Path) -> None:
    store = FleetStore(tmp_path / "out")
    log = plain_run(tmp_path / "a.txt", failed=True)
    assert [each.known for each in (*read(log, store), *read(log, store))] == [False, False]
    (place,) = bundle_places([str(log)])
    (part,) = store.parts()
    assert [each.known for each in read_place(place, store, {part.stem})] == [True]


def test_what_is_no_bundle_is_a_row_with_its_problem(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04" + b"x" * 99)
    store = FleetStore(tmp_path / "out")
    (found,) = read(tmp_path / "broken.zip", store)
    (row,) = store.read("bundles", ["bundle", "problem", "bytes"]).to_pylist()
    assert row["problem"] == found.problem
    assert "cut off or damaged" in found.problem
    assert row["bytes"] == 103


def test_what_could_not_be_read_is_read_again_once_it_can(tmp_path: Path) -> None:
    store = FleetStore(tmp_path / "out")
    place = BundlePlace(str(tmp_path / "late.txt"), 0, "")
    (missing,) = read_place(place, store, ())
    assert "does not exist" in missing.problem
    plain_run(tmp_path / "late.txt", failed=True)
    (found,) = read_place(place, store, ())
    assert found.problem == ""
    (row,) = store.read("bundles", ["problem"]).to_pylist()
    assert row["problem"] == ""


def test_a_folder_of_evidence_is_a_bundle(tmp_path: Path) -> None:
    plain_run(tmp_path / "in" / "a.txt", failed=True)
    store = FleetStore(tmp_path / "out")
    (found,) = read(tmp_path / "in", store)
    assert (found.problem, found.known) == ("", False)
    assert len(store.parts()) == 1


def test_every_empty_archive_is_a_row_until_it_is_written(tmp_path: Path) -> None:
    store = FleetStore(tmp_path / "out")
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).touch()
        assert [each.problem for each in read(tmp_path / name, store)] == ["it is empty"]
    plain_run(tmp_path / "a.zip", failed=True)
    assert [each.problem for each in read(tmp_path / "a.zip", store)] == [""]
    rows = store.read("bundles", ["bundle", "problem"]).to_pylist()
    assert sorted((Path(row["bundle"]).name, row["problem"]) for row in rows) == [
        ("a.zip", ""),
        ("b.zip", "it is empty"),
    ]
