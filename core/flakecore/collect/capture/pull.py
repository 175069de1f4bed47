"""Asks a running process for its profiles while the tests go on, by its net/http/pprof.

Again and again it takes all goroutines' stacks, the block, mutex and heap profiles and a trace of
one second. Each is kept as a file of its own with its time in its name, in nanoseconds since 1970:
``pulled/goroutine-1767323045000000006.txt``. A process that does not answer yet is asked again; one
that never does is recorded as missing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from flakecore.errors import CollectError

_ASKED = {
    "goroutine?debug=2": ("goroutine", ".txt"),
    "block": ("block", ".pprof"),
    "mutex": ("mutex", ".pprof"),
    "heap": ("mem", ".pprof"),
    "trace?seconds=1": ("trace", ".out"),
}
_PAUSE_S = 0.5
"""Seconds between two rounds of questions. Chosen."""
_PATIENCE_S = 10.0
"""Seconds that a server may be silent, and that the last round may take at the end."""
_MOST_BYTES = 1 << 30
"""What all pulled files may take together."""
_PIECE = 1 << 16
_REFUSED = 500
"""HTTP status with which package net/http/pprof refuses a trace while another one runs."""


@dataclass(slots=True)
class Pulled:
    """What was pulled.

    Attributes:
        bytes: how much.
        missing: what was not answered and why, as sentences.
    """

    bytes: int = 0
    missing: list[str] = field(default_factory=list)


def check_address(address: str) -> None:
    """Make sure that an address may be that of a net/http/pprof.

    Raises:
        CollectError: if it is none.
    """
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise CollectError(
            f"--pull {address} is no address",
            remedy="write it as http://127.0.0.1:6060/debug/pprof",
        )


@contextmanager
def pulling(address: str, folder: Path) -> Iterator[Pulled]:
    """Pull from an address into a folder until the block is left; without one, do nothing."""
    pulled = Pulled()
    if not address:
        yield pulled
        return
    over = threading.Event()
    failures: dict[str, str] = {}
    answered: set[str] = set()
    # Nobody's proxy stands between this and a process beside it.
    opener = build_opener(ProxyHandler({}))

    def take(path: str) -> None:
        name, ending = _ASKED[path]
        unfinished = folder / f".{name}"
        now = time.time_ns()
        try:
            with (
                opener.open(f"{address.rstrip('/')}/{path}", timeout=_PATIENCE_S) as answer,
                unfinished.open("wb") as file,
            ):
                while piece := answer.read(_PIECE):
                    pulled.bytes += file.write(piece)
                    if pulled.bytes > _MOST_BYTES:
                        failures[path] = f"more than {_MOST_BYTES:,} bytes were pulled"
                        over.set()
                        return
            unfinished.rename(folder / f"{name}-{now}{ending}")
            answered.add(path)
        except HTTPError as error:
            traced = " (a process that is traced already refuses a second trace)"
            why = traced if path.startswith("trace") and error.code == _REFUSED else ""
            failures[path] = f"the process answered {error.code}{why}"
            error.close()
        except (OSError, HTTPException, ValueError) as error:
            # An answer of the process itself explains more than a failed connection.
            failures.setdefault(path, str(getattr(error, "reason", error)) or type(error).__name__)

    def pull() -> None:
        while not over.is_set():
            for path in _ASKED:
                if over.is_set():
                    return
                take(path)
            over.wait(_PAUSE_S)

    folder.mkdir()
    puller = threading.Thread(target=pull, name="pull", daemon=True)
    puller.start()
    try:
        yield pulled
    finally:
        over.set()
        puller.join(_PATIENCE_S)
        for path, (name, _) in _ASKED.items():
            (folder / f".{name}").unlink(missing_ok=True)
            if path not in answered:
                why = failures.get(path, "the tests were over first")
                pulled.missing.append(f"pulled {name}: {why}")
        if not answered:
            pulled.missing[:] = [f"pulled profiles: nothing came from {address} ({why})"]
