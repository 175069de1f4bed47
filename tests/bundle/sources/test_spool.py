"""What is in no file of its own is kept in memory, or in a file that nobody can find."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flakecore.bundle import open_bundle
from flakecore.bundle.sources import spool
from flakecore.bundle.sources.spool import CutShortError, Spool

MB = 1 << 20


@pytest.fixture(autouse=True)
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def pieces(count: int, then: Exception | None = None) -> Iterator[bytes]:
    """Yield so many megabytes, each of a letter of its own."""
    for number in range(count):
        yield bytes([65 + number]) * MB
    if then is not None:
        raise then


def test_little_stays_in_memory() -> None:
    kept = Spool().store(pieces(3), 100 * MB)
    assert (len(kept.view), kept.problem, kept.view.readonly) == (3 * MB, "", True)
    assert not isinstance(kept.view.obj, mmap.mmap)


def test_much_is_mapped_from_a_file_without_a_name(temporary_folder: Path) -> None:
    kept = Spool().store(pieces(12), 100 * MB)
    assert isinstance(kept.view.obj, mmap.mmap)
    assert kept.view.readonly
    assert bytes(kept.view[::MB]) == bytes(range(65, 77))
    assert list(temporary_folder.iterdir()) == []


def test_much_that_is_little_each_time_is_kept_in_files_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spool, "MAX_SMALL", 5 * MB)
    temporary = Spool()
    views = [temporary.store(pieces(2), 100 * MB).view for _ in range(3)]
    assert [isinstance(view.obj, mmap.mmap) for view in views] == [False, False, True]


@pytest.mark.parametrize("count", [2, 12])
def test_what_came_before_the_end_came_too_soon_is_kept(count: int) -> None:
    kept = Spool().store(pieces(count, CutShortError("it is cut off")), 100 * MB)
    assert (len(kept.view), kept.problem) == (count * MB, "it is cut off")


@pytest.mark.parametrize("most", [3 * MB + 5, 10 * MB + 5])
def test_what_is_too_much_is_cut_and_told(most: int) -> None:
    kept = Spool().store(pieces(20), most)
    assert len(kept.view) == most
    assert f"longer than {most:,} bytes" in kept.problem


def test_all_files_together_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MAX_SPOOLED", 20 * MB)
    monkeypatch.setattr(spool, "SMALL", MB)
    temporary = Spool()
    views = [temporary.store(pieces(12), 100 * MB).view for _ in range(3)]
    assert [len(view) for view in views] == [12 * MB, 8 * MB, 0]


def test_a_disk_that_is_nearly_full_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "RESERVE", 1 << 60)
    kept = Spool().store(pieces(12), 100 * MB)
    assert 0 < len(kept.view) <= 12 * MB
    assert "nearly full" in kept.problem
    assert "TMPDIR" in kept.problem


def test_a_disk_that_is_full_keeps_what_fits() -> None:
    script = f"""
import resource, signal, sys
from flakecore.bundle.sources.spool import Spool
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({10 * MB + 7}, {10 * MB + 7}))
kept = Spool().store((bytes({MB}) for _ in range(20)), {100 * MB})
print(len(kept.view), kept.problem)
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    size, _, problem = told.partition(" ")
    assert int(size) == 10 * MB + 7
    assert "only a part fits" in problem


KILLED_WHILE_READING = """
import os, signal, sys
from flakecore.bundle import Kind, open_bundle
bundle = open_bundle(sys.argv[1])
(trace,) = bundle.of_kind(Kind.TRACE)
view = bundle.read(trace)
print(len(view), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_deflated_trace_is_mapped_and_gone_even_when_the_process_is_killed(
    temporary_folder: Path, tmp_path: Path, contents: dict[str, bytes]
) -> None:
    # A trace of 30 MB: what follows its end is for the trace's reader to judge.
    trace = contents["trace.out"] + os.urandom(30 * MB)
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("trace.out", trace)
    told: list[float] = []
    with open_bundle(path) as bundle:
        (artefact,) = bundle.artefacts
        view = bundle.read(artefact, lambda _, share: told.append(share))
        assert view == trace
        assert isinstance(view.obj, mmap.mmap)
        assert bundle.read(artefact) is view
        assert told == sorted(told)
        assert (told[-1], len(told) > 10) == (1.0, True)
        assert list(temporary_folder.iterdir()) == []
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_READING, str(path)],
        env=os.environ | {"TMPDIR": str(temporary_folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, int(ended.stdout)) == (-signal.SIGKILL, len(trace))
    assert list(temporary_folder.iterdir()) == []
