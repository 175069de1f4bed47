"""One capture, opened from whatever shape it has."""

from __future__ import annotations

import bz2
import lzma
import mmap
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flakecore.bundle import Artefact, Bundle, Kind, open_bundle
from flakecore.errors import BundleError

PACKAGE = "example.com/flaky/courier"
EVIDENCE = {
    f"{PACKAGE}/trace.out": Kind.TRACE,
    f"{PACKAGE}/cpu.pprof": Kind.CPU_PROFILE,
    f"{PACKAGE}/mem.pprof": Kind.MEM_PROFILE,
    f"{PACKAGE}/block.pprof": Kind.BLOCK_PROFILE,
    f"{PACKAGE}/mutex.pprof": Kind.MUTEX_PROFILE,
}
OF_THE_RUN = {"manifest.json": Kind.MANIFEST, "test.json": Kind.TEST_JSON}


def named(bundle: Bundle, name: str) -> Artefact:
    return next(artefact for artefact in bundle.artefacts if artefact.name == name)


def rezipped(sample: Path, to: Path, rename: dict[str, str]) -> Path:
    """Copy the sample with some members under other names."""
    with zipfile.ZipFile(sample) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(rename.get(name, name), old.read(name))
    return to


def test_a_zip_holds_its_artefacts_under_their_package(sample: Path) -> None:
    with open_bundle(sample) as bundle:
        found = {a.name: a.kind for a in bundle.artefacts}
        sources = {name for name, kind in found.items() if kind is Kind.SOURCE}
        assert {name: found[name] for name in found.keys() - sources} == EVIDENCE | OF_THE_RUN
        assert f"sources/{PACKAGE}/ledger.go" in sources
        assert {a.package for a in bundle.artefacts if a.name in EVIDENCE} == {PACKAGE}
        assert {a.package for a in bundle.artefacts if a.name in OF_THE_RUN} == {""}
        assert bundle.losses == ()


def test_its_folder_is_the_same_bundle(sample: Path, unpacked: Path) -> None:
    with open_bundle(sample) as one, open_bundle(unpacked) as other:
        assert set(one.artefacts) == set(other.artefacts)
        assert one.manifest == other.manifest
        for artefact in one.artefacts:
            assert one.read(artefact) == other.read(artefact)


def test_a_zip_of_the_folder_itself_is_the_same_bundle(sample: Path, tmp_path: Path) -> None:
    names = [*EVIDENCE, *OF_THE_RUN]
    wrapped = rezipped(sample, tmp_path / "x.zip", {name: f"flake/{name}" for name in names})
    with open_bundle(wrapped) as bundle:
        assert named(bundle, f"flake/{PACKAGE}/trace.out").package == PACKAGE


def test_evidence_at_the_top_belongs_to_the_only_package(sample: Path, tmp_path: Path) -> None:
    flat = {name: name.rpartition("/")[2] for name in EVIDENCE}
    with open_bundle(rezipped(sample, tmp_path / "x.zip", flat)) as bundle:
        assert named(bundle, "trace.out").package == PACKAGE
        assert named(bundle, "test.json").package == ""


def test_a_loose_file_is_a_bundle_of_one(unpacked: Path) -> None:
    with open_bundle(unpacked / PACKAGE / "trace.out") as bundle:
        (artefact,) = bundle.artefacts
        assert (artefact.name, artefact.kind, artefact.package) == ("trace.out", Kind.TRACE, "")
        assert bundle.manifest is None


def test_a_stored_member_is_a_window_on_the_file(sample: Path) -> None:
    with open_bundle(sample) as bundle:
        trace = bundle.read(named(bundle, f"{PACKAGE}/trace.out"))
        assert isinstance(trace.obj, mmap.mmap)
        assert trace.readonly
        assert bytes(trace[:8]) == b"go 1.26 "


def test_a_window_outlives_its_bundle(sample: Path, unpacked: Path) -> None:
    for path in (sample, unpacked):
        with open_bundle(path) as bundle:
            artefact = named(bundle, f"{PACKAGE}/trace.out")
            trace = bundle.read(artefact)
        assert len(trace) == artefact.size
        assert bytes(trace[:8]) == b"go 1.26 "


