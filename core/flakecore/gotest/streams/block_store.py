"""Keeps the bytes of much output: few in memory, many in a temporary file without a name.

A test that prints gigabytes leaves as much text, of which a person sees some hundred lines. The
file is read with ``read`` and not mapped, so that nothing it holds counts as the process's memory.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from io import FileIO

MOST_IN_MEMORY = 64 << 20
"""What one package prints is nearly always less."""
_RESERVE = 512 << 20
"""Others live on the disk of temporary files too: what would take the last of it stays in memory.
The same that ``bundle`` leaves."""
_LOOK_AGAIN = 64 << 20


class BlockStore:
    """Blocks of bytes, read back by their number."""

    __slots__ = (
        "__weakref__",
        "_blocks",
        "_file",
        "_in_memory",
        "_latest",
        "_lock",
        "_looked",
        "_size",
    )

    def __init__(self) -> None:
        self._blocks: list[bytes | tuple[int, int]] = []  # itself, or its place and size in a file
        self._in_memory = 0
        self._file: FileIO | None = None
        self._size = 0
        self._looked = -_LOOK_AGAIN
        self._latest = -1, b""  # the block that was last read from the file
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many blocks there are."""
        return len(self._blocks)

    def add(self, block: bytes) -> None:
        """Keep a block, in memory where the disk does not take it."""
        if self._in_memory + len(block) <= MOST_IN_MEMORY or not self._write(block):
            self._blocks.append(block)
            self._in_memory += len(block)

    def _write(self, block: bytes) -> bool:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="flaketui-", buffering=0)  # noqa: SIM115
                weakref.finalize(self, self._file.close)
            if self._size - self._looked >= _LOOK_AGAIN:
                if shutil.disk_usage(tempfile.gettempdir()).free < _RESERVE + _LOOK_AGAIN:
                    return False
                self._looked = self._size
            self._file.seek(self._size)
            rest = memoryview(block)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            return False
        self._blocks.append((self._size, len(block)))
        self._size += len(block)
        return True

    def __getitem__(self, number: int) -> bytes:
        """Return a block.

        Raises:
            OSError: if the file cannot be read any more.
        """
        block = self._blocks[number]
        if isinstance(block, bytes):
            return block
        latest, found = self._latest
        if latest == number:
            return found
        assert self._file is not None
        place, size = block
        parts = []
        with self._lock:
            self._file.seek(place)
            while size:
                parts.append(self._file.read(size))
                if not parts[-1]:
                    raise OSError("a temporary file of test output has become shorter")
                size -= len(parts[-1])
        found = parts[0] if len(parts) == 1 else b"".join(parts)
        self._latest = number, found
        return found
