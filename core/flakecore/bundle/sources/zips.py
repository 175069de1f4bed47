"""A zip as a source of artefacts: read in place, and never believed.

Traces are stored, not deflated, so that a member is a window on the mapped file and opening a
bundle of any size costs the same. The directory of the zip is not trusted: sizes are checked
against the file, members that overlap are a bomb's, a deflated one is inflated with a bound
whatever its declared size, and a member that cannot be used is named as a Loss. A zip without its
directory, because whoever wrote or sent it was stopped, is read by its members' own headers.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import partial

from flakecore.bundle.kinds import HEAD, LOGS, kind_of
from flakecore.bundle.sources.abridge import store_log
from flakecore.bundle.sources.inflate import RAW, inflated_head, inflated_pieces, most_inflated
from flakecore.bundle.sources.member_names import shown_name, why_unusable
from flakecore.bundle.sources.salvage import salvaged
from flakecore.bundle.sources.spool import SMALL, Progress, Spool
from flakecore.bundle.sources.zip_members import DEFLATED, LOCAL, STORED, Member, local_header
from flakecore.errors import BundleError
from flakecore.loss import Loss

MAGIC = (LOCAL, b"PK\x05\x06", b"PK\x07\x08")

MAX_MEMBERS = 10_000
# 500 packages with their trace, four profiles and some attempts stay below it.

MAX_DIRECTORY = 8 << 20
# So many members with paths of 700 letters.

_ENCRYPTED = 0x1


class ZipSource:
    """The members of one zip that can be read.

    Attributes:
        sizes: each usable member's name and size; for a deflated one the size it declares.
        losses: what could not be used, and why; grows as members are read.
    """

    def __init__(self, data: memoryview, spool: Spool, *, where: str) -> None:
        """Read the directory of a zip, or else the headers of its members.

        Args:
            data: the zip.
            spool: where members are kept that are too big for memory.
            where: what the zip is called, for losses and errors.

        Raises:
            BundleError: if it is no zip, or there is no whole member in it.
        """
        self.losses: list[Loss] = []
        self._data = data
        self._spool = spool
        self._where = where
        self._kept: dict[str, memoryview] = {}
        self._members = {member.name: member for member in self._usable(self._listed())}
        self.sizes = {name: member.size for name, member in self._members.items()}

    def _listed(self) -> list[Member]:
        """Return all members that the directory lists, or that are found without it."""
        try:
            with zipfile.ZipFile(_Window(self._data)) as archive:
                listed = archive.infolist()
            return [member for each in listed if (member := self._member(each))]
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            OSError,
            ValueError,
            struct.error,
        ) as error:
            found, cut = salvaged(self._data, MAX_MEMBERS)
            problem = f"{self._where} is a zip that is cut off or damaged"
            if not found:
                size = len(self._data)
                raise BundleError(
                    f"{problem}: neither its directory nor any member can be read from these"
                    f" {size:,} bytes",
                    remedy="copy or download it again",
                ) from error
            why = "" if "not a zip" in str(error) else f" ({error})"
            self.losses.append(Loss(self._where, f"it is cut off or damaged{why}: {cut}"))
            return found

    def _member(self, listed: zipfile.ZipInfo) -> Member | None:
        """Return a member as the directory describes it, or None for a folder."""
        if listed.filename.endswith("/"):
            return None
        start = local_header(self._data, listed.header_offset)
        problem = "" if start else _ELSEWHERE
        if listed.flag_bits & _ENCRYPTED:
            problem = "it is encrypted, so it is left out"
        elif stat.S_ISLNK(listed.external_attr >> 16):
            problem = "it is a link, so it is left out"
        return Member(
            name=listed.filename,
            method=listed.compress_type,
            start=start,
            packed=listed.compress_size,
            size=listed.file_size,
            checksum=listed.CRC,
            problem=problem,
        )

    def _usable(self, listed: Sequence[Member]) -> Iterator[Member]:
        if len(listed) > MAX_MEMBERS:
            lost = len(listed) - MAX_MEMBERS
            what = f"only its first {MAX_MEMBERS:,} members are read"
            self.losses.append(Loss(self._where, what, lost))
        overlapping = _overlapping(listed[:MAX_MEMBERS], len(self._data))
        for number, member in enumerate(listed[:MAX_MEMBERS]):
            reason = why_unusable(member.name) or member.problem
            if not reason and member.method not in (STORED, DEFLATED):
                reason = f"it is compressed by method {member.method}, so it is left out"
            elif not reason and member.end > len(self._data):
                reason = _ELSEWHERE
            elif not reason and number in overlapping:
                reason = "its bytes are also another member's, so it is left out"
            if reason:
                self.losses.append(Loss(shown_name(member.name), reason, bytes=member.packed))
            else:
                yield member

    def head(self, name: str, most: int) -> bytes:
        """Return up to ``most`` bytes from the start of a member."""
        member = self._members[name]
        window = self._window(member)
        if member.method == STORED:
            return bytes(window[:most])
        return inflated_head(window, RAW, most)

    def read(self, name: str, progress: Progress | None = None) -> memoryview:
        """Return a member: a window on the file if stored, inflated within bounds if not.

        What is big is inflated once, into a temporary file. Damage is added to ``losses``, and
        the bytes before it are returned. A stored member's checksum is not compared: that would
        read all of a trace to show its first second.
        """
        member = self._members[name]
        if member.method == STORED:
            return self._window(member)
        if name in self._kept:
            return self._kept[name]
        window = self._window(member)
        checksum = 0

        def checked() -> Iterator[bytes]:
            nonlocal checksum
            done = partial(progress, name) if progress is not None else None
            for piece in inflated_pieces(window, RAW, done):
                checksum = zlib.crc32(piece, checksum)
                yield piece

        most = most_inflated(len(window), bounded=self._spool.bounded)
        if member.size > most and kind_of(name, self.head(name, HEAD), lambda: b"") in LOGS:
            view, problem = store_log(checked(), len(window), self._spool)
        else:
            view, problem = self._spool.store(checked(), most)
        if not problem and member.checksum is not None and checksum != member.checksum:
            problem = "its checksum differs from the one in the zip"
        if problem and not any(loss.where == name for loss in self.losses):
            self.losses.append(Loss(name, problem))
        if len(view) > SMALL:
            self._kept[name] = view
        return view

    def _window(self, member: Member) -> memoryview:
        return self._data[member.start : member.end]

    def close(self) -> None:
        """Let go of the zip. Views that are still held keep what they show."""
        self._kept.clear()


_ELSEWHERE = "its bytes are not where the directory of the zip says, so it is left out"


def _overlapping(members: Sequence[Member], size: int) -> set[int]:
    """Return the positions of those whose bytes belong to another one before them already.

    One kilobyte that a thousand members share inflates to a thousand times as much.
    """
    real = [at for at, member in enumerate(members) if member.start and member.end <= size]
    found: set[int] = set()
    end = 0
    for at in sorted(real, key=lambda at: members[at].start):
        if members[at].packed and members[at].start < end:
            found.add(at)
        end = max(end, members[at].end)
    return found


class _Window(io.RawIOBase):
    """Bytes as the file that ``zipfile`` reads a directory from; it never reads more than one."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = (0, self._at, len(self._data))[whence]
        if base + offset < 0:
            raise OSError("it begins before the file does")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        size = len(self._data) if size < 0 else size
        found = self._data[self._at : self._at + size]
        if len(found) > MAX_DIRECTORY:
            raise zipfile.BadZipFile("its directory is larger than any real one")
        self._at += len(found)
        return bytes(found)
