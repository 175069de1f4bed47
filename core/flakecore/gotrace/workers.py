"""Processes that decode generations, so that all of a machine's cores take part.

A worker is this module run by the same interpreter. It is sent a generation's bytes and sends back
what is kept of it, over its own standard input and output; both ends are ours. A worker that dies
takes nothing with it: what it was at is decoded here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import IO

from flakecore.gotrace.clock import TickClock
from flakecore.gotrace.generation import Facts, read_generation
from flakecore.gotrace.index import Batch, GenerationIndex

_MOST = 4
"""Workers at most: a file is read once, and its bytes pass through this process."""
_ARENA = {
    # What a generation's columns took is used again by the next, not given back page by page.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "OPENBLAS_NUM_THREADS": "1",
    # In huge pages: the first generation takes half a second less of the system's time.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


@dataclass(frozen=True, slots=True)
class _Task:
    data: bytes
    origin: int
    index: GenerationIndex
    clock: TickClock
    name: str


def read_by_workers(
    data: memoryview, generations: Sequence[GenerationIndex], clock: TickClock, *, name: str
) -> Iterator[Facts]:
    """Yield what is kept of generations, in their order."""
    count = max(1, min(_MOST, os.cpu_count() or 1, len(generations)))
    idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
    workers = [_start() for _ in range(count)]
    for worker in workers:
        idle.put(worker)

    def read(index: GenerationIndex) -> Facts:
        worker = idle.get()
        try:
            if worker is not None and worker.poll() is None:
                return _ask(worker, _task(data, index, clock, name))
        except (OSError, EOFError, pickle.UnpicklingError):
            worker = None
        finally:
            idle.put(worker)
        return read_generation(data, index, clock, name=name)[0]

    try:
        with ThreadPoolExecutor(count) as pool:
            waiting = deque(generations)
            running: deque[Future[Facts]] = deque()
            while waiting or running:
                while waiting and len(running) <= count:
                    running.append(pool.submit(read, waiting.popleft()))
                yield running.popleft().result()
    finally:
        for worker in workers:
            if worker is not None:
                worker.kill()
                worker.communicate()


def _start() -> subprocess.Popen[bytes] | None:
    if not sys.executable:
        return None
    environment = {**os.environ, **_ARENA, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        return subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            # A Ctrl-C at the terminal is for the program, which then ends its workers.
            start_new_session=True,
        )
    except OSError:
        return None


def _task(data: memoryview, index: GenerationIndex, clock: TickClock, name: str) -> _Task:
    """Return a generation's part of the file, and its outline as seen from there."""
    batches = [*index.events, *index.strings, *index.stacks, *index.cpu_samples, *index.sync]
    origin = min((batch.offset for batch in batches), default=0)
    end = max((batch.offset + batch.size for batch in batches), default=0)

    def moved(some: tuple[Batch, ...]) -> tuple[Batch, ...]:
        return tuple(batch._replace(offset=batch.offset - origin) for batch in some)

    there = replace(
        index,
        events=moved(index.events),
        strings=moved(index.strings),
        stacks=moved(index.stacks),
        cpu_samples=moved(index.cpu_samples),
        sync=moved(index.sync),
    )
    return _Task(bytes(data[origin:end]), origin, there, clock, name)


def _ask(worker: subprocess.Popen[bytes], task: _Task) -> Facts:
    assert worker.stdin is not None
    assert worker.stdout is not None
    pickle.dump(task, worker.stdin, protocol=5)
    worker.stdin.flush()
    facts: Facts = pickle.load(worker.stdout)
    return facts


def _work(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer tasks until there are no more."""
    while True:
        try:
            task: _Task = pickle.load(source)
        except EOFError:
            return
        pickle.dump(_answer(task), sink, protocol=5)
        sink.flush()
        del task


def _answer(task: _Task) -> Facts:
    data = memoryview(task.data)
    return read_generation(data, task.index, task.clock, name=task.name, origin=task.origin)[0]


if __name__ == "__main__":
    _work(sys.stdin.buffer, sys.stdout.buffer)
