"""What a person names as a bundle: files, folders, standard input, addresses."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from flakecore.bundle.remote.object_storage import fetch
from flakecore.bundle.sources.folders import FilesSource, FolderSource, mapped
from flakecore.bundle.sources.members import member_bytes, outer_of
from flakecore.bundle.sources.nesting import Source
from flakecore.bundle.sources.spool import CutShortError, Progress, Spool, Spooled
from flakecore.errors import BundleError
from flakecore.loss import Loss

HOW_TO_GET_ONE = "make a bundle with: flaketui collect"
STANDARD_INPUT = "-"
MAX_FETCHED = 16 << 30
# What comes from a pipe or over a network, and has to be kept in a temporary file.

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_PIECE = 1 << 20
_WRITER_S, _LOOK_S = 10.0, 0.02
"""Seconds that a pipe with a name waits for who writes to it, and between two looks."""


def location_text(place: Path | str) -> str:
    """Return a place as it can be shown: an address without user, password and signature."""
    if not is_address(place):
        return str(place)
    if not _is_of_web(str(place)):
        scheme, _, rest = str(place).partition("://")
        bucket, slash, key = rest.partition("/")
        return f"{scheme}://{bucket.rpartition('@')[2]}{slash}{key}"
    parts = urlsplit(str(place))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _is_of_web(address: str) -> bool:
    """Return whether ``?`` and ``#`` end an address's path; a key in object storage may have both.

    A signature, which is not to be shown, stands behind the first.
    """
    return address.partition("://")[0].lower() in ("http", "https")


def is_address(place: Path | str) -> bool:
    """Return whether a place is an address such as ``https://…``, and no path."""
    return isinstance(place, str) and bool(_ADDRESS.match(place))


def require_places(places: Sequence[Path | str]) -> None:
    """Make sure that the files and folders among some places are there.

    Raises:
        BundleError: one is not.
    """
    for place in places:
        outer = outer_of(place)[0]
        if not is_address(place) and str(place) != STANDARD_INPUT and not Path(outer).exists():
            raise _missing(Path(place))


def _missing(path: Path) -> BundleError:
    return BundleError(f"{path} does not exist", remedy=f"check the path, or {HOW_TO_GET_ONE}")


def last_element(place: Path | str) -> str:
    """Return what a place is called among others."""
    if str(place) == STANDARD_INPUT:
        return "standard input"
    if is_address(place) and not _is_of_web(str(place)):
        return location_text(place).rstrip("/").rpartition("/")[2]
    if is_address(place):
        parts = urlsplit(str(place))
        return unquote(parts.path).rstrip("/").rpartition("/")[2] or parts.netloc
    return Path(place).name or Path(place).absolute().name or str(place)


def open_places(
    places: Sequence[Path | str], spool: Spool, progress: Progress | None
) -> list[tuple[str, Source]]:
    """Return the sources of all places, each with the folder that its files appear in.

    Raises:
        BundleError: if one of them cannot be read.
    """
    parts: list[tuple[str, Source]] = []
    files: dict[str, memoryview] = {}
    losses: list[Loss] = []
    if "" in places:
        remedy = "name a file, or this folder as: ."
        raise BundleError("the name of a bundle is empty", remedy=remedy)
    names = _names(places)
    for place, name in zip(places, names, strict=True):
        if is_address(place) and urlsplit(str(place)).scheme.lower() == "file":
            from urllib.request import url2pathname

            place = Path(url2pathname(urlsplit(str(place)).path))
        if not is_address(place) and str(place) != STANDARD_INPUT and Path(place).is_dir():
            parts.append((name if len(places) > 1 else "", FolderSource(Path(place))))
            continue
        view, problem = bytes_of(place, spool, progress)
        if not len(view) and len(places) == 1:
            why = f": {problem}" if problem else ""
            raise BundleError(f"{location_text(place)} is empty{why}", remedy=HOW_TO_GET_ONE)
        files[name] = view
        if problem:
            losses.append(Loss(name, problem))
    if files:
        parts.append(("", FilesSource(files, losses)))
    return parts


def _names(places: Sequence[Path | str]) -> list[str]:
    """Return a name for each place; with the folder it lies in where others have the same."""
    last = [last_element(place) for place in places]
    names: list[str] = []
    for place, name in zip(places, last, strict=True):
        if last.count(name) > 1 and not is_address(place):
            name = f"{Path(place).absolute().parent.name}/{name}".lstrip("/")
        number = 1
        chosen = name
        while chosen in names:
            number += 1
            chosen = f"{number}/{name}"
        names.append(chosen)
    return names


def bytes_of(place: Path | str, spool: Spool, progress: Progress | None) -> Spooled:
    """Return all bytes of a file, a pipe or an address, or of a member that ``!/`` names in it.

    Raises:
        BundleError: if there is nothing there, or it cannot be read.
    """
    outer, members = outer_of(place)
    found = _bytes_of(outer, spool, progress)
    where = location_text(outer)
    for member in members:
        found = member_bytes(found.view, member, spool, where=where)
        where = f"{where}!/{member}"
    return found


def _bytes_of(place: Path | str, spool: Spool, progress: Progress | None) -> Spooled:
    """Return all bytes of a file, a pipe or an address.

    Raises:
        BundleError: if there is nothing there, or it cannot be read.
    """
    if is_address(place):
        scheme = urlsplit(str(place)).scheme.lower()
        report_progress = partial(progress, last_element(place)) if progress is not None else None
        if scheme in ("http", "https"):
            # The HTTP client takes longer to load than a bundle on disk takes to open.
            from flakecore.bundle.remote.download import download

            return download(str(place), location_text(place), spool, MAX_FETCHED, report_progress)
        return fetch(str(place), location_text(place), spool, MAX_FETCHED, report_progress)
    if str(place) == STANDARD_INPUT:
        if sys.stdin is None or sys.stdin.isatty():
            raise BundleError(
                "- stands for standard input, and that is the terminal",
                remedy="send a bundle into it, as in: curl URL | flaketui -",
            )
        return spool.store(_read(sys.stdin.buffer), MAX_FETCHED)
    path = Path(place)
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return Spooled(mapped(path), "")
        if stat.S_ISFIFO(mode):  # as in: flaketui <(curl URL)
            return spool.store(_read_pipe(path), MAX_FETCHED)
    except FileNotFoundError as error:
        raise _missing(path) from error
    raise BundleError(f"{path} is no regular file", remedy="name a bundle")


def _read_pipe(path: Path) -> Iterator[bytes]:
    """Yield what comes through a pipe that stands in a folder, or is one of this process's files.

    Raises:
        BundleError: nobody has opened it to write to it, and nobody does.
    """
    has_name = not os.path.realpath(path).startswith("/proc/")
    until = time.monotonic() + _WRITER_S
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as pipe:
        while True:
            try:
                piece = os.read(pipe.fileno(), _PIECE)
            except BlockingIOError:  # somebody has, and has not written yet
                break
            if piece:
                yield piece
                break
            if not has_name:
                return
            if time.monotonic() > until:
                what = f"{path} is a pipe that nobody writes to"
                raise BundleError(what, remedy="start what writes to it first")
            time.sleep(_LOOK_S)
        os.set_blocking(pipe.fileno(), True)
        yield from _read(pipe)


def _read(stream: BinaryIO | io.RawIOBase) -> Iterator[bytes]:
    """Yield what comes through a pipe, as it comes."""
    try:
        while piece := os.read(stream.fileno(), _PIECE):
            yield piece
    except OSError as error:
        raise CutShortError(f"reading it failed ({error.strerror})") from error
