"""Makes a bundle of files that are there already: a folder, or some files side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flakecore.bundle import open_bundle
from flakecore.collect.zip_writer import check_place, files_below, write_zip
from flakecore.errors import BundleError, CollectError


def pack_files(places: Sequence[Path], output: Path) -> int:
    """Write folders and files into one bundle, and return how many files are in it.

    One folder's files keep their paths below it; of several places each folder keeps its name. The
    bundle is dated with its newest file, so that the same files make the same bytes.

    Args:
        places: folders and files.
        output: the bundle; one that is there is replaced.

    Raises:
        CollectError: if a place is not there, two files would have one name, or the bundle cannot
            be written.
        BundleError: if none of the files is any that a bundle may hold.
    """
    check_place(output)
    members: dict[str, Path] = {}
    for place in places:
        if place.resolve() == output.resolve():
            raise CollectError(f"{output} is to be packed into itself", remedy="name another file")
        for name, path in _members(place, alone=len(places) == 1):
            if path.resolve() == output.resolve():  # an earlier bundle of the same name
                continue
            if name in members:
                raise CollectError(
                    f"{members[name]} and {path} would both be {name} in the bundle",
                    remedy="rename one, or name the folders that they lie in",
                )
            members[name] = path
    if not members:
        raise CollectError(f"there is nothing to pack but {output}", remedy="name another file")
    _refuse_unknown(places)
    try:
        newest = max((path.stat().st_mtime_ns for path in members.values()), default=0)
        write_zip(sorted(members.items(), key=_order), output, newest)
    except OSError as error:
        raise CollectError(
            f"{output} cannot be written ({error.filename or ''} {error.strerror or error})"
        ) from error
    return len(members)


def _refuse_unknown(places: Sequence[Path]) -> None:
    """Raise the error of opening the first place if none holds a recognised artefact."""
    refused: list[BundleError] = []
    for place in places:
        try:
            open_bundle(place).close()
        except BundleError as error:
            refused.append(error)
    if len(refused) == len(places):
        raise refused[0]


def _members(place: Path, *, alone: bool) -> list[tuple[str, Path]]:
    if place.is_dir():
        prefix = "" if alone else f"{place.resolve().name}/"
        found = [(f"{prefix}{name}", path) for name, path in files_below(place)]
        if not found:
            raise CollectError(f"{place} has no files")
        return found
    if not place.is_file():
        raise CollectError(f"{place} does not exist", remedy="check the path")
    return [(place.name, place)]


def _order(member: tuple[str, Path]) -> tuple[bool, str]:
    """Put what lies at the top first, the manifest among it."""
    return "/" in member[0], member[0]
