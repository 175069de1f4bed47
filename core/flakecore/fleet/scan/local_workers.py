"""Reads places on processes of this machine, of which any may die.

A reader maps hostile files and runs compiled loops, and the system may kill it for want of memory.
``concurrent.futures`` gives up all work when one process dies, so here each process has a pipe of
its own: one that is broken reports which bundle it read, another process takes its place, and
a bundle that two processes died of is left out and reported.

Processes are spawned, not forked: a fork in a program with threads may hang. One that has become
large is replaced after its place, so that what a large bundle took is given back.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from flakecore.allocator import return_free_memory, tune_allocator
from flakecore.bundle.locations import location_text
from flakecore.errors import FlakeError
from flakecore.fleet.scan.places import BundlePlace
from flakecore.fleet.scan.read_place import PlaceRead, read_place, write_unread
from flakecore.fleet.store import FleetStore

_SPAWN = multiprocessing.get_context("spawn")
_PATIENCE_S = 5.0
"""Seconds for a process to end that has nothing more to do."""
_DEATHS = 2
"""Processes that may die of a bundle before it is left out."""
_LARGE = 1 << 30
"""Bytes of memory at its peak from which on a process is replaced by a new one."""


@dataclass(slots=True)
class _Job:
    place: BundlePlace
    leave_out: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    job: _Job
    reading: str = ""


def read_on_processes(
    places: Sequence[BundlePlace], folder: Path, known: frozenset[str], count: int
) -> Iterator[PlaceRead]:
    """Read places on so many processes, and yield what became of each bundle as it is done.

    Raises:
        FlakeError: a part cannot be written, or no process can be started.
    """
    pool = _Pool(places, folder, known)
    try:
        for _ in range(min(count, len(places))):
            pool.start()
        while pool.workers:
            for pipe in wait(list(pool.workers)):
                yield from pool.receive(pool.workers[pipe])
    finally:
        pool.stop()


class _Pool:
    """The processes that read, each with one place at a time."""

    def __init__(self, places: Sequence[BundlePlace], folder: Path, known: frozenset[str]) -> None:
        self.workers: dict[Any, _Worker] = {}
        self._waiting = deque(_Job(place) for place in places)
        self._deaths: Counter[str] = Counter()
        self._folder, self._known = folder, known

    def start(self) -> None:
        """Start a process with the next place, if there is one."""
        if not self._waiting:
            return
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(
            target=_work, args=(theirs, self._folder, self._known), daemon=True
        )
        try:
            process.start()
        except OSError as error:
            why = error.strerror or "the system refuses"
            raise FlakeError(f"no process can be started ({why})") from error
        theirs.close()
        job = self._waiting.popleft()
        self.workers[ours] = _Worker(process, ours, job)
        self._send(self.workers[ours])

    def _send(self, worker: _Worker) -> None:
        # One that has died by now is found out when it is listened to.
        with suppress(OSError):
            worker.pipe.send((worker.job.place, worker.job.leave_out))

    def receive(self, worker: _Worker) -> Iterator[PlaceRead]:
        """Take one message of a process, or its death."""
        try:
            state, what = worker.pipe.recv()
        except (EOFError, OSError):
            yield from self._bury(worker)
            return
        if state == "reading":
            worker.reading = what
        elif state == "read":
            # Should this process die later, no other one has to read it again.
            worker.job.leave_out.add(worker.reading)
            yield what
        elif state == "failed":
            raise FlakeError(what)
        elif what > _LARGE or not self._waiting:
            self._end(worker)
            self.start()
        else:
            worker.job, worker.reading = self._waiting.popleft(), ""
            self._send(worker)

    def _bury(self, worker: _Worker) -> Iterator[PlaceRead]:
        """Have the place of a dead process read by another, without what it died of twice."""
        self._end(worker)
        job, reading = worker.job, worker.reading or worker.job.place.place
        self._deaths[reading] += 1
        if self._deaths[reading] >= _DEATHS:
            job.leave_out.add(reading)
            place = job.place._replace(place=reading)
            problem = f"the process that read it died ({_cause(worker.process.exitcode)})"
            write_unread(place, FleetStore(self._folder), problem)
            yield PlaceRead(location_text(reading), place.bytes, problem, known=False)
        if reading != job.place.place or reading not in job.leave_out:
            self._waiting.appendleft(job)
        self.start()

    def _end(self, worker: _Worker) -> None:
        del self.workers[worker.pipe]
        worker.pipe.close()
        worker.process.join(_PATIENCE_S)
        if worker.process.exitcode is None:
            worker.process.kill()
            worker.process.join()

    def stop(self) -> None:
        """End all processes at once."""
        for worker in self.workers.values():
            worker.process.kill()
        for worker in self.workers.values():
            worker.process.join()


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def _work(pipe: Connection, folder: Path, known: frozenset[str]) -> None:
    """Read the places that come through a pipe until it is closed: what a process does."""
    # The terminal's interrupt reaches all processes; the one that asked for the work ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tune_allocator()
    store = FleetStore(folder)

    def begins(bundle: str) -> None:
        pipe.send(("reading", bundle))

    with suppress(EOFError, OSError):
        while True:
            place, leave_out = pipe.recv()
            try:
                for read in read_place(place, store, known, leave_out=leave_out, begins=begins):
                    pipe.send(("read", read))
            except FlakeError as error:
                pipe.send(("failed", str(error)))
                return
            return_free_memory()
            pipe.send(("done", peak_bytes()))


def peak_bytes() -> int:
    """Return the most memory that this process has had; 0 where the system gives none."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
