"""Bundles that are no single file, opened by the installed program in a real terminal."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from e2e.terminal import AS_FOUND, Terminal, open_terminal
from program import PROGRAM, SAMPLE, run_program


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The trace and the test output of the sample, as two files."""
    with zipfile.ZipFile(SAMPLE) as archive:
        for name in archive.namelist():
            if name.endswith(("trace.out", "test.json")):
                (tmp_path / Path(name).name).write_bytes(archive.read(name))
    return tmp_path


def shell(command: str, folder: Path) -> Terminal:
    nobodys = {f"XDG_{kind}_HOME": str(folder) for kind in ("CONFIG", "STATE", "DATA")}
    return open_terminal(
        [
            "/bin/sh",
            "-c",
            f"cd {shlex.quote(str(folder))}; {command}; echo left with $?; sleep 600",
        ],
        160,
        45,
        {"HOME": str(folder), **nobodys},
    )


def told_first(terminal: Terminal) -> str:
    """Return the line on top once the first view is complete."""
    terminal.wait_for(r"failure 1/4")
    return terminal.wait_until_still().split("\n")[0]


def left(terminal: Terminal) -> None:
    terminal.press("q")
    terminal.wait_for("left with 0")
    assert terminal.modes() == AS_FOUND


@pytest.mark.slow
def test_a_bundle_through_a_pipe_is_explored_with_the_keys_of_the_terminal(tmp_path: Path) -> None:
    shutil.copyfile(SAMPLE, tmp_path / "b.zip")
    with shell(f"cat b.zip | {PROGRAM} -", tmp_path) as terminal:
        before = told_first(terminal)
        terminal.press("]")
        terminal.wait_for(r"failure 2/4")
        assert terminal.wait_until_still().split("\n")[0] != before
        left(terminal)


def test_files_named_together_are_explored_together(files: Path) -> None:
    with shell(f"{PROGRAM} trace.out test.json", files) as terminal:
        told_first(terminal)
        assert "G" in terminal.text()
        left(terminal)


@pytest.mark.slow
def test_of_two_bundles_the_other_one_is_chosen_from_a_list(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        shutil.copyfile(SAMPLE, tmp_path / name)
    with shell(f"{PROGRAM} one.zip two.zip", tmp_path) as terminal:
        assert "case 1/2" in told_first(terminal)
        terminal.press("c")
        terminal.wait_for(r"2 cases, 2 failed")
        terminal.press("j", "enter")
        terminal.wait_for(r"case 2/2")
        left(terminal)


@pytest.mark.slow
def test_an_address_is_explored(tmp_path: Path) -> None:
    shutil.copyfile(SAMPLE, tmp_path / "b.zip")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}/b.zip"
        with shell(f"{PROGRAM} {address}", tmp_path) as terminal:
            told_first(terminal)
            left(terminal)
        assert run_program("report", address).stdout.startswith("b.zip: 1 package\n")
    finally:
        server.shutdown()
        server.server_close()


def test_without_a_terminal_a_pipe_is_refused_with_a_way_out() -> None:
    with SAMPLE.open("rb") as stdin:
        ended = subprocess.run(
            [PROGRAM, "-"], stdin=stdin, capture_output=True, text=True, check=False
        )
    assert ended.returncode == 2
    assert "for text run: flaketui report -" in ended.stderr
