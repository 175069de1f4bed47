"""A zip is never believed: damage is named, and the rest is read."""

from __future__ import annotations

import random
import zipfile
import zlib
from pathlib import Path

import pytest

from flakecore.bundle import Kind, open_bundle
from flakecore.bundle.sources import inflate, zips
from flakecore.errors import BundleError
from thoroughness import examples

EVENTS = b'{"Action":"start","Package":"example.com/pool"}\n'


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    """Write a zip that holds test events, so that it opens, and these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("test.json", EVENTS)
        for member, data in members:
            archive.writestr(member, data)
    return path


def patched(path: Path, signature: bytes, offset: int, value: bytes, nth: int = 1) -> Path:
    """Overwrite bytes behind the nth record that has this signature (counted from 0)."""
    data = bytearray(path.read_bytes())
    at = -1
    for _ in range(nth + 1):
        at = data.index(signature, at + 1)
    data[at + offset : at + offset + len(value)] = value
    path.write_bytes(data)
    return path


CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"


def test_a_zip_of_which_nothing_is_left_is_told(tmp_path: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(LOCAL + bytes(100))
    with pytest.raises(
        BundleError, match=r"/cut\.zip is a zip that is cut off .*; copy or download"
    ):
        open_bundle(cut)


def test_an_empty_zip_holds_nothing_that_is_known(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w"):
        pass
    with pytest.raises(BundleError, match="holds nothing that is known"):
        open_bundle(tmp_path / "x.zip")


@pytest.mark.parametrize("name", ["../trace.out", "/etc/trace.out", "a/../../b", "a\\..\\b"])
def test_a_path_that_climbs_out_is_left_out_by_name(name: str, tmp_path: Path) -> None:
    with open_bundle(zipped(tmp_path / "x.zip", (name, EVENTS))) as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["test.json"]
        assert [(loss.where, "climbs" in loss.what) for loss in bundle.losses] == [(name, True)]


@pytest.mark.parametrize("name", ["two\nlines", "\x1b[2Jtrace.out", "trace\x9b1m.out"])
def test_a_path_that_would_write_over_the_terminal_is_left_out(name: str, tmp_path: Path) -> None:
    with open_bundle(zipped(tmp_path / "x.zip", (name, EVENTS))) as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["test.json"]
        assert "control characters" in bundle.losses[0].what
        assert bundle.losses[0].where.isprintable()


def test_a_member_without_a_name_is_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("trace.out", EVENTS))
    patched(path, CENTRAL, 46, b"\0")
    with open_bundle(path) as bundle:
        assert "no name" in bundle.losses[0].what


def test_an_encrypted_member_is_left_out_by_name(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("trace.out", EVENTS))
    patched(path, CENTRAL, 8, b"\x01\x00")
    with open_bundle(path) as bundle:
        assert [loss.where for loss in bundle.losses] == ["trace.out"]
        assert "encrypted" in bundle.losses[0].what


def test_a_zip_with_nothing_but_encrypted_members_says_so(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip")
    patched(path, CENTRAL, 8, b"\x01\x00", nth=0)
    with pytest.raises(BundleError, match="encrypted"):
        open_bundle(path)


def test_an_unknown_compression_is_left_out_by_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("test.json", EVENTS)
        archive.writestr("other.json", EVENTS, zipfile.ZIP_LZMA)
    with open_bundle(tmp_path / "x.zip") as bundle:
        assert "method 14" in bundle.losses[0].what


def test_a_link_is_left_out_by_name(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("trace.out")
    link.external_attr = 0o120777 << 16
    with open_bundle(zipped(tmp_path / "x.zip", (link, b"/etc/passwd"))) as bundle:
        assert "link" in bundle.losses[0].what


def test_folders_are_no_artefacts_and_no_loss(tmp_path: Path) -> None:
    with open_bundle(zipped(tmp_path / "x.zip", ("example.com/", b""))) as bundle:
        assert len(bundle.artefacts) == 1
        assert bundle.losses == ()


def test_a_declared_size_is_not_believed(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("more.json", EVENTS * 1000))
    patched(path, CENTRAL, 24, (17).to_bytes(4, "little"))
    with open_bundle(path) as bundle:
        assert bundle.artefacts[1].size == 17
        assert bundle.read(bundle.artefacts[1]) == EVENTS * 1000


def test_a_member_that_reaches_beyond_the_file_is_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("trace.out", EVENTS))
    patched(path, CENTRAL, 20, (1 << 30).to_bytes(4, "little"))
    with open_bundle(path) as bundle:
        assert [loss.where for loss in bundle.losses] == ["trace.out"]


def test_a_member_whose_header_is_elsewhere_is_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("trace.out", EVENTS))
    patched(path, LOCAL, 0, b"XXXX")
    with open_bundle(path) as bundle:
        assert [loss.where for loss in bundle.losses] == ["trace.out"]


def test_what_stands_before_damage_is_read_and_the_damage_named(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(300_000)
    lines = b"".join(b'{"Action":"output","Output":"%d"}\n' % byte for byte in noise)
    path = zipped(tmp_path / "x.zip", ("more.json", lines))
    deflated = zlib.compressobj(wbits=-15)
    middle = len(deflated.compress(lines) + deflated.flush()) // 2
    patched(path, LOCAL, 30 + len("more.json") + middle, b"\xff" * 64)
    with open_bundle(path) as bundle:
        more = bundle.artefacts[1]
        assert more.kind == Kind.TEST_JSON
        read = bytes(bundle.read(more))
        assert len(read) > 100_000
        assert read[:100_000] == lines[:100_000]
        bundle.read(more)
        assert [loss.where for loss in bundle.losses] == ["more.json"]


def test_a_wrong_checksum_is_a_loss(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("more.json", EVENTS))
    patched(path, CENTRAL, 16, b"\0\0\0\0")
    with open_bundle(path) as bundle:
        assert bundle.read(bundle.artefacts[1]) == EVENTS
        assert "checksum" in bundle.losses[0].what


def test_a_zip_bomb_is_cut_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflate, "MIN_BYTES_FOR_RATIO", 1 << 20)
    bomb = b"flakeoutput1\0\0\0\0" + bytes(200 << 20)
    with open_bundle(zipped(tmp_path / "x.zip", ("bomb", bomb))) as bundle:
        artefact = bundle.artefacts[1]
        with zipfile.ZipFile(tmp_path / "x.zip") as archive:
            deflated = archive.getinfo("bomb").compress_size
        assert len(bundle.read(artefact)) == deflated * inflate.MAX_RATIO
        assert "is cut there" in bundle.losses[0].what


def test_bytes_that_several_members_share_are_read_once(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("one.json", EVENTS), ("two.json", EVENTS))
    patched(path, CENTRAL, 42, bytes(4), nth=1)
    with open_bundle(path) as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["test.json", "two.json"]
        assert [loss.where for loss in bundle.losses] == ["one.json"]
        assert "also another member's" in bundle.losses[0].what


def test_a_directory_of_absurd_size_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "MAX_DIRECTORY", 200)
    with open_bundle(zipped(tmp_path / "x.zip", ("a" * 100, EVENTS))) as bundle:
        assert len(bundle.artefacts) == 2
        assert "larger than any real one" in bundle.losses[0].what


def test_more_members_than_any_run_has_are_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "MAX_MEMBERS", 3)
    members = [(f"{n}.json", EVENTS) for n in range(5)]
    with open_bundle(zipped(tmp_path / "x.zip", *members)) as bundle:
        assert len(bundle.artefacts) == 3
        assert bundle.losses[0].count == 3


@pytest.mark.slow
def test_any_damaged_byte_gives_a_bundle_or_a_clear_error(sample: Path, tmp_path: Path) -> None:
    whole = sample.read_bytes()
    first = whole.index(CENTRAL)
    chance = random.Random(7)
    for _ in range(examples(300)):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[chance.randrange(first, len(whole))] = chance.randrange(256)
        path = tmp_path / "x.zip"
        path.write_bytes(damaged)
        try:
            with open_bundle(path) as bundle:
                for artefact in bundle.artefacts:
                    bundle.read(artefact)
        except BundleError as error:
            assert "\n" not in str(error)
