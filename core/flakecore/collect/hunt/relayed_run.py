"""Runs a test binary behind the relay, its output turned into events by Go's own test2json.

test2json reads a pipe and does not run the binary, which the relay server does; so it does not hear
how the binary ended, and takes its last word for the result. The event of the result is put right
here, as ``(*Converter).Exited`` of ``cmd/internal/test2json`` would have it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import orjson

from flakecore.collect.capture.process import Interruption, Sink, pump, signal_group
from flakecore.collect.hunt.relay_client import RelayedProcess, RelayRequest, RelayServer
from flakecore.errors import CollectError

_RESULTS = ("pass", "fail", "skip")
_LONGEST_RESULT = 4096


def run_relayed(
    server: RelayServer,
    request: RelayRequest,
    test2json: Sequence[str],
    *,
    stdout: Sink,
    interruption: Interruption,
    unwritten: list[str],
    beside: Callable[[int], AbstractContextManager[None]],
) -> int:
    """Run a test binary to its end and return its exit code, negative for a signal.

    Args:
        server: what starts it.
        request: what to run.
        test2json: the program that reads its output, with its arguments; the last is the package.
        stdout: where the events go.
        interruption: what signals are noted in.
        unwritten: called with the names of files that cannot be written any more, and why.
        beside: what goes on while it runs; called with its process group.

    Raises:
        CollectError: if it cannot be started.
    """
    began = time.monotonic_ns()
    reading, writing = os.pipe()
    try:
        converter = subprocess.Popen(
            test2json,
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            process_group=0,
        )
    except OSError as error:
        os.close(writing)
        raise CollectError(f"{test2json[0]} cannot be run ({error.strerror})") from error
    finally:
        os.close(reading)
    try:
        try:
            running = server.start(request, writing)
        finally:
            os.close(writing)
        try:
            code = _to_its_end(running, converter, stdout, interruption, unwritten, beside)
        finally:
            running.close()
    finally:
        if converter.stdout:
            converter.stdout.close()
        signal_group(converter.pid, signal.SIGKILL)
        converter.wait()
    took_ns = time.monotonic_ns() - began
    event = {
        "Time": datetime.now(UTC).isoformat(),
        "Action": "fail" if code else "pass",
        "Package": test2json[-1],
        "Elapsed": round(took_ns / 1e9, 3),
    }
    line = orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE)
    try:
        has_result = put_result_right(stdout[0], line, failed=code != 0)
    except OSError as error:  # a full disk; the result is known all the same
        has_result = True
        unwritten.append(f"{stdout[0].name}: it could not be written ({error.strerror})")
    if has_result:
        stdout[1](line)
    return code


def _to_its_end(
    running: RelayedProcess,
    converter: subprocess.Popen[bytes],
    stdout: Sink,
    interruption: Interruption,
    unwritten: list[str],
    beside: Callable[[int], AbstractContextManager[None]],
) -> int:
    interruption.aim(running.group)
    try:
        with beside(running.binary):
            pump(converter, running.group, stdout, None, interruption, unwritten)
        return running.wait()
    except BaseException:
        signal_group(running.group, signal.SIGKILL)
        raise
    finally:
        interruption.release(running.group)
        if interruption.overdue() and running.binary:
            signal_group(running.binary, signal.SIGKILL)  # what it started, for the relay is gone


def put_result_right(stream: Path, event: bytes, *, failed: bool) -> bool:
    """Give the events of a test binary the result that its end shows; return whether it had none.

    Args:
        stream: the file of events.
        event: the line with the result.
        failed: whether it ended with an exit code other than 0, or by a signal.

    Raises:
        OSError: it cannot be written.
    """
    with stream.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _LONGEST_RESULT))
        tail = file.read()
        line = tail.rstrip(b"\n").rpartition(b"\n")[2]
        result = _result_in(line)
        if result == "fail" if failed else result in ("pass", "skip"):
            return False
        if result:
            size -= len(tail) - tail.rindex(line)
            file.truncate(size)
        elif line and not tail.endswith(b"\n"):
            file.seek(0, os.SEEK_END)
            file.write(b"\n")
        file.seek(0, os.SEEK_END)
        file.write(event)
        return True


def _result_in(line: bytes) -> str:
    """Return the result of the package in an event; "" if it has none."""
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(event, dict) or "Test" in event or event.get("Action") not in _RESULTS:
        return ""
    return str(event["Action"])
