"""A scan: lists the places, leaves out what was read before, has the rest read, and merges."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flakecore.bundle.locations import location_text
from flakecore.fleet.arrow import arrow
from flakecore.fleet.scan.cluster import read_on_cluster
from flakecore.fleet.scan.local_workers import read_on_processes
from flakecore.fleet.scan.places import BundlePlace, bundle_places
from flakecore.fleet.scan.read_place import PlaceRead
from flakecore.fleet.store import MERGE_AT, FleetStore

_MERGE_LAST = 100
"""Parts that are merged when a scan is over: fewer open in a tenth of a second as they are."""
_SHOWN = 20
"""Problems that are kept to be printed; the table has all."""


@dataclass(slots=True)
class ScanCounts:
    """How far a scan has come.

    Attributes:
        places: files, folders and addresses that there are to read.
        unchanged: those that were read by an earlier scan and have not changed since.
        bundles: bundles that were read so far.
        known: bundles that turned out to be the same as one that was read.
        damaged: bundles and places that could not be read.
        bytes: bytes of what was read.
        seconds: time since reading began.
        problems: place and problem of the first that could not be read.
    """

    places: int = 0
    unchanged: int = 0
    bundles: int = 0
    known: int = 0
    damaged: int = 0
    bytes: int = 0
    seconds: float = 0.0
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Bundles a second so far."""
        return (self.bundles + self.known + self.damaged) / self.seconds if self.seconds else 0.0


def scan(
    sources: Sequence[str],
    folder: Path,
    *,
    workers: int,
    dask: str = "",
    progress: Callable[[ScanCounts], None] | None = None,
) -> ScanCounts:
    """Read all bundles of some sources into the table in a folder.

    Args:
        sources: files, folders, patterns and addresses.
        folder: where the table is, or will be.
        workers: processes to read on.
        dask: address of the scheduler of a cluster to read on instead; "" for none.
        progress: called after each bundle.

    Returns:
        What became of them.

    Raises:
        FlakeError: a source is not there, pyarrow or distributed is not installed, the cluster
            cannot be reached, or the folder cannot be written.
    """
    arrow()
    store = FleetStore(folder)
    places = bundle_places(sources, folder)
    versions, known = _read_before(store)
    wanted = [place for place in places if not _is_unchanged(place, versions)]
    counts = ScanCounts(places=len(places), unchanged=len(places) - len(wanted))
    begun = time.monotonic()
    unmerged = 0
    for read in _read(wanted, folder, known, workers, dask):
        _count(counts, read)
        counts.seconds = time.monotonic() - begun
        if progress is not None:
            progress(counts)
        unmerged += not read.known
        if unmerged >= MERGE_AT:
            store.merge()
            unmerged = 0
    store.merge(_MERGE_LAST)
    counts.seconds = time.monotonic() - begun
    return counts


def _read(
    places: Sequence[BundlePlace], folder: Path, known: frozenset[str], workers: int, dask: str
) -> Iterator[PlaceRead]:
    folder = folder.absolute()
    if not places:
        return iter(())
    if dask:
        return read_on_cluster(places, folder, known, dask)
    return read_on_processes(places, folder, known, workers)


def _count(counts: ScanCounts, read: PlaceRead) -> None:
    counts.bytes += read.bytes
    if read.known:
        counts.known += 1
    elif read.problem:
        counts.damaged += 1
        if len(counts.problems) < _SHOWN:
            counts.problems.append((read.place, read.problem))
    else:
        counts.bundles += 1


def _read_before(store: FleetStore) -> tuple[dict[str, str], frozenset[str]]:
    """Return the version of each place that was read whole, and the contents that were read.

    An archive of several bundles was read whole only where the scan was not broken off in it, which
    nothing is recorded: it is opened again, and each of its bundles known by its content.
    """
    if not store.parts() and not store.merged():
        return {}, frozenset()
    rows = store.read("bundles", ("bundle", "version", "content"))
    contents = rows["content"].to_pylist()
    versions = {
        place: version
        for place, version, content in zip(
            rows["bundle"].to_pylist(), rows["version"].to_pylist(), contents, strict=True
        )
        if not content.startswith("unread-")
    }
    return versions, frozenset(contents)


def _is_unchanged(place: BundlePlace, versions: dict[str, str]) -> bool:
    return bool(place.version) and versions.get(location_text(place.place)) == place.version
