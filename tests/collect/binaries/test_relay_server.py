"""The server forks a relay for each request: in the folder, environment and group asked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flakecore.collect.binaries.exec_wrapper import make_wrapper
from flakecore.collect.hunt.relay_client import RelayRequest, relay_server


def shown(folder: Path, *codes: str) -> list[tuple[int, str]]:
    """Run Python programs behind one server; return how each ended and what it printed."""
    work, found = folder / "work", []
    work.mkdir()
    with relay_server(make_wrapper(work, packages={}, flags=[])) as server:
        for number, code in enumerate(codes):
            reading, writing = os.pipe()
            request = RelayRequest(
                folder=folder / str(number),
                command=[sys.executable, "-I", "-c", code],
                cwd=folder,
                environment={"NUMBER": str(number)},
                nice=number,
            )
            running = server.start(request, writing)
            os.close(writing)
            with os.fdopen(reading) as output:
                found.append((running.wait(), output.read()))
            running.close()
    return found


def test_each_run_has_its_own_environment_folder_and_priority(tmp_path: Path) -> None:
    code = "import os; print(os.environ['NUMBER'], os.getcwd(), os.nice(0))"
    own = os.nice(0)
    assert shown(tmp_path, code, code) == [
        (0, f"0 {tmp_path} {own}\n"),
        (0, f"1 {tmp_path} {min(own + 1, 19)}\n"),
    ]
    assert (tmp_path / "1" / "writes").exists()


def test_a_run_that_a_signal_ends_is_told_and_the_next_one_begins(tmp_path: Path) -> None:
    killed, fine = shown(tmp_path, "import os; os.kill(os.getpid(), 9)", "print('fine')")
    assert killed == (-9, "")
    assert fine == (0, "fine\n")
