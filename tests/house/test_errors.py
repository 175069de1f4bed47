"""What a person can get wrong is told in one line that says what to do, with exit code 2."""

from __future__ import annotations

import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from program import SAMPLE, call_program, run_program


def missing(path: Path) -> None:
    path.unlink(missing_ok=True)


def empty(path: Path) -> None:
    path.touch()


def no_bundle(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)


def zip_with_nothing_known(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("cat.jpg", b"\xff\xd8\xff\xe0" + bytes(100))


def zip_with_nothing_in_it(path: Path) -> None:
    with zipfile.ZipFile(path, "w"):
        pass


def zip_in_too_many_zips(path: Path) -> None:
    for _ in range(8):
        with zipfile.ZipFile(path.with_suffix(".new"), "w") as archive:
            archive.write(path if path.exists() else SAMPLE, "bundle.zip")
        path.with_suffix(".new").replace(path)


def tar_with_nothing_but_a_link(path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("trace.out")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)


def zip_cut_off_at_its_first_bytes(path: Path) -> None:
    path.write_bytes(SAMPLE.read_bytes()[:20])


def folder_with_nothing_in_it(path: Path) -> None:
    path.mkdir()


CASES = [
    missing,
    empty,
    no_bundle,
    zip_with_nothing_known,
    zip_with_nothing_in_it,
    zip_in_too_many_zips,
    tar_with_nothing_but_a_link,
    zip_cut_off_at_its_first_bytes,
    folder_with_nothing_in_it,
]


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
@pytest.mark.parametrize(
    "command",
    [["report"], pytest.param(["report", "--format", "json"], marks=pytest.mark.slow)],
    ids=" ".join,
)
@pytest.mark.slow
def test_a_bundle_that_cannot_be_read_is_told_in_one_line(
    make: Callable[[Path], None], command: list[str], tmp_path: Path
) -> None:
    make(tmp_path / "bundle.zip")
    ended = call_program(*command, "bundle.zip", cwd=tmp_path)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "bundle.zip" in ended.stderr


def test_half_a_zip_is_reported_with_what_is_missing(tmp_path: Path) -> None:
    whole = SAMPLE.read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    ended = call_program("report", "half.zip", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "4 failed" in ended.stdout
    missing = ended.stdout.partition("Missing or damaged:")[2]
    assert "half.zip: it is cut off or damaged" in missing
    assert "trace.out, is cut off" in " ".join(missing.split())


@pytest.mark.parametrize("arguments", [["demo"], [str(SAMPLE)]], ids=["demo", "bundle"])
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_the_explorer_without_a_terminal_says_what_to_run_instead(
    arguments: list[str], term: str
) -> None:
    ended = run_program(*arguments, env={"TERM": term})
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "terminal" in ended.stderr
    assert "flaketui report" in ended.stderr


def test_a_reader_that_stops_early_ends_the_report_in_silence() -> None:
    """As ``flaketui report bundle.zip | head -1`` does."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = run_program("report", str(SAMPLE), stdout=writer)
    finally:
        os.close(writer)
    assert ended.stderr == ""
