"""A bundle and its artefacts, from a zip, a folder of the same layout, or one loose file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from flakecore.bundle.belonging import belongings
from flakecore.bundle.folders import FolderSource, loose_file
from flakecore.bundle.kinds import HEAD, Kind, kind_of
from flakecore.bundle.manifest import Manifest, read_manifest
from flakecore.bundle.zips import ZipSource
from flakecore.errors import BundleError
from flakecore.loss import Loss

_HOW_TO_GET_ONE = "make a bundle with: flaketui collect"
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# Profiles and traces that a dying process opened and never wrote.
_EMPTY_MATTERS = (".out", ".trace", ".pprof", ".prof", ".json", ".log")


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file of a bundle.

    Attributes:
        name: its path inside the bundle.
        kind: what it is, told by its content.
        size: its bytes; for a deflated member of a zip the size that the zip declares.
        package: import path of the package it was recorded from, as far as its folder tells;
            empty where that is unknown or it speaks for the whole run.
        attempt: which of several runs it belongs to, such as ``002``; empty where there is one,
            and for what lies at the top beside further ones.
    """

    name: str
    kind: Kind
    size: int
    package: str
    attempt: str = ""


class Source(Protocol):
    """Where the bytes come from."""

    sizes: dict[str, int]
    losses: list[Loss]

    def head(self, name: str, most: int) -> bytes:
        """Return up to ``most`` bytes from the start of a file."""

    def read(self, name: str) -> memoryview:
        """Return a file; damage is added to ``losses``."""

    def close(self) -> None:
        """Let go of all files."""


class Bundle:
    """Everything that one capture left behind. Use it as a context manager, or close it.

    Attributes:
        path: where it lies.
        artefacts: its files in the order in which they are stored.
        manifest: how it came to be; None for a bundle that was made by other means.
    """

    def __init__(self, path: Path, source: Source) -> None:
        """Tell the files of a source apart. ``open_bundle`` is how to get one."""
        self.path = path
        self._source = source
        self._losses: list[Loss] = []
        kinds = dict(self._kinds())
        self.manifest, root = self._read_manifest(kinds)
        packages = self.manifest.packages if self.manifest is not None else ()
        found = belongings(kinds, root, packages)
        self.artefacts = tuple(
            Artefact(name, kind, source.sizes[name], found[name].package, found[name].attempt)
            for name, kind in kinds.items()
        )

    def _kinds(self) -> Iterator[tuple[str, Kind]]:
        for name, size in self._source.sizes.items():
            if size == 0:
                if name.endswith(_EMPTY_MATTERS):
                    self._losses.append(
                        Loss(name, "it is empty: the run ended before it was written")
                    )
                continue
            head = self._source.head(name, HEAD)
            yield name, kind_of(name, head, partial(self._source.read, name))

    def _read_manifest(self, kinds: dict[str, Kind]) -> tuple[Manifest | None, str]:
        """Return the manifest and the folder it stands in, which is the bundle's own root."""
        for name in sorted((n for n in kinds if kinds[n] is Kind.MANIFEST), key=len):
            read = read_manifest(self._source.read(name), where=name)
            if isinstance(read, Manifest):
                return read, name.rpartition("/")[0]
            self._losses.append(read)
        return None, ""

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What is missing or damaged, as far as it has been read."""
        return (*self._losses, *self._source.losses)

    def of_kind(self, *kinds: Kind) -> tuple[Artefact, ...]:
        """Return the artefacts of these kinds, in the order in which they are stored."""
        return tuple(artefact for artefact in self.artefacts if artefact.kind in kinds)

    def read(self, artefact: Artefact) -> memoryview:
        """Return an artefact's bytes, read-only.

        What is stored (traces are) is a window on the mapped file: nothing is read before it is
        looked at. What is deflated is inflated anew at each call, within bounds, and damage in
        it becomes one of ``losses`` while the bytes before it are returned.
        """
        return self._source.read(artefact.name)

    def close(self) -> None:
        """Let go of the files. Views that are still held stay valid."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_bundle(path: Path | str) -> Bundle:
    """Open a zip, a folder of the same layout, or one loose file such as ``trace.out``.

    Raises:
        BundleError: if there is nothing there, it is cut off, or it holds nothing that is known.
    """
    path = Path(path)
    try:
        bundle = Bundle(path, _source_of(path))
    except OSError as error:
        raise BundleError(
            f"{path} cannot be read ({error.strerror})", remedy="check its permissions"
        ) from error
    if all(artefact.kind is Kind.UNKNOWN for artefact in bundle.artefacts):
        bundle.close()
        raise _nothing_known(path, bundle)
    return bundle


def _source_of(path: Path) -> Source:
    if not path.exists():
        raise BundleError(f"{path} does not exist", remedy=f"check the path, or {_HOW_TO_GET_ONE}")
    if path.is_dir():
        return FolderSource(path)
    if not path.is_file():
        raise BundleError(f"{path} is no regular file", remedy="name a bundle")
    with path.open("rb") as file:
        magic = file.read(4)
    if not magic:
        raise BundleError(f"{path} is empty", remedy=_HOW_TO_GET_ONE)
    return ZipSource(path) if magic in _ZIP_MAGIC else loose_file(path)


def _nothing_known(path: Path, bundle: Bundle) -> BundleError:
    if path.is_file() and bundle.artefacts and bundle.artefacts[0].name == path.name:
        return BundleError(
            f"{path} is no bundle: neither a zip, a Go trace or profile, nor `go test` output",
            remedy=_HOW_TO_GET_ONE,
        )
    why = f" ({bundle.losses[0]})" if bundle.losses else ""
    count = len(bundle.artefacts)
    files = {0: "it has no file that is a", 1: "its one file is no"}
    return BundleError(
        f"{path} holds nothing that is known: {files.get(count, f'none of {count:,} files is a')} "
        f"Go trace, profile or `go test` output{why}",
        remedy=_HOW_TO_GET_ONE,
    )
