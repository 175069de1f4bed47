"""Where the bundles lie: files, folders, patterns and object storage, each bundle a place.

In a folder every archive is a bundle. A folder that holds a manifest, or test output, a trace or a
profile and no archive, is one as a whole, with the folders below it; beside archives a file of test
output is a bundle of its own. In object storage only names and sizes are asked for, so that there
whatever ends as an archive does is one.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from flakecore.bundle import Kind
from flakecore.bundle.kinds import HEAD, kind_of
from flakecore.bundle.locations import is_address, location_text, require_places
from flakecore.bundle.remote.object_storage import list_objects
from flakecore.bundle.sources.members import is_archive

_ENDINGS = (".zip", ".tar", ".tgz", ".tar.gz")
_LOOKED_AT = 4096
"""Bytes by which an archive is recognised."""
_PATTERN = "*?["
_NO_EVIDENCE = (Kind.UNKNOWN, Kind.SOURCE)
_OUTPUT = (Kind.TEST_JSON, Kind.TEST_TEXT, Kind.TEST_JUNIT)


class BundlePlace(NamedTuple):
    """A file, folder or address that a bundle is expected in, or an archive of several.

    Attributes:
        place: how to open it.
        bytes: its size; 0 where that is unknown.
        version: what changes when it does; "" where that is unknown, and it is read again.
    """

    place: str
    bytes: int
    version: str


def bundle_places(sources: Sequence[str], without: Path | None = None) -> list[BundlePlace]:
    """Return the places of all bundles in some sources, in their order, each once.

    Args:
        sources: files, folders, patterns and addresses.
        without: a folder that is not searched: the one that the table is written to.

    Raises:
        BundleError: a source is not there, or a storage cannot be listed.
    """
    found: dict[str, BundlePlace] = {}
    for source in sources:
        for place in _of_source(source, without.resolve() if without is not None else None):
            found.setdefault(place.place, place)
    return list(found.values())


def _of_source(source: str, without: Path | None) -> Iterator[BundlePlace]:
    if is_address(source):
        yield from _of_address(source)
        return
    path = Path(source)
    if not path.exists() and any(mark in source for mark in _PATTERN):
        for match in sorted(glob.glob(source, recursive=True)):  # noqa: PTH207  (patterns of any root)
            yield from _of_path(Path(match), without)
        return
    require_places([source])
    yield from _of_path(path, without)


def _of_path(path: Path, without: Path | None) -> Iterator[BundlePlace]:
    if not path.is_dir():
        yield _of_file(path)
        return
    walked = [path]
    while walked:
        folder = walked.pop()
        if folder.resolve() == without:
            continue
        files, folders = _listed(folder)
        archives = [file for file in files if _is_archive(file)]
        loose = {file: _kind(file) for file in files if file not in archives}
        evidence = [file for file, kind in loose.items() if kind not in _NO_EVIDENCE]
        if Kind.MANIFEST in loose.values() or (evidence and not archives):
            yield _of_folder(folder)
            continue
        yield from map(_of_file, archives)
        yield from (_of_file(file) for file in evidence if loose[file] in _OUTPUT)
        walked += reversed(folders)


def _listed(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the files and folders in a folder by name, without hidden ones and links to others."""
    files, folders = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    files.append(Path(entry.path))
    except OSError:
        return [], []
    return files, folders


def _is_archive(path: Path) -> bool:
    """Return whether a file is an archive, or was to be one: a damaged one is a row as well."""
    if path.name.endswith(_ENDINGS):
        return True
    try:
        with path.open("rb") as file:
            return is_archive(file.read(_LOOKED_AT))
    except OSError:
        return False


def _kind(path: Path) -> Kind:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        return kind_of(path.name, head, path.read_bytes)
    except OSError:
        return Kind.UNKNOWN


def _of_file(path: Path) -> BundlePlace:
    try:
        state = path.stat()
    except OSError:
        return BundlePlace(str(path.absolute()), 0, "")
    return BundlePlace(str(path.absolute()), state.st_size, str(state.st_mtime_ns))


def _of_folder(folder: Path) -> BundlePlace:
    """Return a folder that is a bundle: its version is that of its newest file and their count."""
    size = newest = count = 0
    for above, _, names in os.walk(folder):
        for name in names:
            try:
                state = Path(above, name).stat()
            except OSError:
                continue
            size, count = size + state.st_size, count + 1
            newest = max(newest, state.st_mtime_ns)
    return BundlePlace(str(folder.absolute()), size, f"{newest}/{count}")


def _of_address(source: str) -> Iterator[BundlePlace]:
    scheme = source.partition("://")[0].lower()
    if scheme in ("http", "https"):
        yield BundlePlace(source, 0, "")
        return
    named = any(mark in source for mark in _PATTERN)
    for each in list_objects(source, location_text(source)):
        if named or each.address == source or each.address.endswith(_ENDINGS):
            yield BundlePlace(each.address, each.size, each.version)
