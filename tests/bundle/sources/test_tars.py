"""A tar is a source like any other: its members are windows on it, and it is never believed."""

from __future__ import annotations

import gzip
import io
import mmap
import random
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from bundle.archives import tar_of, tgz_of
from flakecore.bundle import Bundle, open_bundle
from flakecore.errors import BundleError
from thoroughness import examples

EVENTS = b'{"Action":"start","Package":"example.com/pool"}\n'


def contents_of(bundle: Bundle) -> dict[str, bytes]:
    return {artefact.name: bytes(bundle.read(artefact)) for artefact in bundle.artefacts}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.tar"


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_form_of_tar_gives_its_members(
    form: int, contents: dict[str, bytes], path: Path
) -> None:
    names = {f"packages/example.com/{'long/' * 15}{name}": name for name in contents}
    path.write_bytes(tar_of({long: contents[name] for long, name in names.items()}, form))
    with open_bundle(path) as bundle:
        assert contents_of(bundle) == {long: contents[name] for long, name in names.items()}
        assert bundle.losses == ()


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_longer_than_a_header_are_whole(form: int, path: Path) -> None:
    name = f"{'päckage/' * 60}test.json"
    path.write_bytes(tar_of({name: EVENTS}, form))
    with open_bundle(path) as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == [name]


def test_a_member_is_a_window_on_the_file(contents: dict[str, bytes], path: Path) -> None:
    path.write_bytes(tar_of({"trace.out": contents["trace.out"]}))
    with open_bundle(path) as bundle:
        assert isinstance(bundle.read(bundle.artefacts[0]).obj, mmap.mmap)


@pytest.mark.parametrize("name", ["x.tar.gz", "x.tgz", "whatever"])
def test_a_compressed_tar_is_the_same(
    name: str, contents: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(tgz_of(contents))
    with open_bundle(tmp_path / name) as bundle:
        assert contents_of(bundle) == contents


def test_what_the_tar_command_makes_of_a_folder_is_that_folder(
    unpacked: Path, tmp_path: Path
) -> None:
    command = shutil.which("tar")
    if command is None:
        with tarfile.open(tmp_path / "x.tgz", "w:gz") as archive:
            archive.add(unpacked, ".")
    else:
        subprocess.run([command, "-czf", tmp_path / "x.tgz", "-C", unpacked, "."], check=True)
    with open_bundle(tmp_path / "x.tgz") as bundle, open_bundle(unpacked) as folder:
        assert contents_of(bundle) == contents_of(folder)
        assert set(bundle.artefacts) == set(folder.artefacts)


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (special("trace.out", tarfile.SYMTYPE, "/etc/passwd"), "a link"),
        (special("trace.out", tarfile.LNKTYPE, "test.json"), "a link"),
        (special("trace.out", tarfile.CHRTYPE), "no regular file"),
        (special("trace.out", tarfile.FIFOTYPE), "no regular file"),
        (special("../trace.out", tarfile.REGTYPE), "climbs out"),
        (special("/etc/trace.out", tarfile.REGTYPE), "climbs out"),
    ],
)
def test_what_is_no_plain_file_is_left_out_by_name(
    member: tarfile.TarInfo, why: str, path: Path
) -> None:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        archive.addfile(member)
        known = tarfile.TarInfo("test.json")
        known.size = len(EVENTS)
        archive.addfile(known, io.BytesIO(EVENTS))
    path.write_bytes(sink.getvalue())
    with open_bundle(path) as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["test.json"]
        assert [(loss.where, why in loss.what) for loss in bundle.losses] == [(member.name, True)]


def test_a_tar_that_is_cut_off_gives_what_came_before(
    contents: dict[str, bytes], path: Path
) -> None:
    whole = tar_of({name: contents[name] for name in ("test.json", "trace.out")})
    path.write_bytes(whole[: len(whole) - 60_000])
    with open_bundle(path) as bundle:
        read = contents_of(bundle)
        assert read["test.json"] == contents["test.json"]
        assert contents["trace.out"].startswith(read["trace.out"])
        assert len(read["trace.out"]) > 50_000
        assert any("cut off" in loss.what for loss in bundle.losses)


def test_a_compressed_tar_that_is_cut_off_gives_what_came_before(
    contents: dict[str, bytes], path: Path
) -> None:
    whole = tgz_of({name: contents[name] for name in ("test.json", "trace.out")})
    path.write_bytes(whole[: len(whole) // 2])
    with open_bundle(path) as bundle:
        assert contents_of(bundle)["test.json"] == contents["test.json"]
        assert any("cut off" in loss.what for loss in bundle.losses)


def test_sizes_that_lie_do_no_harm(contents: dict[str, bytes], path: Path) -> None:
    whole = tar_of({name: contents[name] for name in ("test.json", "trace.out")})
    chance = random.Random(2)
    for _ in range(200):
        header = bytearray(whole[:512])
        for _ in range(3):
            header[chance.randrange(124, 160)] = chance.randrange(256)
        # With a checksum that is right, so that the lie is listened to.
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        path.write_bytes(bytes(header) + whole[512:])
        try:
            with open_bundle(path) as bundle:
                assert sum(map(len, contents_of(bundle).values())) <= len(whole)
        except BundleError as error:
            assert "\n" not in str(error)


def test_a_size_below_zero_is_damage_and_no_way_back(path: Path) -> None:
    header = bytearray(tar_of({"test.json": EVENTS})[:512])
    header[124:136] = b"\xff" * 12  # a size in base 256
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path.write_bytes(tar_of({"a.json": EVENTS})[:1024] + bytes(header) + bytes(1024))
    with open_bundle(path) as bundle:
        assert [artefact.name for artefact in bundle.artefacts] == ["a.json"]
        assert "cannot be found" in bundle.losses[0].what


@pytest.mark.slow
def test_any_damaged_byte_gives_a_bundle_or_a_clear_error(
    contents: dict[str, bytes], path: Path
) -> None:
    chance = random.Random(4)
    for whole in (tar_of(contents), tgz_of(contents)):
        for _ in range(examples(100)):
            damaged = bytearray(whole)
            for _ in range(4):
                damaged[chance.randrange(len(whole))] = chance.randrange(256)
            path.write_bytes(damaged)
            try:
                with open_bundle(path) as bundle:
                    contents_of(bundle)
            except BundleError as error:
                assert "\n" not in str(error)


def test_a_compressed_file_alone_is_that_file(contents: dict[str, bytes], tmp_path: Path) -> None:
    for name in ("test.json", "trace.out"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(contents[name]))
    with open_bundle(tmp_path) as bundle:
        expected = {name: contents[name] for name in ("test.json", "trace.out")}
        assert contents_of(bundle) == expected
