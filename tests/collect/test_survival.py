"""Whatever ends the collector, what was written until then can be opened."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from collect.running import collected, make_module
from flakecore.bundle import Kind, open_bundle
from flakecore.collect.zip_writer import make_room, unfinished_folder
from flakecore.errors import CollectError
from program import PATIENCE_S, PROGRAM, run_program

BUSY = """package busy

import ("fmt"; "testing"; "time")

func TestBusy(t *testing.T) {
	for i := 0; i < 15; i++ { fmt.Println("at work", i); time.Sleep(100 * time.Millisecond) }
}
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("busy"), "example.com/busy", {"x_test.go": BUSY})


@pytest.fixture(scope="module")
def took(module: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds that a whole collection takes here, once everything is built."""
    output = tmp_path_factory.mktemp("whole") / "x.zip"
    for _ in range(2):
        began = time.monotonic()
        assert run_program("collect", "--no-race", "-o", output, cwd=module).returncode == 0
    return time.monotonic() - began


def begun(module: Path, output: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [PROGRAM, "collect", "--no-race", "-o", output],
        cwd=module,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def left_running(folder: Path) -> list[str]:
    """Return the command lines of processes that name a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found


def killed_after(seconds: float, module: Path, folder: Path) -> Path | None:
    """Kill the collector, and return what can be opened; None if nothing had been begun."""
    process = begun(module, folder / "x.zip")
    time.sleep(seconds)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + PATIENCE_S
    while left_running(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_running(folder) == []
    whole, partial = folder / "x.zip", folder / "x.zip.partial"
    return whole if whole.exists() else partial if partial.exists() else None


def kill_and_open(count: int, module: Path, tmp_path: Path, took: float) -> None:
    """Kill collectors at random moments until so many have left something, and open all of it."""
    chance = random.Random(count)
    opened = 0
    for number in range(4 * count):
        folder = tmp_path / str(number)
        folder.mkdir()
        left = killed_after(chance.uniform(0.1, 1.1) * took, module, folder)
        if left is None:  # it was still looking for Go and the package
            continue
        with open_bundle(left) as bundle:
            assert bundle.manifest
            assert bundle.manifest.packages == ("example.com/busy",)
            if bundle.manifest.finished:  # in a folder: killed while it wrote the zip
                assert bundle.manifest.missing == ()
                assert {Kind.OUTPUT, Kind.TEST_JSON, Kind.TRACE} <= {
                    artefact.kind for artefact in bundle.artefacts
                }
            else:
                assert left.is_dir()
                assert "the collector was ended" in bundle.manifest.missing[-1]
        opened += 1
        if opened == count:
            return
    raise AssertionError(f"only {opened} of {4 * count} had begun")


@pytest.mark.slow
def test_a_collector_killed_at_any_moment_leaves_what_opens(
    module: Path, took: float, tmp_path: Path
) -> None:
    kill_and_open(4, module, tmp_path, took)


@pytest.mark.slow
def test_fifty_killed_collectors_leave_what_opens(
    module: Path, took: float, tmp_path: Path
) -> None:
    kill_and_open(50, module, tmp_path, took)


@pytest.mark.slow
def test_what_is_left_holds_the_trace_and_the_output(module: Path, tmp_path: Path) -> None:
    process = begun(module, tmp_path / "x.zip")
    assert process.stdout
    next(line for line in process.stdout if b"at work 12" in line)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + PATIENCE_S
    while left_running(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    with open_bundle(tmp_path / "x.zip.partial") as bundle:
        (output,) = bundle.of_kind(Kind.OUTPUT)
        assert b"at work 12\n" in bytes(bundle.read(output))
        # Whole generations up to the last second.
        assert bundle.of_kind(Kind.TRACE)[0].size > 1000
        assert bundle.of_kind(Kind.TEST_JSON)
    told = run_program("report", tmp_path / "x.zip.partial")
    assert told.returncode == 0
    assert "1 test  1 unfinished" in told.stdout


@pytest.mark.slow
def test_a_hunt_that_is_killed_leaves_its_attempts(endings: Path, tmp_path: Path) -> None:
    arguments = ("./failing", "--no-race", "--stress", "--for", "10m", "-o", tmp_path / "x.zip")
    with subprocess.Popen(
        [PROGRAM, "collect", *arguments], cwd=endings, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr
        next(line for line in process.stderr if b" failed (" in line)
        process.kill()
        process.stderr.read()
    deadline = time.monotonic() + PATIENCE_S
    while left_running(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_running(tmp_path) == []
    with open_bundle(tmp_path / "x.zip.partial") as bundle:
        assert bundle.manifest
        assert "the collector was ended" in bundle.manifest.missing[-1]
        names = [artefact.name for artefact in bundle.of_kind(Kind.TRACE)]
        assert any(name.startswith("attempts/001/") for name in names)


def test_what_a_killed_collector_left_is_not_overwritten(module: Path, tmp_path: Path) -> None:
    partial = tmp_path / "x.zip.partial"
    partial.mkdir()
    (partial / "manifest.json").write_text("{}")
    ended = run_program("collect", "--no-race", "-o", tmp_path / "x.zip", cwd=module)
    assert ended.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.zip", "x.zip.partial"]
    assert (partial / "manifest.json").read_text() == "{}"


def test_tests_whose_go_is_killed_end_and_leave_a_bundle(module: Path, tmp_path: Path) -> None:
    process = begun(module, tmp_path / "x.zip")
    assert process.stdout
    next(line for line in process.stdout if b"at work 2" in line)
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 128 + signal.SIGKILL
    with open_bundle(tmp_path / "x.zip") as bundle:
        assert bundle.manifest
        assert bundle.manifest.finished
        assert bundle.of_kind(Kind.OUTPUT)


def test_a_full_disk_is_named_and_what_there_is_opens(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr("flakecore.collect.zip_writer.shutil.disk_usage", lambda _: usage)
    run = collected(endings, tmp_path / "x.zip", "./passing")
    assert "the disk was full at the end of the run" in run.result.manifest.missing[-1]
    with open_bundle(tmp_path / "x.zip") as bundle:
        assert bundle.losses == ()


def test_a_zip_that_finds_no_room_leaves_the_folder_with_its_last_words(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("flakecore.collect.zip_writer.write_zip", full)
    with pytest.raises(CollectError, match=r"No space left .* is kept in .*x\.zip\.partial"):
        collected(endings, tmp_path / "x.zip", "./passing")
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip.partial"]
    with open_bundle(tmp_path / "x.zip.partial") as bundle:
        assert bundle.manifest
        assert bundle.manifest.finished
        assert bundle.of_kind(Kind.TRACE)


def test_what_is_recorded_leaves_room_for_the_last_words(tmp_path: Path) -> None:
    folder = unfinished_folder(tmp_path / "x.zip", b"{}")
    kept = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert kept > 1 << 17
    assert not make_room(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["go.mod", "manifest.json"]
