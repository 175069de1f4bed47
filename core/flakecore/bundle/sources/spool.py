"""Keeps bytes that are in no file of their own: few in memory, many in a temporary file.

A trace of a gigabyte that is deflated, downloaded or read from a pipe is written once to a file
without a name (``O_TMPFILE``, or unlinked as soon as it is made) and mapped. Only this process can
reach it, and it is gone when the process is, however that ends.
"""

from __future__ import annotations

import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from io import FileIO
from typing import NamedTuple

Progress = Callable[[str, float], None]
"""Called with what is being read and the share of it that is done, 0 to 1."""

SMALL, MAX_SMALL = 8 << 20, 256 << 20
# What is no bigger stays in memory, as most test output and profiles, up to so much in all.

MAX_SPOOLED = 32 << 30
# All temporary files of one bundle. The disk ends before it nearly everywhere; see ``RESERVE``.

MAX_PASSED = 8 << 30
"""Bytes of logs that are passed over in one bundle, which takes some ten seconds."""

RESERVE = 512 << 20
_PREFIX = "flaketui-"
_LOOK_AGAIN = 64 << 20
# Others live on that disk too.


class CutShortError(Exception):
    """Pieces end before their time. The text is the reason, as a sentence about "it"."""


class Spooled(NamedTuple):
    """What could be stored of some pieces, and what is wrong with it or an empty text."""

    view: memoryview
    problem: str


class Spool:
    """The temporary files of one bundle, and how much more they may take.

    Attributes:
        bounded: whether there is a bound to how far one stream may inflate.
        left_to_pass: bytes beyond such bounds that may still be read to see how logs end.
    """

    def __init__(self, *, bounded: bool = True) -> None:
        """Begin with no file, and with all of the budget.

        Args:
            bounded: whether there is a bound to how far one stream may inflate.
        """
        self.bounded = bounded
        self.left_to_pass = MAX_PASSED
        self._left = MAX_SPOOLED
        self._memory = MAX_SMALL

    def store(self, pieces: Iterable[bytes], most: int) -> Spooled:
        """Return the bytes of all pieces, read-only: in memory, or mapped from a temporary file.

        Args:
            pieces: of bounded size; may raise ``CutShortError``, and what came before is stored.
            most: bytes to store at most; what is beyond is cut, which is a problem.
        """
        held = bytearray()
        file: FileIO | None = None
        size = looked = 0
        problem = ""
        try:
            for piece in pieces:
                left = min(most, self._left) - size
                if len(piece) > left:
                    piece = piece[:left]
                    problem = (
                        f"it is longer than {size + left:,} bytes and is cut there;"
                        " report --all reads all of it"
                    )
                if file is None and size + len(piece) > min(SMALL, self._memory):
                    # Its bytes go straight to it: closing must have nothing left to fail with.
                    file = tempfile.TemporaryFile(prefix=_PREFIX, buffering=0)  # noqa: SIM115
                    _write(file, held)
                if file is None:
                    held += piece
                else:
                    if size - looked >= _LOOK_AGAIN or not looked:
                        _require_space()
                        looked = size
                    _write(file, piece)
                size += len(piece)
                if problem:
                    break
        except CutShortError as error:
            problem = str(error)
        except OSError as error:
            problem = f"only a part fits into {tempfile.gettempdir()} ({error.strerror or error})"
        if file is None:
            self._memory -= size
            return Spooled(memoryview(held).toreadonly(), problem)
        with file:
            view, unmapped = _mapped(file)
        self._left -= len(view)
        return Spooled(view, unmapped or problem)


def _mapped(file: FileIO) -> Spooled:
    """Map a file; the mapping outlives the file object."""
    try:
        size = os.fstat(file.fileno()).st_size
        if not size:
            return Spooled(memoryview(b""), "")
        return Spooled(memoryview(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)), "")
    except OSError as error:
        return Spooled(memoryview(b""), f"it cannot be mapped ({error.strerror})")


def _write(file: FileIO, piece: bytes | bytearray) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[file.write(rest) :]


def _require_space() -> None:
    """Raise an OSError while there is still some space left for others."""
    folder = tempfile.gettempdir()
    if shutil.disk_usage(folder).free < RESERVE:
        raise OSError("its disk is nearly full; TMPDIR names another folder")
