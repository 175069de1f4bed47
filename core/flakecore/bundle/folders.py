"""A folder, or one loose file, as a source of artefacts."""

from __future__ import annotations

import mmap
import os
import stat
from contextlib import suppress
from pathlib import Path

from flakecore.errors import BundleError
from flakecore.loss import Loss

MAX_FILES = 10_000
# As many as a zip may hold. Somebody's whole home folder is no bundle.


class FolderSource:
    """The regular files under one folder, hidden ones and their folders left out.

    Attributes:
        sizes: each file's path below the folder (with ``/``) and its size.
        losses: what could not be used, and why.
    """

    def __init__(self, folder: Path, *, only: str = "") -> None:
        """List a folder, or take ``only`` the one file of it that has this name."""
        self.losses: list[Loss] = []
        self.sizes: dict[str, int] = {}
        self._folder = folder
        self._maps: dict[str, mmap.mmap] = {}
        for name in [only] if only else self._names():
            if len(self.sizes) == MAX_FILES:
                self.losses.append(
                    Loss(str(folder), f"only its first {MAX_FILES:,} files are read")
                )
                break
            try:
                status = (folder / name).stat()
            except OSError as error:
                self.losses.append(Loss(name, f"it cannot be read ({error.strerror})"))
                continue
            if stat.S_ISREG(status.st_mode):
                self.sizes[name] = status.st_size

    def _names(self) -> list[str]:
        names: list[str] = []
        for folder, folders, files in os.walk(self._folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            below = Path(folder).relative_to(self._folder)
            names += [(below / name).as_posix() for name in sorted(files) if name[0] != "."]
            if len(names) > MAX_FILES:
                break
        return names

    def head(self, name: str, most: int) -> bytes:
        """Return up to ``most`` bytes from the start of a file."""
        return bytes(self.read(name)[:most])

    def read(self, name: str) -> memoryview:
        """Return a file as a window on its mapping; an unreadable one is empty and a Loss."""
        if name not in self._maps:
            try:
                with (self._folder / name).open("rb") as file:
                    if os.fstat(file.fileno()).st_size == 0:
                        return memoryview(b"")
                    self._maps[name] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except OSError as error:
                self.losses.append(Loss(name, f"it cannot be read ({error.strerror})"))
                return memoryview(b"")
        return memoryview(self._maps[name])

    def close(self) -> None:
        """Let go of the files. Views that are still held keep their mapping until they go."""
        for mapped in self._maps.values():
            with suppress(BufferError):
                mapped.close()


def loose_file(path: Path) -> FolderSource:
    """Return a source that holds one file, named by its last path element.

    Raises:
        BundleError: if it cannot be read.
    """
    source = FolderSource(path.parent, only=path.name)
    source.read(path.name)
    if source.losses:
        raise BundleError(f"{path}: {source.losses[0].what}", remedy="check its permissions")
    return source
