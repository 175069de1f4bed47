"""A zip as a source of artefacts: read in place, and never believed.

Traces are stored, not deflated, so that a member is a window on the mapped file and opening a
bundle of any size costs the same. Nothing is ever written out. What the directory of the zip
says is a claim: sizes are checked against the file, a deflated member is inflated with a bound
whatever its declared size, and a member that cannot be used is named as a Loss.
"""

from __future__ import annotations

import mmap
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from flakecore.errors import BundleError
from flakecore.loss import Loss

MAX_MEMBERS = 10_000
# 500 packages with their trace, four profiles and some attempts stay below it.

MAX_INFLATED = 1 << 30
# The JSON stream of a run that prints 5 million lines. Traces are not deflated.

MAX_RATIO = 400
MIN_BYTES_FOR_RATIO = 64 << 20
# Test output deflates 10 to 50 times. Deflate itself ends at 1032; a bomb comes close to it.

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1
_STEP = 16 << 10
_PIECE = 1 << 20


class ZipSource:
    """The members of one zip that can be read.

    Attributes:
        sizes: each usable member's name and size; for a deflated one the size it declares.
        losses: what could not be used, and why; grows as members are read.
    """

    def __init__(self, path: Path) -> None:
        """Map the zip and read its directory.

        Raises:
            BundleError: if it is no zip, or is cut off.
        """
        self.losses: list[Loss] = []
        self._path = path
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            try:
                with zipfile.ZipFile(file) as archive:
                    listed = archive.infolist()
            except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
                self._map.close()
                raise BundleError(
                    f"{path} is a zip that is cut off or damaged ({error}): "
                    f"its directory cannot be read from these {path.stat().st_size:,} bytes",
                    remedy="copy or download it again",
                ) from error
        self._members = dict(self._usable(listed))
        self.sizes = {name: member.file_size for name, member in self._members.items()}

    def _usable(self, listed: list[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        if len(listed) > MAX_MEMBERS:
            lost = len(listed) - MAX_MEMBERS
            self.losses.append(
                Loss(str(self._path), f"only its first {MAX_MEMBERS:,} members are read", lost)
            )
        for member in listed[:MAX_MEMBERS]:
            if member.filename.endswith("/"):  # a folder
                continue
            if reason := self._why_unusable(member):
                self.losses.append(Loss(member.filename, reason, bytes=member.compress_size))
            else:
                yield member.filename, member

    def _why_unusable(self, member: zipfile.ZipInfo) -> str:
        name = PurePosixPath(member.filename)
        if not member.filename:
            return "it has no name, so it is left out"
        if name.is_absolute() or ".." in name.parts or "\\" in member.filename:
            return "its path climbs out of the bundle, so it is left out"
        if member.flag_bits & _ENCRYPTED:
            return "it is encrypted, so it is left out"
        if stat.S_ISLNK(member.external_attr >> 16):
            return "it is a link, so it is left out"
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return f"it is compressed by method {member.compress_type}, so it is left out"
        if self._start(member) is None:
            return "its bytes are not where the directory of the zip says, so it is left out"
        return ""

    def _start(self, member: zipfile.ZipInfo) -> int | None:
        """Return where a member's bytes begin, or None if they do not all lie in the file."""
        at = member.header_offset
        if not 0 <= at <= len(self._map) - _LOCAL_HEADER.size:
            return None
        magic, name_size, extra_size = _LOCAL_HEADER.unpack_from(self._map, at)
        start: int = at + _LOCAL_HEADER.size + name_size + extra_size
        if magic != b"PK\x03\x04" or start + member.compress_size > len(self._map):
            return None
        return start

    def head(self, name: str, most: int) -> bytes:
        """Return up to ``most`` bytes from the start of a member."""
        return self._bytes(name, most)[0]

    def read(self, name: str) -> memoryview:
        """Return a member: a window on the file if stored, inflated within bounds if not.

        Damage is added to ``losses``, and the bytes before it are returned. A stored member's
        checksum is not compared: that would read all of a trace to show its first second.
        """
        member = self._members[name]
        if member.compress_type == zipfile.ZIP_STORED:
            return self._window(member)
        limit = min(MAX_INFLATED, max(MIN_BYTES_FOR_RATIO, MAX_RATIO * member.compress_size))
        data, problem = self._bytes(name, limit + 1)
        if len(data) > limit:
            data, problem = data[:limit], f"it inflates beyond {limit:,} bytes and is cut there"
        elif not problem and zlib.crc32(data) != member.CRC:
            problem = "its checksum differs from the one in the zip"
        if problem and not any(loss.where == name for loss in self.losses):
            self.losses.append(Loss(name, problem))
        return memoryview(data)

    def _window(self, member: zipfile.ZipInfo) -> memoryview:
        start = self._start(member)
        if start is None:
            raise AssertionError("only usable members are listed")
        return memoryview(self._map)[start : start + member.compress_size]

    def _bytes(self, name: str, most: int) -> tuple[bytes, str]:
        """Return up to ``most`` bytes of a member, and what is wrong with them or an empty text."""
        member = self._members[name]
        window = self._window(member)
        if member.compress_type == zipfile.ZIP_STORED:
            return bytes(window[:most]), ""
        data = bytearray()
        try:
            for piece in _inflated(window):
                data += piece
                if len(data) >= most:
                    return bytes(data[:most]), ""
        except zlib.error as error:
            return bytes(data), f"it is damaged ({error})"
        except EOFError:
            return bytes(data), "it is cut off"
        return bytes(data), ""

    def close(self) -> None:
        """Let go of the file. Views that are still held keep their mapping until they go."""
        with suppress(BufferError):
            self._map.close()


def _inflated(deflated: memoryview) -> Iterator[bytes]:
    """Yield a raw deflate stream in pieces of bounded size.

    Raises:
        zlib.error: where the stream is damaged.
        EOFError: where it stops before its end.
    """
    inflate = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    for at in range(0, len(deflated), _STEP):
        step: bytes | memoryview = deflated[at : at + _STEP]
        while len(step):
            yield inflate.decompress(step, _PIECE)
            step = inflate.unconsumed_tail
    if not inflate.eof:
        raise EOFError
