"""Archives in archives are folders; hostile ones are bounded and named."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from bundle.archives import tar_of, tgz_of, zip_of
from flakecore.bundle import Bundle, Kind, open_bundle
from flakecore.bundle.sources import inflate, nesting
from flakecore.errors import BundleError

EVENTS = b'{"Action":"start","Package":"example.com/pool"}\n'


def contents_of(bundle: Bundle) -> dict[str, bytes]:
    return {artefact.name: bytes(bundle.read(artefact)) for artefact in bundle.artefacts}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "artifact.zip"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_bundle_in_the_zip_of_github_is_the_same_bundle(
    method: int, sample: Path, path: Path
) -> None:
    path.write_bytes(zip_of({"bundle.zip": sample.read_bytes()}, method))
    with open_bundle(path) as wrapped, open_bundle(sample) as original:
        assert wrapped.artefacts == original.artefacts
        assert wrapped.manifest == original.manifest
        assert contents_of(wrapped) == contents_of(original)
        assert wrapped.losses == ()


def test_the_zip_of_a_shell_script_is_a_bundle(contents: dict[str, bytes], path: Path) -> None:
    evidence = {name: contents[name] for name in ("trace.out", "cpu.pprof", "mem.pprof")}
    log = b"=== RUN   TestX\n--- FAIL: TestX (0.00s)\nFAIL\n"
    png = b"\x89PNG\r\n\x1a\n" + bytes(64)
    path.write_bytes(zip_of({**evidence, "test.log": log, "cpu.png": png, "mem.png": png}))
    with open_bundle(path) as bundle:
        assert {artefact.name: artefact.kind for artefact in bundle.artefacts} == {
            "trace.out": Kind.TRACE,
            "cpu.pprof": Kind.CPU_PROFILE,
            "mem.pprof": Kind.MEM_PROFILE,
            "test.log": Kind.TEST_TEXT,
            "cpu.png": Kind.UNKNOWN,
            "mem.png": Kind.UNKNOWN,
        }


def test_the_artifacts_of_several_jobs_are_attempts(sample: Path, path: Path) -> None:
    bundle_of = sample.read_bytes()
    path.write_bytes(zip_of({"linux.zip": bundle_of, "macos/bundle.zip": zip_of({"b": bundle_of})}))
    with open_bundle(path) as bundle, open_bundle(sample) as original:
        traces = bundle.of_kind(Kind.TRACE)
        assert [trace.attempt for trace in traces] == ["linux.zip", "macos/bundle.zip"]
        assert {trace.package for trace in traces} == {
            trace.package for trace in original.of_kind(Kind.TRACE)
        }


def test_a_compressed_tar_in_a_zip_in_a_tar_is_opened(
    contents: dict[str, bytes], path: Path
) -> None:
    path.write_bytes(tar_of({"a.zip": zip_of({"b.tgz": tgz_of(contents)})}))
    with open_bundle(path) as bundle:
        assert contents_of(bundle) == contents


def test_archives_too_deep_are_named_and_not_opened(contents: dict[str, bytes], path: Path) -> None:
    inner = zip_of({"trace.out": contents["trace.out"]})
    for depth in range(6):
        inner = zip_of({f"{depth}.zip": inner, "test.json": EVENTS})
    path.write_bytes(inner)
    with open_bundle(path) as bundle:
        assert not bundle.of_kind(Kind.TRACE)
        assert len(bundle.of_kind(Kind.TEST_JSON)) == nesting.MAX_DEPTH
        assert ["no deeper ones" in loss.what for loss in bundle.losses] == [True]


def test_a_zip_that_holds_nothing_but_itself_ends(path: Path) -> None:
    inner = EVENTS
    for _ in range(30):
        inner = zip_of({"r.zip": inner})
    path.write_bytes(inner)
    with pytest.raises(BundleError, match="no deeper ones are opened"):
        open_bundle(path)


def test_archives_are_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "MAX_ARCHIVES", 5)
    one = zip_of({"test.json": EVENTS})
    path.write_bytes(zip_of({f"{n}.zip": one for n in range(20)}))
    with open_bundle(path) as bundle:
        assert len(bundle.artefacts) == 3  # beside the file itself and its zip
        assert "only 5 archives" in bundle.losses[0].what


def test_files_of_all_archives_are_counted_together(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nesting, "MAX_FILES", 50)
    one = zip_of({f"{n}.json": EVENTS for n in range(30)})
    path.write_bytes(zip_of({"a.zip": one, "b.zip": one}))
    with open_bundle(path) as bundle:
        assert len(bundle.artefacts) == 50
        assert "only 50 files" in bundle.losses[0].what


def test_a_bomb_in_a_zip_is_cut_and_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflate, "MIN_BYTES_FOR_RATIO", 1 << 20)
    bomb = gzip.compress(b"flakeoutput1\0\0\0\0" + bytes(100 << 20))
    path.write_bytes(zip_of({"bomb.gz": bomb, "test.json": EVENTS}, zipfile.ZIP_STORED))
    with open_bundle(path) as bundle:
        sizes = {artefact.name: artefact.size for artefact in bundle.artefacts}
        assert sizes["bomb"] == inflate.MAX_RATIO * len(bomb)
        assert [(loss.where, "is cut there" in loss.what) for loss in bundle.losses] == [
            ("bomb.gz", True)
        ]


def test_losses_in_an_inner_archive_name_the_way_to_them(path: Path) -> None:
    inner = zip_of({"../../trace.out": EVENTS, "test.json": EVENTS})
    path.write_bytes(zip_of({"inner.zip": inner, "test.json": EVENTS}))
    with open_bundle(path) as bundle:
        assert [loss.where for loss in bundle.losses] == ["inner.zip/../../trace.out"]


def test_what_is_wrong_with_an_inner_archive_itself_names_it_once(path: Path) -> None:
    inner = zip_of({"test.json": EVENTS, "more.json": EVENTS})
    path.write_bytes(zip_of({"a/inner.zip": inner[: inner.index(b"PK\x01\x02")], "b": b""}))
    with open_bundle(path) as bundle:
        assert [loss.where for loss in bundle.losses] == ["a/inner.zip"]
        assert "2 members are found" in bundle.losses[0].what


def test_an_inner_archive_that_is_damaged_is_a_loss(path: Path) -> None:
    path.write_bytes(zip_of({"inner.zip": b"PK\x03\x04" + bytes(50), "test.json": EVENTS}))
    with open_bundle(path) as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["test.json"]
        assert [loss.where for loss in bundle.losses] == ["inner.zip"]


def test_compressed_files_of_no_interest_are_left_as_they_are(path: Path) -> None:
    photographs = gzip.compress(bytes(1 << 20))
    path.write_bytes(zip_of({"photographs.gz": photographs, "test.json": EVENTS}))
    with open_bundle(path) as bundle:
        assert contents_of(bundle) == {"photographs.gz": photographs, "test.json": EVENTS}
