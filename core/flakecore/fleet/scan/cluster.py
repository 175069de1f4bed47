"""Reads places on a Dask cluster: ``distributed`` schedules, retries and balances.

The folder of the parts must be the same for all workers, as a network file system is, and the
places must be where the workers can reach them. A worker that dies costs what it was reading; the
scheduler gives that to others, and gives up on a place that several workers died of
(``distributed.scheduler.allowed-failures``), which is reported as of a process here.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flakecore.bundle.locations import location_text
from flakecore.errors import FlakeError
from flakecore.fleet.scan.places import BundlePlace
from flakecore.fleet.scan.read_place import PlaceRead, read_place, write_unread
from flakecore.fleet.store import FleetStore

_AHEAD = 4
"""Places for each thread of the cluster that are handed in at a time: so many tasks are the
scheduler's to balance, whatever the number of bundles."""
_CONNECT_S = 30


def read_on_cluster(
    places: Sequence[BundlePlace], folder: Path, known: frozenset[str], address: str
) -> Iterator[PlaceRead]:
    """Read places on a cluster, and yield what became of each bundle as its place is done.

    Raises:
        FlakeError: ``distributed`` is not installed, the scheduler cannot be reached, or a part
            cannot be written.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise FlakeError(
            "--dask needs the package distributed, which is not installed",
            remedy="python3 -m pip install 'flaketui[cluster]'",
        ) from error
    try:
        # A client that could not connect waits a minute for its own end, and then complains.
        asyncio.run(_ask(distributed, address))
        client = distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise FlakeError(
            f"no Dask scheduler answers at {address}", remedy="name it as tcp://HOST:PORT"
        ) from error
    with client:
        # A collection would be scattered by its elements.
        (shared,) = client.scatter([known], broadcast=True, hash=False)
        threads = sum(client.nthreads().values())
        waiting = iter(places)
        running: dict[Any, BundlePlace] = {}
        done = distributed.as_completed(loop=client.loop)

        def hand_in() -> None:
            place = next(waiting, None)
            if place is not None:
                future = client.submit(_read_all, place, str(folder), shared, pure=False)
                running[future] = place
                done.add(future)

        for _ in range(max(threads, 1) * _AHEAD):
            hand_in()
        for future in done:
            place = running.pop(future)
            yield from _results(future, place, folder)
            future.release()
            hand_in()


async def _ask(distributed: Any, address: str) -> None:
    """Connect to a scheduler, and leave again.

    Raises:
        OSError: nothing answers there.
        ValueError: it is no address.
    """
    arguments = distributed.Security().get_connection_args("client")
    comm = await distributed.core.connect(address, timeout=_CONNECT_S, **arguments)
    await comm.close()


def _read_all(place: BundlePlace, folder: str, known: frozenset[str]) -> list[PlaceRead]:
    """Read a place: what a worker of the cluster does."""
    return list(read_place(place, FleetStore(Path(folder)), known))


def _results(future: Any, place: BundlePlace, folder: Path) -> Iterator[PlaceRead]:
    """Yield what a task returned; that its place is lost where it took its workers with it.

    Raises:
        FlakeError: the task could not write a part.
    """
    error = future.exception()
    if error is None:
        yield from future.result()
        return
    if isinstance(error, FlakeError):
        raise error
    problem = f"the workers that read it failed ({type(error).__name__})"
    write_unread(place, FleetStore(folder), problem)
    yield PlaceRead(location_text(place.place), place.bytes, problem, known=False)
