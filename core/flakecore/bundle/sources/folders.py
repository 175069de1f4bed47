"""A folder, or single files, as a source of artefacts."""

from __future__ import annotations

import mmap
import os
import stat
from contextlib import suppress
from pathlib import Path

from flakecore.bundle.sources.spool import Progress
from flakecore.loss import Loss

MAX_FILES = 10_000
# As many as a zip may hold. Somebody's whole home folder is no bundle.


_OF_GO = "go.mod"
"""What keeps an unfinished bundle, or a folder, out of the Go module around it is no evidence."""


class FolderSource:
    """The regular files under one folder, hidden ones and their folders left out.

    Links to folders are not followed, and those to files only within the folder.

    Attributes:
        sizes: each file's path below the folder (with ``/``) and its size.
        losses: what could not be used, and why.
    """

    def __init__(self, folder: Path) -> None:
        """List a folder."""
        self.losses: list[Loss] = []
        self.sizes: dict[str, int] = {}
        self._folder = folder
        self._maps: dict[str, mmap.mmap] = {}
        inside = folder.resolve()
        for name in self._names():
            if len(self.sizes) == MAX_FILES:
                self.losses.append(
                    Loss(str(folder), f"only its first {MAX_FILES:,} files are read")
                )
                break
            try:
                path = folder / name
                status = path.stat()
                # A link in a folder of somebody else's must not show a file of one's own.
                if path.is_symlink() and not path.resolve().is_relative_to(inside):
                    what = "it is a link out of the folder, so it is left out"
                    self.losses.append(Loss(name, what))
                    continue
            except (OSError, RuntimeError) as error:
                why = getattr(error, "strerror", "") or error
                self.losses.append(Loss(name, f"it cannot be read ({why})"))
                continue
            if stat.S_ISREG(status.st_mode):
                self.sizes[name] = status.st_size

    def _names(self) -> list[str]:
        names: list[str] = []
        for folder, folders, files in os.walk(self._folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            below = Path(folder).relative_to(self._folder)
            found = [(below / name).as_posix() for name in sorted(files) if name[0] != "."]
            names += [name for name in found if name != _OF_GO]
            if len(names) > MAX_FILES:
                break
        return names

    def head(self, name: str, most: int) -> bytes:
        """Return up to ``most`` bytes from the start of a file; none of an unreadable one.

        It is not mapped for that: each mapping holds a file open, and a process may hold some
        hundreds.
        """
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(most)
        except OSError as error:
            self._unreadable(name, error)
            return b""

    def read(self, name: str, progress: Progress | None = None) -> memoryview:
        """Return a file as a window on its mapping; an unreadable one is empty and a Loss."""
        del progress
        if name not in self._maps:
            try:
                with (self._folder / name).open("rb") as file:
                    if os.fstat(file.fileno()).st_size == 0:
                        return memoryview(b"")
                    self._maps[name] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except OSError as error:
                self._unreadable(name, error)
                return memoryview(b"")
        return memoryview(self._maps[name])

    def _unreadable(self, name: str, error: OSError) -> None:
        loss = Loss(name, f"it cannot be read ({error.strerror})")
        if loss not in self.losses:
            self.losses.append(loss)

    def close(self) -> None:
        """Let go of the files. Views that are still held keep their mapping until they go."""
        for mapped in self._maps.values():
            with suppress(BufferError):
                mapped.close()


class FilesSource:
    """Files whose bytes are at hand already: mapped, or read from somewhere else.

    Attributes:
        sizes: each file's name and size.
        losses: what is known to be wrong with them.
    """

    def __init__(self, files: dict[str, memoryview], losses: list[Loss] | None = None) -> None:
        """Take the files as they are."""
        self.losses = losses if losses is not None else []
        self.sizes = {name: len(view) for name, view in files.items()}
        self._files = files

    def head(self, name: str, most: int) -> bytes:
        """Return up to ``most`` bytes from the start of a file."""
        return bytes(self._files[name][:most])

    def read(self, name: str, progress: Progress | None = None) -> memoryview:
        """Return a file."""
        del progress
        return self._files[name]

    def close(self) -> None:
        """Let go of the files. Views that are still held keep what they show."""
        self._files.clear()


def mapped(path: Path) -> memoryview:
    """Return a file as a window on its mapping, which goes when the last view of it goes.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
