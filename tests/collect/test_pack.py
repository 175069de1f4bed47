"""``flaketui pack`` makes a bundle of what is there already."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from collect.running import Ending
from flakecore.bundle import Kind, open_bundle
from flakecore.collect import pack_files
from flakecore.errors import BundleError, CollectError
from program import run_program
from toolchains import go_environment


@pytest.fixture
def unpacked(ending: Ending, tmp_path: Path) -> Path:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(ending("passing").result.bundle) as archive:
        archive.extractall(folder)
    return folder


def test_a_bundle_that_was_unzipped_is_packed_as_it_was(
    ending: Ending, unpacked: Path, tmp_path: Path
) -> None:
    (unpacked / ".hidden").write_text("nobody's")
    ended = run_program("pack", unpacked, "-o", tmp_path / "x.zip")
    assert ended.returncode == 0
    files = [path for path in unpacked.rglob("*") if path.is_file() and path.name[0] != "."]
    assert f"({len(files)} files)" in ended.stderr
    with (
        open_bundle(ending("passing").result.bundle) as first,
        open_bundle(tmp_path / "x.zip") as second,
    ):
        assert second.manifest == first.manifest
        assert {(a.name, a.kind, a.package, a.size) for a in second.artefacts} == {
            (a.name, a.kind, a.package, a.size) for a in first.artefacts
        }


def test_loose_files_become_a_bundle(unpacked: Path, tmp_path: Path) -> None:
    package = unpacked / "packages" / "example.com" / "endings" / "passing"
    files = [unpacked / "test.json", package / "trace.out", package / "cpu.pprof"]
    assert pack_files(files, tmp_path / "x.zip") == 3
    with open_bundle(tmp_path / "x.zip") as bundle:
        assert {a.kind for a in bundle.artefacts} == {
            Kind.TEST_JSON,
            Kind.TRACE,
            Kind.CPU_PROFILE,
        }
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.getinfo("trace.out").compress_type == zipfile.ZIP_STORED


def test_the_same_files_make_the_same_bytes(unpacked: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        pack_files([unpacked], tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_an_earlier_bundle_in_the_folder_is_not_packed_into_the_next(unpacked: Path) -> None:
    first = pack_files([unpacked], unpacked / "x.zip")
    assert pack_files([unpacked], unpacked / "x.zip") == first


def test_a_bundle_is_not_packed_into_itself(ending: Ending, tmp_path: Path) -> None:
    bundle = tmp_path / "x.zip"
    shutil.copy(ending("passing").result.bundle, bundle)
    before = bundle.read_bytes()
    with pytest.raises(CollectError, match=r"to be packed into itself; name another file"):
        pack_files([bundle], bundle)
    with pytest.raises(CollectError, match=r"nothing to pack but .*; name another file"):
        pack_files([tmp_path], bundle)
    assert bundle.read_bytes() == before


def test_files_of_one_name_and_files_that_are_no_evidence_are_refused(
    unpacked: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    copy = Path(shutil.copy(unpacked / "test.json", tmp_path / "other"))
    with pytest.raises(CollectError, match=r"would both be test\.json"):
        pack_files([unpacked / "test.json", copy], tmp_path / "x.zip")
    (tmp_path / "cat.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    with pytest.raises(BundleError):
        pack_files([tmp_path / "cat.jpg"], tmp_path / "x.zip")
    with pytest.raises(CollectError, match="does not exist"):
        pack_files([tmp_path / "nothing"], tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_anyone_can_unzip_a_bundle_and_feed_gos_own_tools(unpacked: Path) -> None:
    package = unpacked / "packages" / "example.com" / "endings" / "passing"
    for arguments in (
        ["trace", "-d=footprint", "trace.out"],
        ["pprof", "-raw", "cpu.pprof"],
        ["pprof", "-raw", "mem.pprof"],
        ["pprof", "-raw", "block.pprof"],
        ["pprof", "-raw", "mutex.pprof"],
    ):
        subprocess.run(
            ["go", "tool", *arguments],
            cwd=package,
            env=go_environment(),
            capture_output=True,
            check=True,
        )
