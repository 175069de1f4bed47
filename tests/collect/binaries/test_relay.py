"""The relay between `go test` and a test binary, run by itself with scripts for binaries."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from flakecore.collect.binaries.exec_wrapper import make_wrapper, split_exec
from flakecore.collect.capture.process import Interruption, run_recorded
from flakecore.errors import CollectError
from flakecore.gotest import read_writes
from program import PATIENCE_S


def relay(folder: Path, script: str, **settings: object) -> list[str]:
    """Return the command that runs a shell script as if it were a test binary."""
    binary = folder / "x.test"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    work = folder / "work"
    work.mkdir()
    wrapper = make_wrapper(work, packages={}, flags=[], **settings)  # type: ignore[arg-type]
    return [*wrapper.command, str(folder / "attempt"), str(binary)]


def recorded(folder: Path, name: str) -> bytes:
    return (folder / "attempt" / "packages" / "x" / name).read_bytes()


def test_both_streams_are_told_apart_where_they_are_two(tmp_path: Path) -> None:
    command = relay(tmp_path, "echo out; echo err >&2; printf more")
    ended = subprocess.run(command, capture_output=True, check=False)
    assert (ended.stdout, ended.stderr) == (b"out\nmore", b"err\n")
    packets = read_writes(recorded(tmp_path, "writes"))
    assert sorted(zip(packets.stream.tolist(), packets.size.tolist(), strict=True)) == [
        (1, 4),
        (1, 4),
        (2, 4),
    ]


@pytest.mark.parametrize("code", [0, 1, 3, 255])
def test_it_ends_as_the_binary_ends(code: int, tmp_path: Path) -> None:
    ended = subprocess.run(relay(tmp_path, f"exit {code}"), check=False)
    assert ended.returncode == code
    assert read_writes(recorded(tmp_path, "writes")).status == code << 8


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_it_ends_by_the_signal_that_ends_the_binary(number: int, tmp_path: Path) -> None:
    ended = subprocess.run(relay(tmp_path, f"kill -{int(number)} $$; sleep 9"), check=False)
    assert ended.returncode == -number


@contextmanager
def started(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield process, process.stdout


@pytest.mark.parametrize("to_group", [False, True])
@pytest.mark.parametrize("name", ["QUIT", "INT", "TERM", "HUP", "USR1"])
@pytest.mark.slow
def test_a_signal_arrives_once_whether_one_or_the_whole_group_gets_it(
    name: str, to_group: bool, tmp_path: Path
) -> None:
    script = f"trap 'echo came' {name}\necho ready\nwhile :; do sleep 0.05; done"
    with started(relay(tmp_path, script)) as (process, output):
        send = os.killpg if to_group else os.kill
        send(process.pid, getattr(signal, f"SIG{name}"))
        assert output.readline() == b"came\n"
        time.sleep(0.3)
        process.kill()
        assert output.read() == b""


def test_a_binary_does_not_outlive_a_relay_that_is_killed(tmp_path: Path) -> None:
    with started(relay(tmp_path, "echo ready\nexec sleep 60")) as (process, _):
        child = read_writes(recorded(tmp_path, "writes")).process
        process.kill()
        process.wait()
        deadline = time.monotonic() + PATIENCE_S
        while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not Path(f"/proc/{child}").exists()


def test_a_reader_that_leaves_ends_the_binary_as_it_would_without(tmp_path: Path) -> None:
    script = "echo ready\nwhile echo more; do :; done; exit 5"
    with started(relay(tmp_path, script)) as (process, output):
        output.close()
        assert process.wait(timeout=PATIENCE_S) != 0


def test_a_full_disk_stops_the_recording_and_not_the_tests(tmp_path: Path) -> None:
    command = relay(tmp_path, "echo first; sleep 0.1; echo second")
    folder = tmp_path / "attempt" / "packages" / "x"
    folder.mkdir(parents=True)
    (folder / "output").symlink_to("/dev/full")
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    assert ended.stdout == b"first\nsecond\n"
    assert read_writes(recorded(tmp_path, "writes")).size.tolist() == [6, 7]


def test_a_stream_that_cannot_be_kept_is_named_and_still_shown(tmp_path: Path) -> None:
    shown: list[bytes] = []
    unwritten: list[str] = []
    code = run_recorded(
        ["sh", "-c", "echo one; sleep 0.1; echo two"],
        cwd=tmp_path,
        environment=dict(os.environ),
        stdout=(Path("/dev/full"), shown.append),
        stderr=(tmp_path / "err", shown.append),
        interruption=Interruption(),
        unwritten=unwritten,
    )
    assert code == 0
    assert b"".join(shown) == b"one\ntwo\n"
    assert unwritten == ["full: it could not be written (No space left on device)"]


def test_half_a_million_writes_are_all_noted(tmp_path: Path) -> None:
    script = (
        "exec python3 -c 'import os\nfor i in range(500_000): os.write(1, b\"a short line\\n\")'"
    )
    ended = subprocess.run(relay(tmp_path, script), stdout=subprocess.PIPE, check=False)
    assert ended.returncode == 0
    assert len(ended.stdout) == 500_000 * 13
    packets = read_writes(recorded(tmp_path, "writes"))
    assert len(packets) == 500_000
    assert set(packets.size.tolist()) == {13}
    assert (packets.time_ns[1:] >= packets.time_ns[:-1]).all()


def test_words_of_exec_are_split_as_go_splits_them() -> None:
    assert split_exec("env 'a b'  \"c\" d=e") == ["env", "a b", "c", "d=e"]
    assert split_exec("") == []
    with pytest.raises(CollectError, match="not closed"):
        split_exec("env 'a b")
    with pytest.raises(CollectError, match="names no program"):
        split_exec("/nonexistent/program -x")


def test_folders_with_blanks_reach_go_in_quotes(tmp_path: Path) -> None:
    wrapper = make_wrapper(tmp_path, packages={}, flags=[])
    assert wrapper.as_exec(Path("/a b/c")).endswith(" '/a b/c'") or wrapper.as_exec(
        Path("/a b/c")
    ).endswith(' "/a b/c"')
    with pytest.raises(CollectError, match="both kinds of quotes"):
        wrapper.as_exec(Path("/a'\"b"))
