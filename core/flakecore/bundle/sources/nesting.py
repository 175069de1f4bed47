"""Archives inside archives, opened as if they were folders.

GitHub puts what a job uploads into a zip, so that a bundle comes as a zip in a zip; a script may
have made a tar.gz, or compressed single files. Where an archive is all there is, its members keep
their names; beside others its name comes before theirs, as a folder's does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from flakecore.bundle.kinds import HEAD, LOGS, Kind, kind_of
from flakecore.bundle.profile_detection import is_profile
from flakecore.bundle.sources.abridge import store_log
from flakecore.bundle.sources.folders import FilesSource
from flakecore.bundle.sources.inflate import (
    GZIP,
    GZIP_MAGIC,
    inflated_head,
    inflated_pieces,
    most_inflated,
)
from flakecore.bundle.sources.spool import Progress, Spool
from flakecore.bundle.sources.tars import BLOCK, TarSource, is_tar
from flakecore.bundle.sources.zips import MAGIC as ZIP
from flakecore.bundle.sources.zips import ZipSource
from flakecore.errors import BundleError
from flakecore.loss import Loss

MAX_DEPTH = 4
# A zip of GitHub's, the bundle, a tar.gz that a test left in it, and one for good measure.

MAX_FILES, MAX_ARCHIVES = 10_000, 1_000
# In all; as many as one zip may hold.

_HEAD = 4096
"""Bytes by which an archive is recognised."""
_ENDINGS = (".tgz", ".gz")


class Source(Protocol):
    """Where the bytes of some artefacts come from."""

    @property
    def sizes(self) -> dict[str, int]:
        """Each file's path and its size, or the size that is declared for it."""

    @property
    def losses(self) -> list[Loss]:
        """What could not be used, and why; grows as files are read."""

    def head(self, name: str, most: int) -> bytes:
        """Return up to ``most`` bytes from the start of a file."""

    def read(self, name: str, progress: Progress | None = None) -> memoryview:
        """Return a file; damage is added to ``losses``."""

    def close(self) -> None:
        """Let go of all files. Views that are still held keep what they show."""


class Tree:
    """A source of all files in some sources, with the archives among them opened.

    Attributes:
        sizes: each file's path and its size.
    """

    def __init__(
        self, parts: Sequence[tuple[str, Source]], spool: Spool, progress: Progress | None
    ) -> None:
        """Open the archives in some sources, and those in them.

        Args:
            parts: sources, each with the folder that its files appear in.
            spool: where archives are kept that are too big for memory.
            progress: called with the archive that is opened, and the share of it that is done.

        Raises:
            BundleError: if an archive cannot be opened and there is nothing else.
        """
        self.sizes: dict[str, int] = {}
        self._spool = spool
        self._progress = progress
        self._own: list[Loss] = []
        self._sources: list[tuple[str, str, Source]] = []
        self._places: dict[str, tuple[Source, str]] = {}
        self._only = len(parts) == 1
        for folder, source in parts:
            self._add(folder, folder, source, 0)

    @property
    def losses(self) -> list[Loss]:
        """What could not be used, by the paths that files have here."""
        found = list(self._own)
        for own, folder, source in self._sources:
            for loss in source.losses:
                where = own if loss.where == own else _join(folder, loss.where)
                found.append(replace(loss, where=where))
        return found

    def _add(self, own: str, folder: str, source: Source, depth: int) -> None:
        """Take in a source that is called ``own``; its files appear in ``folder``."""
        self._sources.append((own, folder, source))
        alone = len(source.sizes) == 1 and (depth > 0 or self._only)
        for name, size in source.sizes.items():
            path = _join(folder, name)
            opener = self._opener(source, name, path)
            if opener is None:
                if len(self.sizes) == MAX_FILES:
                    self._own.append(Loss(path, f"only {MAX_FILES:,} files are read"))
                    return
                self.sizes[path] = size
                self._places[path] = (source, name)
            elif depth == MAX_DEPTH:
                what = f"it is an archive in {MAX_DEPTH} others, and no deeper ones are opened"
                self._own.append(Loss(path, what))
            elif len(self._sources) >= MAX_ARCHIVES:
                self._own.append(Loss(path, f"only {MAX_ARCHIVES:,} archives are opened"))
                return
            else:
                try:
                    inner = opener(source.read(name, self._progress))
                except BundleError as error:
                    if alone and depth == 0:
                        raise
                    self._own.append(Loss(path, error.problem.removeprefix(f"{path} ")))
                else:
                    # The one file that was compressed alone stands where its archive stood.
                    single = isinstance(inner, FilesSource)
                    self._add(path, folder if alone or single else path, inner, depth + 1)

    def _opener(
        self, source: Source, name: str, path: str
    ) -> Callable[[memoryview], Source] | None:
        """Return what opens an archive; None for a file that is none."""
        head = source.head(name, _HEAD)
        if head.startswith(ZIP):
            return partial(ZipSource, spool=self._spool, where=path)
        if is_tar(head):
            return partial(TarSource, where=path)
        if head.startswith(GZIP_MAGIC) and not is_profile(head):
            # Somebody's compressed photographs are not worth the time.
            inner = inflated_head(memoryview(source.head(name, HEAD)), GZIP, HEAD)
            kind = kind_of(name, inner, lambda: inner)
            if is_tar(inner) or inner.startswith(ZIP) or kind is not Kind.UNKNOWN:
                return partial(self._unzipped, path, is_log=kind in LOGS)
        return None

    def _unzipped(self, path: str, data: memoryview, *, is_log: bool) -> Source:
        """Return a gzipped tar's members, or a gzipped file under its name without the ending."""
        done = partial(self._progress, path) if self._progress is not None else None
        pieces = inflated_pieces(data, GZIP, done)
        if is_log:
            view, problem = store_log(pieces, len(data), self._spool)
        else:
            most = most_inflated(len(data), bounded=self._spool.bounded)
            view, problem = self._spool.store(pieces, most)
        if not len(view):
            raise BundleError(f"{path} is compressed and damaged: {problem}", remedy="get it again")
        if problem:
            self._own.append(Loss(path, problem))
        if is_tar(bytes(view[:BLOCK])):
            return TarSource(view, where=path)
        name = path.rpartition("/")[2]
        for ending in _ENDINGS:
            name = name.removesuffix(ending)
        return FilesSource({name or "file": view})

    def head(self, name: str, most: int) -> bytes:
        """Return up to ``most`` bytes from the start of a file."""
        source, inner = self._places[name]
        return source.head(inner, most)

    def read(self, name: str, progress: Progress | None = None) -> memoryview:
        """Return a file; damage is added to ``losses``."""
        source, inner = self._places[name]
        return source.read(inner, progress)

    def close(self) -> None:
        """Let go of all files."""
        for *_, source in reversed(self._sources):
            source.close()


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
