"""Parts, and what they are merged into."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from flakecore.errors import FlakeError
from flakecore.fleet import FLEET_TABLES, FleetStore
from flakecore.fleet.arrow import arrow
from fleet.fleets import fleet


def rows(content: str) -> dict[str, list[dict[str, Any]]]:
    run = {"content": content, "run": 1, "passed": False, "kept": True}
    return {
        "bundles": [{"content": content, "bundle": f"{content}.zip", "problem": ""}],
        "runs": [run],
        "conditions": [{"content": content, "run": 1, "condition": "race", "text": "on"}],
    }


@pytest.fixture
def store(tmp_path: Path) -> FleetStore:
    found = FleetStore(tmp_path)
    for content in ("a", "b", "c"):
        found.write(content, rows(content))
    return found


def everything(store: FleetStore) -> dict[str, list[Any]]:
    found = {}
    for name, columns in FLEET_TABLES.items():
        table = store.read(name, [column.name for column in columns])
        found[name] = sorted(table.to_pylist(), key=repr)
    return found


def test_merging_changes_nothing_that_is_read(store: FleetStore) -> None:
    before = everything(store)
    store.merge(least=2)
    assert store.parts() == []
    assert len(store.merged()) == 1
    assert everything(store) == before
    assert [row["content"] for row in before["runs"]] == ["a", "b", "c"]


def test_a_part_that_is_in_a_merged_file_too_counts_once(store: FleetStore) -> None:
    kept = store.folder / "kept"
    shutil.copytree(store.folder / "parts", kept)
    store.merge(least=1)
    for part in kept.iterdir():  # as where a scan ends between merging and removing
        shutil.copy(part, store.folder / "parts")
    assert len(everything(store)["bundles"]) == 3
    store.merge(least=1)
    assert (len(store.parts()), len(store.merged())) == (0, 1)


def test_few_parts_are_left_as_they_are(store: FleetStore) -> None:
    store.merge(least=4)
    assert len(store.parts()) == 3


def test_unread_places_are_never_merged(store: FleetStore) -> None:
    store.write_unread("/ci/1.zip", {"bundle": "/ci/1.zip", "problem": "it is gone"})
    store.merge(least=1)
    assert len(store.parts()) == 1
    store.forget_unread("/ci/1.zip")
    assert store.parts() == []


def test_a_folder_without_a_fleet_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FlakeError, match="flaketui scan SOURCE -o DIR"):
        FleetStore(tmp_path).read("runs", ["content"])


def test_a_damaged_part_is_named(store: FleetStore) -> None:
    (store.folder / "parts" / "b.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(FlakeError, match=r"b\.parquet cannot be read .*remove it and scan again"):
        store.read("runs", ["content"])


def test_a_part_without_a_column_is_of_another_release(tmp_path: Path) -> None:
    store = fleet(tmp_path, ["pass"])
    (part,) = store.parts()
    pq = arrow("parquet")
    pq.write_table(pq.read_table(part).drop_columns(["drawn"]), part)
    with pytest.raises(FlakeError, match="lacks the column drawn: another release wrote it"):
        store.read("tests", ("drawn",))
