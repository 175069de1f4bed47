"""A zip that lost its end gives all that came before."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from flakecore.bundle import Bundle, Kind, open_bundle
from flakecore.errors import BundleError
from thoroughness import examples


class Unseekable(io.RawIOBase):
    """What a zip is written to that goes straight to a network: sizes must follow the members."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(memoryview(data))  # type: ignore[arg-type]
        self.written += piece
        return len(piece)


def streamed(contents: dict[str, bytes], method: int) -> bytes:
    sink = Unseekable()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return bytes(sink.written)


def directory_of(whole: bytes) -> int:
    """Return where a zip's directory begins."""
    return whole.rindex(b"PK\x01\x02", 0, whole.index(b"PK\x01\x02") + 4)


def contents_of(bundle: Bundle) -> dict[str, bytes]:
    return {artefact.name: bytes(bundle.read(artefact)) for artefact in bundle.artefacts}


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    return tmp_path / "cut.zip"


def test_without_its_directory_every_member_is_whole(sample: Path, cut: Path) -> None:
    whole = sample.read_bytes()
    cut.write_bytes(whole[: directory_of(whole)])
    with open_bundle(cut) as bundle, open_bundle(sample) as original:
        assert bundle.artefacts == original.artefacts
        assert contents_of(bundle) == contents_of(original)
        assert len(bundle.losses) == 1
        assert (
            f"{len(original.artefacts)} members are found by their own headers"
            in bundle.losses[0].what
        )


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_whose_sizes_follow_them_are_found(
    method: int, contents: dict[str, bytes], cut: Path
) -> None:
    whole = streamed(contents, method)
    cut.write_bytes(whole[: whole.rindex(b"PK\x05\x06")])  # the directory without its end
    with open_bundle(cut) as bundle:
        assert contents_of(bundle) == contents


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_last_member_is_cut_and_named(
    method: int, contents: dict[str, bytes], cut: Path
) -> None:
    order = sorted(contents, key=lambda name: name == "trace.out")
    for whole in (streamed, _seekable):
        data = whole({name: contents[name] for name in order}, method)
        middle = data.rindex(b"PK\x03\x04") + (directory_of(data) - data.rindex(b"PK\x03\x04")) // 2
        cut.write_bytes(data[:middle])
        with open_bundle(cut) as bundle:
            read = contents_of(bundle)
            assert {name: read[name] for name in order[:-1]} == {
                name: contents[name] for name in order[:-1]
            }
            assert len(read["trace.out"]) > len(contents["trace.out"]) // 4
            assert contents["trace.out"].startswith(read["trace.out"])
            assert any("trace.out, is cut off" in loss.what for loss in bundle.losses)
            assert bundle.of_kind(Kind.TRACE)


def _seekable(contents: dict[str, bytes], method: int) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return sink.getvalue()


WRITER = """
import os, signal, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    archive.writestr("test.json", open(sys.argv[2], "rb").read())
    trace = open(sys.argv[3], "rb").read()
    with archive.open("trace.out", "w") as member:
        member.write(trace)
        archive.fp.flush()
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_zip_whose_writer_was_killed_is_read(
    contents: dict[str, bytes], tmp_path: Path, cut: Path
) -> None:
    for name in ("test.json", "trace.out"):
        (tmp_path / name).write_bytes(contents[name])
    files = (str(tmp_path / "test.json"), str(tmp_path / "trace.out"))
    ended = subprocess.run([sys.executable, "-c", WRITER, str(cut), *files], check=False)
    assert ended.returncode == -signal.SIGKILL
    with open_bundle(cut) as bundle:
        assert contents_of(bundle) == {name: contents[name] for name in ("test.json", "trace.out")}


def test_a_zip_in_a_zip_is_found_in_what_is_left_of_it(sample: Path, cut: Path) -> None:
    inner = sample.read_bytes()
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        whole = streamed({"bundle.zip": inner}, method)
        cut.write_bytes(whole[: whole.rindex(b"PK\x01\x02")])
        with open_bundle(cut) as bundle, open_bundle(sample) as original:
            assert contents_of(bundle) == contents_of(original)


def test_a_member_behind_damage_is_found(contents: dict[str, bytes], cut: Path) -> None:
    names = ("test.json", "manifest.json", "trace.out")
    data = bytearray(streamed({name: contents[name] for name in names}, zipfile.ZIP_DEFLATED))
    first = data.index(b"PK\x03\x04", 4)
    data[first // 2 : first // 2 + 64] = b"\xff" * 64
    cut.write_bytes(data[: data.index(b"PK\x01\x02")])
    with open_bundle(cut) as bundle:
        read = contents_of(bundle)
        assert read["manifest.json"] == contents["manifest.json"]
        assert read["trace.out"] == contents["trace.out"]
        assert contents["test.json"].startswith(read["test.json"][:1000])
        assert any(loss.where == "test.json" for loss in bundle.losses)


def test_encrypted_members_stay_left_out(contents: dict[str, bytes], cut: Path) -> None:
    data = bytearray(_seekable({"test.json": contents["test.json"], "a.json": b"{}"}, 0))
    second = data.index(b"PK\x03\x04", 4)
    data[second + 6] |= 1
    cut.write_bytes(data[: data.index(b"PK\x01\x02")])
    with open_bundle(cut) as bundle:
        assert [(loss.where, "encrypted" in loss.what) for loss in bundle.losses[1:]] == [
            ("a.json", True)
        ]


@pytest.mark.slow
def test_a_sample_cut_anywhere_opens_or_is_told(sample: Path, cut: Path) -> None:
    whole = sample.read_bytes()
    chance = random.Random(3)
    opened, count = 0, examples(150)
    for size in sorted(chance.sample(range(5, len(whole)), count)):
        cut.write_bytes(whole[:size])
        try:
            with open_bundle(cut) as bundle:
                for artefact in bundle.artefacts:
                    bundle.read(artefact)
                assert bundle.losses
                opened += 1
        except BundleError as error:
            assert "\n" not in str(error)
            assert str(cut) in str(error)
    assert opened > 0.9 * count


def test_headers_that_lie_do_no_harm(contents: dict[str, bytes], cut: Path) -> None:
    whole = streamed(
        {name: contents[name] for name in ("test.json", "trace.out")}, zipfile.ZIP_DEFLATED
    )
    whole = whole[: whole.index(b"PK\x01\x02")]
    chance = random.Random(5)
    headers = [at for at in range(len(whole)) if whole.startswith(b"PK\x03\x04", at)]
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(4):
            damaged[chance.choice(headers) + chance.randrange(4, 40)] = chance.randrange(256)
        cut.write_bytes(damaged)
        try:
            with open_bundle(cut) as bundle:
                total = sum(len(bundle.read(artefact)) for artefact in bundle.artefacts)
                assert total < 64 << 20
        except BundleError as error:
            assert "\n" not in str(error)


def test_nothing_is_written_beside_the_zip(
    contents: dict[str, bytes], cut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", os.fspath(cut.parent))
    cut.write_bytes(streamed(contents, zipfile.ZIP_DEFLATED)[:-30])
    with open_bundle(cut) as bundle:
        contents_of(bundle)
        assert [path.name for path in cut.parent.iterdir()] == ["cut.zip"]
