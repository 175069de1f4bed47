"""Archives in an archive by name: ``outer.zip!/runs/7.zip`` is one of the bundles in a zip of many.

A job may upload the bundles of many runs as one zip. Opened as it is, that is one bundle with many
attempts; each of its members, named with ``!/`` as Java names what is in a jar, is a bundle alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from flakecore.bundle.kinds import HEAD, Kind, kind_of
from flakecore.bundle.profile_detection import is_profile
from flakecore.bundle.sources.inflate import GZIP_MAGIC
from flakecore.bundle.sources.spool import Spool, Spooled
from flakecore.bundle.sources.tars import is_tar
from flakecore.bundle.sources.zips import MAGIC, ZipSource
from flakecore.errors import BundleError

SEPARATOR = "!/"
_HEAD = 4096
"""Bytes by which an archive is recognised."""


def outer_of(place: Path | str) -> tuple[Path | str, tuple[str, ...]]:
    """Return the archive that a place names, and the members one in another after each ``!/``.

    A path that is there as it stands names itself, whatever is in its name.
    """
    text = str(place)
    if SEPARATOR not in text or ("://" not in text and Path(text).exists()):
        return place, ()
    outer, *members = text.split(SEPARATOR)
    return outer, tuple(members)


def member_bytes(data: memoryview, member: str, spool: Spool, *, where: str) -> Spooled:
    """Return a member of a zip, and what is wrong with it.

    Raises:
        BundleError: it is no zip, or has no such member.
    """
    source = ZipSource(data, spool, where=where)
    if member not in source.sizes:
        raise BundleError(f"{where} has no member {member}", remedy="check the name")
    view = source.read(member)
    return Spooled(view, next((each.what for each in source.losses if each.where == member), ""))


def archives_in(
    data: memoryview, spool: Spool, *, where: str
) -> dict[str, Callable[[], memoryview]]:
    """Return what reads each archive in a zip that holds archives and nothing else that is known.

    Without any, and for what is no zip, it is empty: the file is a bundle, or none.
    """
    if not bytes(data[:4]).startswith(MAGIC):
        return {}
    try:
        source = ZipSource(data, spool, where=where)
    except BundleError:
        return {}
    found = [name for name in source.sizes if is_archive(source.head(name, _HEAD))]
    others = set(source.sizes) - set(found)
    if not found or any(_is_known(source, name) for name in others):
        return {}
    return {name: partial(source.read, name) for name in found}


def is_archive(head: bytes) -> bool:
    """Return whether a file is a zip, a tar, or gzipped and no profile, by its first 4 KB."""
    if head.startswith(MAGIC) or is_tar(head):
        return True
    return head.startswith(GZIP_MAGIC) and not is_profile(head)


def _is_known(source: ZipSource, name: str) -> bool:
    head = source.head(name, HEAD)
    return kind_of(name, head, lambda: source.read(name)) not in (Kind.UNKNOWN, Kind.SOURCE)
