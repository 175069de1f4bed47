"""A test binary behind the relay server: its events, its end, its group, and what it leaves."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path

import orjson
import pytest

from flakecore.collect.binaries.exec_wrapper import make_wrapper
from flakecore.collect.capture.process import Interruption
from flakecore.collect.hunt.relay_client import (
    RelayRequest,
    RelayServer,
    relay_server,
)
from flakecore.collect.hunt.relayed_run import put_result_right, run_relayed
from flakecore.errors import CollectError

# Turns each line into an event and, like test2json, takes PASS and FAIL for the result.
CONVERTER = """
import json, sys
result = ""
for line in sys.stdin.buffer:
    print(json.dumps({"Action": "output", "Package": "p", "Output": line.decode()}), flush=True)
    result = {b"PASS": "pass", b"FAIL": "fail"}.get(line.strip(), result)
if result: print(json.dumps({"Action": result, "Package": "p"}))
"""


def ran(
    server: RelayServer, folder: Path, script: str, **asked: object
) -> tuple[int, list[dict[str, str]]]:
    """Run a shell script as if it were a test binary; return its exit code and the events."""
    binary = folder / "x.test"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    heard = bytearray()
    code = run_relayed(
        server,
        RelayRequest(
            folder=folder / "evidence",
            command=[str(binary)],
            cwd=folder,
            environment={"PATH": os.environ["PATH"], "GIVEN": "yes"},
            **asked,  # type: ignore[arg-type]
        ),
        (sys.executable, "-I", "-c", CONVERTER, "p"),
        stdout=(folder / "test.json", heard.extend),
        interruption=Interruption(),
        unwritten=[],
        beside=lambda _: nullcontext(),
    )
    events = [orjson.loads(line) for line in (folder / "test.json").read_bytes().splitlines()]
    return code, events


@pytest.fixture
def server(tmp_path: Path) -> object:
    work = tmp_path / "work"
    work.mkdir()
    with relay_server(make_wrapper(work, packages={}, flags=[])) as running:
        yield running


def test_output_and_environment_are_those_of_the_request(
    server: RelayServer, tmp_path: Path
) -> None:
    code, events = ran(server, tmp_path, 'echo "$GIVEN $HOME"; echo err >&2; pwd; echo PASS')
    assert code == 0
    assert [each.get("Output") for each in events] == [
        "yes \n",
        "err\n",
        f"{tmp_path}\n",
        "PASS\n",
        None,
    ]
    assert events[-1]["Action"] == "pass"
    assert (tmp_path / "evidence" / "output").read_bytes().endswith(b"PASS\n")


@pytest.mark.parametrize(
    ("script", "code", "result"),
    [
        ("echo PASS; exit 1", 1, "fail"),
        ("echo hello", 0, "pass"),
        ("echo hello; exit 3", 3, "fail"),
        ("printf cut; kill -9 $$", -9, "fail"),
        ("echo FAIL; exit 1", 1, "fail"),
    ],
)
def test_the_result_is_that_of_its_end_and_told_once(
    script: str, code: int, result: str, server: RelayServer, tmp_path: Path
) -> None:
    ended, events = ran(server, tmp_path, script)
    assert ended == code
    assert [each["Action"] for each in events if each["Action"] != "output"] == [result]
    assert events[-1]["Action"] == result


def test_priority_and_processors_are_those_of_the_request(
    server: RelayServer, tmp_path: Path
) -> None:
    one = sorted(os.sched_getaffinity(0))[:1]
    show = f"{sys.executable} -c 'import os; print(os.nice(0), sorted(os.sched_getaffinity(0)))'"
    _, events = ran(server, tmp_path, show, nice=7, processors=one)
    assert events[0]["Output"] == f"{min(os.nice(0) + 7, 19)} {one}\n"


def test_what_it_leaves_behind_is_ended_and_does_not_hold_it_up(
    server: RelayServer, tmp_path: Path
) -> None:
    code, events = ran(server, tmp_path, "sleep 1000 & echo $!; echo PASS")
    assert code == 0
    assert events[-1]["Action"] == "pass"
    left = int(events[0]["Output"])
    for _ in range(100):  # the process that adopts it takes a moment to bury it
        try:
            state = Path(f"/proc/{left}/stat").read_text().rpartition(") ")[2][0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.05)
    pytest.fail("it still runs")


def test_several_run_at_the_same_time(server: RelayServer, tmp_path: Path) -> None:
    codes = {}

    def one(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        codes[number] = ran(server, folder, f"echo x; exit {number}")[0]

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == {number: number for number in range(6)}


def test_what_goes_on_beside_it_reaches_the_test_binary(
    server: RelayServer, tmp_path: Path
) -> None:
    binary = tmp_path / "x.test"
    binary.write_text("#!/bin/sh\ntrap 'echo came; exit 0' USR1\necho ready\nsleep 100 & wait\n")
    binary.chmod(0o755)
    ready, groups = threading.Event(), list[int]()

    class Beside:
        def __init__(self, group: int) -> None:
            groups.append(group)

        def __enter__(self) -> None:
            threading.Thread(target=self._signal, daemon=True).start()

        def _signal(self) -> None:
            ready.wait()
            os.killpg(groups[0], signal.SIGUSR1)

        def __exit__(self, *_: object) -> None:
            return

    heard = bytearray()

    def hear(piece: bytes) -> None:
        heard.extend(piece)
        if b"ready" in heard:
            ready.set()

    request = RelayRequest(tmp_path / "evidence", [str(binary)], tmp_path, dict(os.environ))
    code = run_relayed(
        server,
        request,
        (sys.executable, "-I", "-c", CONVERTER, "p"),
        stdout=(tmp_path / "test.json", hear),
        interruption=Interruption(),
        unwritten=[],
        beside=Beside,
    )
    assert code == 0
    assert b"came" in heard


def test_a_binary_that_is_not_there_is_a_run_that_fails_and_says_why(
    server: RelayServer, tmp_path: Path
) -> None:
    request = RelayRequest(tmp_path / "evidence", ["/no/such.test"], tmp_path, {})
    heard = bytearray()
    code = run_relayed(
        server,
        request,
        (sys.executable, "-I", "-c", CONVERTER, "p"),
        stdout=(tmp_path / "test.json", heard.extend),
        interruption=Interruption(),
        unwritten=[],
        beside=lambda _: nullcontext(),
    )
    assert code == 127
    assert b"/no/such.test cannot be run (No such file or directory)" in heard


def test_a_server_that_is_gone_is_an_error(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with relay_server(make_wrapper(work, packages={}, flags=[])) as running:
        pass
    with pytest.raises(CollectError, match="has ended"):
        ran(running, tmp_path, "echo hello")


def test_a_result_behind_a_line_without_an_end_is_a_line_of_its_own(tmp_path: Path) -> None:
    stream = tmp_path / "test.json"
    stream.write_bytes(b'{"Action":"output","Output":"PASS"}\nno end')
    event = b'{"Action":"pass","Package":"p","Elapsed":1.5}\n'
    assert put_result_right(stream, event, failed=False)
    _, second, last = stream.read_bytes().splitlines()
    assert second == b"no end"
    assert orjson.loads(last)["Elapsed"] == 1.5
    assert not put_result_right(stream, event, failed=False)
    assert put_result_right(stream, event.replace(b"pass", b"fail"), failed=True)
    assert b"pass" not in stream.read_bytes()


def test_a_full_disk_does_not_end_the_hunt(
    server: RelayServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flakecore.collect.hunt.relayed_run.put_result_right", full)
    assert ran(server, tmp_path, "echo hello; exit 3")[0] == 3
