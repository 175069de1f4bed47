"""Which places hold bundles."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flakecore.errors import BundleError
from flakecore.fleet.scan.places import bundle_places
from fleet.bundles import plain_run
from program import SAMPLE


def names(sources: list[str], below: Path) -> list[str]:
    return [str(Path(each.place).relative_to(below)) for each in bundle_places(sources)]


def test_every_archive_below_a_folder_is_one(tmp_path: Path) -> None:
    for name in ("1/flaketui.zip", "2/flaketui.zip", ".hidden/x.zip"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(SAMPLE, tmp_path / name)
    (tmp_path / "1" / "README.md").write_text("no evidence")
    assert names([str(tmp_path)], tmp_path) == ["1/flaketui.zip", "2/flaketui.zip"]


def test_a_folder_of_evidence_is_one_with_what_is_below_it(tmp_path: Path) -> None:
    shutil.unpack_archive(SAMPLE, tmp_path / "run", "zip")
    plain_run(tmp_path / "logs" / "a.txt", failed=True)
    plain_run(tmp_path / "logs" / "b.txt", failed=False)
    assert names([str(tmp_path)], tmp_path) == ["logs", "run"]


def test_output_beside_archives_is_one_by_itself(tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "b.zip")
    plain_run(tmp_path / "a.txt", failed=True)
    assert names([str(tmp_path)], tmp_path) == ["b.zip", "a.txt"]


def test_what_two_sources_name_is_there_once(tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "b.zip")
    found = names([f"{tmp_path}/*.zip", f"{tmp_path}/**/b.zip", str(tmp_path)], tmp_path)
    assert found == ["b.zip"]


def test_a_source_that_is_not_there_is_told() -> None:
    with pytest.raises(BundleError, match="does not exist"):
        bundle_places(["no-such-folder"])


def test_object_storage_is_listed_with_what_changes(tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "b.zip")
    (tmp_path / "log.txt").write_text("no archive")
    (found,) = bundle_places([f"local://{tmp_path}"])
    assert found.place.endswith("/b.zip")
    assert found.bytes == SAMPLE.stat().st_size
    assert found.version


def test_the_folder_of_the_table_is_not_searched(tmp_path: Path) -> None:
    for name in ("a.zip", "fleet/b.zip"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(SAMPLE, tmp_path / name)
    (found,) = bundle_places([str(tmp_path)], tmp_path / "fleet")
    assert found.place == str(tmp_path / "a.zip")


def test_what_was_to_be_an_archive_is_one_to_be_told_of(tmp_path: Path) -> None:
    (tmp_path / "lost.zip").touch()
    plain_run(tmp_path / "a.txt", failed=True)
    assert names([str(tmp_path)], tmp_path) == ["lost.zip", "a.txt"]
