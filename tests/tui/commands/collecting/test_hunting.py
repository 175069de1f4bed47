"""Hunts from the command line: the line that shows the progress, refused options, and Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from collect.hunt.hunted_module import SOURCES, manifest_of
from collect.running import make_module
from program import PATIENCE_S, PROGRAM, run_program


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("hunted"), "example.com/hunted", SOURCES)


@pytest.mark.slow
def test_on_a_pipe_it_tells_in_plain_lines(
    module: Path, tmp_path: Path, go_env: dict[str, str]
) -> None:
    counter = tmp_path / "counter"
    ended = run_program(
        *("collect", "./third", "--no-race", "--until-fail", "-o", tmp_path / "x.zip"),
        cwd=module,
        env=go_env | {"COUNTER": str(counter)},
    )
    assert ended.returncode == 1
    assert "\x1b" not in ended.stderr
    assert "\r" not in ended.stderr
    assert "flaketui: run 3 failed: example.com/hunted/third.TestThird\n" in ended.stderr
    assert "3 runs, 1 failed (33.3 %)" in ended.stderr
    assert "x_test.go:9: after 2 runs\n--- FAIL: TestThird" in ended.stdout.replace("    ", "")
    assert len(counter.read_text()) == 3


def test_on_a_terminal_it_tells_in_one_line_that_changes(
    module: Path, tmp_path: Path, go_env: dict[str, str]
) -> None:
    ours, theirs = pty.openpty()
    arguments = ("./fine", "--no-race", "--max-runs", "3", "-o", tmp_path / "x.zip")
    subprocess.run(
        [PROGRAM, "collect", *arguments],
        cwd=module,
        env=go_env,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        check=True,
        timeout=PATIENCE_S,
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # a terminal that nobody holds any more
        while piece := os.read(ours, 1 << 16):
            shown += piece
    os.close(ours)
    began, live, told, ended = shown.decode().split("\r\n")[:4]
    assert began.startswith("flaketui: go test of example.com/hunted/fine")
    changed = live.split("\r\x1b[K")
    assert changed[0] == ""
    assert changed[-1].startswith("flaketui: 3 of 3 runs, 0 failed (0 %), ")
    assert told == "flaketui: No run failed: 0 of 3, below 63 % (95 %)"
    assert ended.startswith("flaketui: wrote ")


def test_without_an_end_it_is_refused(module: Path) -> None:
    ended = run_program("collect", "./fine", "--stress", cwd=module)
    assert ended.returncode == 2
    assert "--for 10m" in ended.stderr


def test_ctrl_c_ends_the_hunt_with_a_bundle(
    module: Path, tmp_path: Path, go_env: dict[str, str]
) -> None:
    output = str(tmp_path / "x.zip")
    command = [str(PROGRAM), "collect", "./fine", "--no-race", "--for", "10m", "-o", output]
    with subprocess.Popen(
        command, cwd=module, env=go_env, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stderr
        next(line for line in process.stderr if b" failed (" in line)
        os.killpg(process.pid, signal.SIGINT)
        process.stderr.read()
        process.wait(timeout=PATIENCE_S)
    manifest = manifest_of(tmp_path / "x.zip")
    assert manifest.interrupted
    assert manifest.runs >= 1
