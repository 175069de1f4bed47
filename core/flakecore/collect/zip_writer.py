"""Writes a bundle in one step: beside its place first, then renamed."""

from __future__ import annotations

import os
import shutil
import stat
import time
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from flakecore.errors import CollectError

WORK = ".work"
"""The folder in an unfinished bundle that holds what only the run needs."""

_MODULE_END = "go.mod"
_MODULE_END_TEXT = b"""\
// The folder that this file stands in is no part of the module around it: Go would take the sources
// that it holds for packages, and ./... would run their tests a second time.
module flaketui.unfinished
"""

_STORED = (".out", ".pprof")
# Traces are stored so that they can be read in place; profiles are gzipped by Go already.

_MUCH, _LEVEL_OF_MUCH = 32 << 20, 3
"""Bytes from which on a file is deflated at a lower level. Measured on what 150 MB of output leave:
half the processor time of zlib's level 6, and 4 to 8 % more bytes."""


def check_place(output: Path) -> None:
    """Make sure, before anything runs, that a bundle can be written there.

    Raises:
        CollectError: if its folder is missing or closed, or something else is in its place.
    """
    folder = output.parent
    if not folder.is_dir():
        raise CollectError(f"{folder} is no folder", remedy="make it first, or choose another -o")
    if not os.access(folder, os.W_OK):
        raise CollectError(f"{folder} cannot be written to", remedy="choose another -o")
    if output.is_dir():
        raise CollectError(f"{output} is a folder", remedy="name a file with -o")
    if output.exists() and not zipfile.is_zipfile(output):
        raise CollectError(
            f"{output} is there already and is no bundle",
            remedy="move it away, or choose another -o",
        )


def unfinished_folder(output: Path, manifest: bytes) -> Path:
    """Make the folder beside a bundle's place that holds its files until it is written.

    It comes to be with a manifest in it, so that it opens like a bundle from its first moment on.
    What a killed collector left there is somebody's evidence: it stays, and another name is taken.

    Args:
        output: the bundle's place.
        manifest: what is known before anything runs.

    Raises:
        CollectError: if it cannot be made.
    """
    unborn = output.with_name(f".{output.name}.{os.getpid()}.new")
    try:
        unborn.mkdir()
        (unborn / "manifest.json").write_bytes(manifest)
        (unborn / _MODULE_END).write_bytes(_MODULE_END_TEXT)
        (unborn / WORK).mkdir()
        (unborn / WORK / "reserve").write_bytes(bytes(_RESERVED))
        for number in range(1, _MOST_UNFINISHED):
            suffix = f"-{number}" if number > 1 else ""
            folder = output.with_name(f"{output.name}.partial{suffix}")
            if not folder.exists():
                return unborn.rename(folder)
    except OSError as error:
        remove_folder(unborn)
        raise CollectError(
            f"nothing can be recorded beside {output} ({error.strerror})",
            remedy="make room there, or choose another place with -o",
        ) from error
    remove_folder(unborn)
    raise CollectError(
        f"{output.parent} holds a thousand unfinished bundles", remedy="remove *.partial there"
    )


_MOST_UNFINISHED = 1000
# Room for the manifest and the directory on a disk that the run has filled.
_RESERVED = 1 << 18
_FULL = 1 << 16


def make_room(folder: Path) -> bool:
    """Remove what only the run needed; return whether the disk was full before.

    Args:
        folder: the bundle in its unpacked layout.
    """
    full = shutil.disk_usage(folder).free < _FULL
    shutil.rmtree(folder / WORK, ignore_errors=True)
    return full


def remove_folder(folder: Path) -> None:
    """Remove a folder and all in it; one that is half gone never shows under its name."""
    going = folder.with_name(f".{folder.name.lstrip('.')}.{os.getpid()}.gone")
    with suppress(OSError):
        folder = folder.rename(going)
    shutil.rmtree(folder, ignore_errors=True)


def write_manifest(folder: Path, manifest: bytes) -> None:
    """Replace the manifest in a folder in one step."""
    unfinished = folder / ".manifest.json"
    unfinished.write_bytes(manifest)
    unfinished.replace(folder / "manifest.json")


def pack(folder: Path, output: Path, unix_ns: int) -> None:
    """Write all files below a folder into one zip, each under its path there.

    Hidden files and folders are left out.

    Args:
        folder: a bundle in its unpacked layout.
        output: the zip; replaced if it is there.
        unix_ns: the moment that every member is dated with.

    Raises:
        CollectError: if it cannot be written; the folder is left as it is.
    """
    try:
        write_zip(files_below(folder), output, unix_ns)
    except OSError as error:
        raise CollectError(
            f"{output} cannot be written ({error.strerror or error})",
            remedy=f"what was recorded is kept in {folder}, which opens like a bundle",
        ) from error


def write_zip(members: Iterable[tuple[str, Path]], output: Path, unix_ns: int) -> None:
    """Write files into a zip under their names in it; it is there whole or not at all.

    Raises:
        OSError: if a file cannot be read or the zip cannot be written.
    """
    unfinished = output.with_name(f".{output.name}.{os.getpid()}.part")
    dated = time.gmtime(max(unix_ns // 10**9, _FIRST_OF_ZIP))[:6]
    try:
        with unfinished.open("xb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, path in members:
                    _add(archive, path, zipfile.ZipInfo(name, dated))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)


_FIRST_OF_ZIP = 315532800  # 1980: the earliest date that a zip can hold


def files_below(folder: Path) -> list[tuple[str, Path]]:
    """Return the files below a folder by their path there, hidden ones and links left out.

    So is the file that keeps an unfinished bundle out of the module around it. The manifest and
    the run's own files come first, then each package's.
    """
    found = []
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts) or parts == (_MODULE_END,)
        if path.is_file() and not path.is_symlink() and not hidden:
            found.append((len(parts) > 1, "/".join(parts), path))
    return [(name, path) for _, name, path in sorted(found)]


def _add(archive: zipfile.ZipFile, path: Path, member: zipfile.ZipInfo) -> None:
    member.compress_type = (
        zipfile.ZIP_STORED if path.name.endswith(_STORED) else zipfile.ZIP_DEFLATED
    )
    member.external_attr = (stat.S_IFREG | 0o644) << 16
    member.file_size = path.stat().st_size
    if member.file_size >= _MUCH:
        # zipfile takes a member's own level only so where it is written in pieces (3.11 to 3.14).
        member._compresslevel = _LEVEL_OF_MUCH  # type: ignore[attr-defined]
    with path.open("rb") as file, archive.open(member, "w") as target:
        while chunk := file.read(1 << 20):
            target.write(chunk)
