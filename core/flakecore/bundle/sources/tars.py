"""A tar as a source of artefacts: every member is a window on it, and never believed.

The headers are decoded by ``tarfile``; they are walked here, in one pass without a way back, so
that neither a size below zero nor a name of a gigabyte can do harm, and so that a tar that is cut
off gives all up to there.

Format: POSIX.1-1988 ustar, pax (POSIX.1-2001) and GNU's long names.
"""

from __future__ import annotations

import re
import tarfile
from collections import Counter

from flakecore.bundle.sources.member_names import shown_name, why_unusable
from flakecore.bundle.sources.spool import Progress
from flakecore.errors import BundleError
from flakecore.loss import Loss

BLOCK = 512
MAX_MEMBERS = 10_000
# As many as a zip may hold.

MAX_HEADERS = 10 * MAX_MEMBERS
# Folders, links and extended attributes among them.

_NAMED = 20
# Members that are left out for one reason and are named; the others are counted.

_LONGEST_TEXT = 64 << 10
# Of a long name or of extended attributes.

_FILES = {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE}
_LINKS = {tarfile.LNKTYPE, tarfile.SYMTYPE}
_NAME, _ATTRIBUTES, _FOR_ALL = tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE
_TEXTS = {_NAME, _ATTRIBUTES, tarfile.SOLARIS_XHDTYPE}
# Folders, devices, and attributes of all members or of links: nothing to read.


def is_tar(head: bytes) -> bool:
    """Return whether bytes begin with a member's header, whose checksum must be right."""
    if len(head) < BLOCK or not head[0]:
        return False
    return _header(head[:BLOCK]) is not None


class TarSource:
    """The regular files of one tar.

    Attributes:
        sizes: each usable member's name and size.
        losses: what could not be used, and why.
    """

    def __init__(self, data: memoryview, *, where: str) -> None:
        """Walk over the headers of a tar.

        Raises:
            BundleError: if there is no whole header in it.
        """
        self.losses: list[Loss] = []
        self.sizes: dict[str, int] = {}
        self._starts: dict[str, int] = {}
        self._data = data
        self._where = where
        self._left_out: Counter[str] = Counter()
        self._walk()
        for reason, count in self._left_out.items():
            if count > _NAMED:
                what = f"{count - _NAMED:,} more members are left out: {reason}"
                self.losses.append(Loss(where, what.removesuffix(", so it is left out")))
        if not self.sizes and not self.losses and _header(bytes(data[:BLOCK])) is None:
            raise BundleError(f"{where} is a damaged tar", remedy="copy or download it again")

    def _walk(self) -> None:
        at, size = 0, len(self._data)
        name, length = "", -1
        headers = 0
        while at + BLOCK <= size:
            headers += 1
            if headers > MAX_HEADERS:
                what = f"only its first {MAX_HEADERS:,} headers are read"
                self.losses.append(Loss(self._where, what, bytes=size - at))
                return
            block = bytes(self._data[at : at + BLOCK])
            if not any(block):  # the end, or what pads it
                return
            header = _header(block)
            if header is None or header.size < 0:
                what = "its next member cannot be found, so what follows is left out"
                self.losses.append(Loss(self._where, what, bytes=size - at))
                return
            at += BLOCK
            if header.type in _TEXTS:
                text = bytes(self._data[at : at + min(header.size, _LONGEST_TEXT)])
                if header.type == _NAME:
                    name = text.rstrip(b"\0").decode("utf-8", "surrogateescape")
                else:
                    attributes = _attributes(text)
                    name = attributes.get("path", name)
                    stated = attributes.get("size", "")
                    length = int(stated) if re.fullmatch(r"[0-9]{1,18}", stated) else length
                at += _blocks(header.size)
                continue
            length = header.size if length < 0 else length
            if header.type not in (tarfile.DIRTYPE, _FOR_ALL):
                self._add(name or header.name, header, at, length)
            if len(self.sizes) == MAX_MEMBERS:
                what = f"only its first {MAX_MEMBERS:,} members are read"
                self.losses.append(Loss(self._where, what))
                return
            at += _blocks(length)
            name, length = "", -1
        if at > size or at + BLOCK > size > at:
            self.losses.append(Loss(self._where, "it is cut off; what came before is read"))

    def _add(self, name: str, header: tarfile.TarInfo, at: int, length: int) -> None:
        name = name.removeprefix("./")
        reason = why_unusable(name)
        if not reason and header.type in _LINKS:
            reason = "it is a link, so it is left out"
        elif not reason and header.type not in _FILES:
            reason = "it is no regular file, so it is left out"
        if reason:
            self._left_out[reason] += 1
            if self._left_out[reason] <= _NAMED:
                self.losses.append(Loss(shown_name(name), reason))
            return
        length = min(length, max(0, len(self._data) - at))
        self.sizes[name] = length
        self._starts[name] = at

    def head(self, name: str, most: int) -> bytes:
        """Return up to ``most`` bytes from the start of a member."""
        return bytes(self.read(name)[:most])

    def read(self, name: str, progress: Progress | None = None) -> memoryview:
        """Return a member as a window on the tar."""
        del progress
        start = self._starts[name]
        return self._data[start : start + self.sizes[name]]

    def close(self) -> None:
        """Let go of nothing: the tar is another's."""


def _header(block: bytes) -> tarfile.TarInfo | None:
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return None
    return header if header.name else None


def _blocks(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _attributes(text: bytes) -> dict[str, str]:
    """Return pax attributes, each stored as ``length key=value`` and a newline."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        digits, space, _ = text[at : at + 20].partition(b" ")
        if not (space and digits.isdigit() and int(digits) > len(digits) + 1):
            break
        record = text[at + len(digits) + 1 : at + int(digits)]
        key, equals, value = record.rstrip(b"\n").partition(b"=")
        if equals:
            found[key.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        at += int(digits)
    return found
