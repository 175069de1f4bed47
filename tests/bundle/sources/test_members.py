"""Archives in an archive, by name."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from flakecore.bundle import open_bundle
from flakecore.bundle.sources.folders import mapped
from flakecore.bundle.sources.members import archives_in, outer_of
from flakecore.bundle.sources.spool import Spool
from flakecore.errors import BundleError
from program import SAMPLE


@pytest.fixture
def several(tmp_path: Path) -> Path:
    path = tmp_path / "several.zip"
    with zipfile.ZipFile(path, "w") as outer:
        for number in (1, 2):
            outer.write(SAMPLE, f"runs/{number}.zip")
        outer.writestr("notes.md", "two runs")
    return path


def test_a_bundle_in_an_archive_of_several_is_opened_by_its_name(several: Path) -> None:
    with open_bundle(f"{several}!/runs/2.zip") as bundle:
        assert bundle.name == "2.zip"
        assert len({artefact.attempt for artefact in bundle.artefacts}) == 1


def test_a_member_that_is_not_there_is_named(several: Path) -> None:
    with pytest.raises(BundleError, match=r"has no member runs/3\.zip"):
        open_bundle(f"{several}!/runs/3.zip")


def test_the_archives_of_an_archive_of_several_are_found(several: Path) -> None:
    assert list(archives_in(mapped(several), Spool(), where="")) == ["runs/1.zip", "runs/2.zip"]


def test_a_bundle_is_no_archive_of_several() -> None:
    assert archives_in(mapped(SAMPLE), Spool(), where="") == {}


def test_archives_beside_evidence_are_part_of_the_bundle(several: Path) -> None:
    with zipfile.ZipFile(several, "a") as outer:
        outer.writestr("test.txt", "--- PASS: TestA (0.00s)\nok  \texample.com/a\t0.01s\n")
    assert archives_in(mapped(several), Spool(), where="") == {}


def test_a_file_whose_own_name_has_the_mark_is_itself(tmp_path: Path) -> None:
    odd = tmp_path / "a!" / "b.zip"
    odd.parent.mkdir()
    odd.write_bytes(SAMPLE.read_bytes())
    assert outer_of(str(odd)) == (str(odd), ())
