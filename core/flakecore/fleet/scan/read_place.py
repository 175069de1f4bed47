"""Reads the bundles of one place and writes a part for each: what a worker does, wherever it is."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from flakecore.bundle import Bundle, open_bundle, open_bytes
from flakecore.bundle.locations import bytes_of, is_address, location_text
from flakecore.bundle.sources.members import SEPARATOR, archives_in
from flakecore.bundle.sources.spool import Spool
from flakecore.errors import FlakeError
from flakecore.fleet.scan.bundle_rows import BundleRows
from flakecore.fleet.scan.places import BundlePlace
from flakecore.fleet.store import FleetStore
from flakecore.unexpected_errors import LOG, error_sentence

_PIECE = 16 << 20
_DEPTH = 4
"""Archives in one another that are opened, as ``bundle`` opens them."""


def _quiet(_: str) -> None:
    """Report no progress."""


class PlaceRead(NamedTuple):
    """What became of one bundle.

    Attributes:
        place: where it lies.
        bytes: its size.
        problem: why it could not be read; "" if it could.
        known: whether a part of it was there before, so that it was not read again.
    """

    place: str
    bytes: int
    problem: str
    known: bool


def read_place(
    place: BundlePlace,
    store: FleetStore,
    known: Collection[str],
    *,
    leave_out: Collection[str] = (),
    begins: Callable[[str], None] = _quiet,
) -> Iterator[PlaceRead]:
    """Read each bundle of a place, write its part, and yield what became of it.

    Args:
        place: a bundle, or an archive of several.
        store: where the parts go.
        known: contents that were read before and are in no part of their own any more.
        leave_out: bundles that are not to be read, by place.
        begins: called with the place of each bundle before it is read.

    Raises:
        FlakeError: a part cannot be written.
    """
    store.forget_unread(place.place)
    if not is_address(place.place) and Path(place.place).is_dir():
        begins(place.place)
        if place.place not in leave_out:
            yield _read_folder(place, store, known)
        return
    spool = Spool()
    try:
        begins(place.place)
        data, problem = bytes_of(place.place, spool, None)
        if not len(data):
            # Of each such place there is a row, and the next scan may find it written.
            yield _unread(place, store, problem or "it is empty", 0.0)
            return
    except (FlakeError, OSError) as error:
        yield _unread(place, store, _problem_of(error), 0.0)
        return
    yield from _read_bytes(place, data, store, known, leave_out, begins, _DEPTH)


def _read_bytes(
    place: BundlePlace,
    data: memoryview,
    store: FleetStore,
    known: Collection[str],
    leave_out: Collection[str],
    begins: Callable[[str], None],
    depth: int,
) -> Iterator[PlaceRead]:
    """Read a file: the bundles in an archive of several, or the one that it is."""
    spool = Spool()
    inner = archives_in(data, spool, where=place.place) if depth else {}
    if inner:
        for name, read in inner.items():
            member = BundlePlace(f"{place.place}{SEPARATOR}{name}", 0, place.version)
            begins(member.place)
            view = read()
            member = member._replace(bytes=len(view))
            yield from _read_bytes(member, view, store, known, leave_out, begins, depth - 1)
        return
    if place.place in leave_out:
        return
    content = _hash(data)
    found = _without_reading(place._replace(bytes=len(data)), content, store, known)
    if found is not None:
        yield found
        return
    begun = time.monotonic()
    try:
        bundle = open_bytes(location_text(place.place), data, spool)
    except FlakeError as error:
        yield _damaged(place._replace(bytes=len(data)), content, store, error.problem, begun)
        return
    with bundle:
        yield _write(place._replace(bytes=len(data)), bundle, content, store, begun)


def _read_folder(place: BundlePlace, store: FleetStore, known: Collection[str]) -> PlaceRead:
    begun = time.monotonic()
    try:
        bundle = open_bundle(place.place)
    except FlakeError as error:
        return _unread(place, store, error.problem, begun)
    with bundle:
        digest = hashlib.blake2b(digest_size=16)
        for artefact in bundle.artefacts:
            digest.update(f"{artefact.name}\0{artefact.size}\0".encode("utf-8", "surrogateescape"))
            digest.update(bundle.read(artefact))
        content = digest.hexdigest()
        found = _without_reading(place, content, store, known)
        if found is not None:
            return found
        return _write(place, bundle, content, store, begun)


def _without_reading(
    place: BundlePlace, content: str, store: FleetStore, known: Collection[str]
) -> PlaceRead | None:
    """Return what became of a bundle that need not be read; None for one that must.

    A part that this very place has left is that of a reader that died before it could report that.
    """
    if content in known:
        return PlaceRead(location_text(place.place), place.bytes, "", known=True)
    before = store.place_of(content)
    if before is None:
        return None
    return PlaceRead(location_text(place.place), place.bytes, "", known=before != _stored(place))


def _write(
    place: BundlePlace, bundle: Bundle, content: str, store: FleetStore, begun: float
) -> PlaceRead:
    """Write the part of an open bundle; a row with the reason, where reading it fails."""
    try:
        collected = BundleRows(bundle, content)
        rows = collected.rows()
        row = {**collected.summary(), **_place_columns(place, begun)}
    except FlakeError as error:
        return _damaged(place, content, store, error.problem, begun)
    except Exception as error:
        LOG.debug("%s", place.place, exc_info=error)
        return _damaged(place, content, store, error_sentence(error), begun)
    store.write(content, {"bundles": [row], **rows})
    return PlaceRead(location_text(place.place), place.bytes, "", known=False)


def _damaged(
    place: BundlePlace, content: str, store: FleetStore, problem: str, begun: float
) -> PlaceRead:
    """Write a row for bytes that are no bundle: they will be none the next time either."""
    row = {**_empty(), "content": content, "problem": problem, **_place_columns(place, begun)}
    store.write(content, {"bundles": [row]})
    return PlaceRead(location_text(place.place), place.bytes, problem, known=False)


def _unread(place: BundlePlace, store: FleetStore, problem: str, begun: float) -> PlaceRead:
    """Write a row for what could not be read, and may be the next time."""
    write_unread(place, store, problem, begun)
    return PlaceRead(location_text(place.place), place.bytes, problem, known=False)


def write_unread(place: BundlePlace, store: FleetStore, problem: str, begun: float = 0.0) -> None:
    """Write a row for what could not be read, and may be the next time.

    Raises:
        FlakeError: it cannot be written.
    """
    store.write_unread(
        place.place, {**_empty(), "problem": problem, **_place_columns(place, begun)}
    )


def _place_columns(place: BundlePlace, begun: float) -> dict[str, object]:
    took = round((time.monotonic() - begun) * 1e9) if begun else 0
    return {
        "bundle": _stored(place),
        "version": place.version,
        "bytes": place.bytes,
        "took_ns": took,
    }


def _stored(place: BundlePlace) -> str:
    """Return a place as the table has it: an address without its secrets, in UTF-8."""
    return location_text(place.place).encode("utf-8", "replace").decode()


def _empty() -> dict[str, object]:
    texts = dict.fromkeys(("go", "ci", "revision", "branch"), "")
    return {**texts, "started_unix_ns": 0, "runs": 0, "cases": 0, "losses": 0}


def _problem_of(error: FlakeError | OSError) -> str:
    if isinstance(error, FlakeError):
        return error.problem
    return f"it cannot be read ({error.strerror or error})"


def _hash(data: memoryview) -> str:
    found = hashlib.blake2b(digest_size=16)
    for at in range(0, len(data), _PIECE):
        found.update(data[at : at + _PIECE])
    return found.hexdigest()