def test_artefacts_are_found_by_kind(sample: Path) -> None:
    with open_bundle(sample) as bundle:
        found = bundle.of_kind(Kind.CPU_PROFILE, Kind.MEM_PROFILE)
        assert {artefact.kind for artefact in found} == {Kind.CPU_PROFILE, Kind.MEM_PROFILE}


def test_the_manifest_tells_how_it_came_to_be(sample: Path) -> None:
    with open_bundle(sample) as bundle:
        assert bundle.manifest
        assert bundle.manifest.packages == (PACKAGE,)
        assert bundle.manifest.go == "go1.27.3"
        assert bundle.manifest.exit_code == 1


def test_a_damaged_manifest_is_a_loss_and_the_rest_opens(unpacked: Path, tmp_path: Path) -> None:
    for name in ("manifest.json", "test.json"):
        (tmp_path / name).write_bytes((unpacked / name).read_bytes())
    whole = (tmp_path / "manifest.json").read_bytes()
    (tmp_path / "manifest.json").write_bytes(whole[: len(whole) // 2])
    with open_bundle(tmp_path) as bundle:
        assert bundle.manifest is None
        assert [loss.where for loss in bundle.losses] == ["manifest.json"]
        assert bundle.of_kind(Kind.TEST_JSON)


def test_an_empty_profile_is_a_loss(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "test.json").write_bytes((unpacked / "test.json").read_bytes())
    (tmp_path / "cpu.pprof").touch()
    (tmp_path / "notes.txt").touch()
    with open_bundle(tmp_path) as bundle:
        assert [str(loss) for loss in bundle.losses] == [
            "cpu.pprof: it is empty: the run ended before it was written"
        ]


def test_hidden_files_and_folders_are_left_alone(unpacked: Path, tmp_path: Path) -> None:
    trace = (unpacked / PACKAGE / "trace.out").read_bytes()
    (tmp_path / ".git").mkdir()
    for name in ("trace.out", ".trace.out", ".git/trace.out"):
        (tmp_path / name).write_bytes(trace)
    with open_bundle(tmp_path) as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["trace.out"]


def test_unknown_files_are_listed_beside_what_is_known(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "test.json").write_bytes((unpacked / "test.json").read_bytes())
    (tmp_path / "cpu.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    with open_bundle(tmp_path) as bundle:
        assert {a.name: a.kind for a in bundle.artefacts} == {
            "test.json": Kind.TEST_JSON,
            "cpu.png": Kind.UNKNOWN,
        }


def test_what_is_not_there_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nope\.zip does not exist; .*flaketui collect"):
        open_bundle(tmp_path / "nope.zip")


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.zip").touch()
    with pytest.raises(BundleError, match=r"x\.zip is empty; .*flaketui collect"):
        open_bundle(tmp_path / "x.zip")


def test_a_file_that_is_no_bundle_is_told(tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    with pytest.raises(BundleError, match=r"cat\.jpg is no bundle: neither"):
        open_bundle(tmp_path / "cat.jpg")


def test_a_text_in_which_nothing_is_recognised_is_opened_as_text(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("buy milk\n")
    with open_bundle(tmp_path / "notes.txt") as bundle:
        assert [artefact.kind for artefact in bundle.artefacts] == [Kind.TEST_TEXT]


@pytest.mark.parametrize(("compress", "form"), [(lzma.compress, "xz"), (bz2.compress, "bzip2")])
def test_a_form_of_archive_that_is_not_read_is_named(
    compress: Callable[[bytes], bytes], form: str, tmp_path: Path
) -> None:
    (tmp_path / "b.tar").write_bytes(compress(bytes(1000)))
    with pytest.raises(BundleError, match=f"is packed as {form}, which is not read; unpack it"):
        open_bundle(tmp_path / "b.tar")


def test_a_folder_with_nothing_known_is_told(tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    with pytest.raises(
        BundleError, match=r"holds nothing that is known: its one file is no Go trace"
    ):
        open_bundle(tmp_path)


def test_errors_are_one_line(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nope", Path("/dev/null")):
        with pytest.raises(BundleError) as told:
            open_bundle(path)
        assert "\n" not in str(told.value)
        assert str(path) in str(told.value)
