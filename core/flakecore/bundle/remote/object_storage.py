"""Fetches a bundle from object storage (``s3://``, ``gs://``) through fsspec, an optional extra.

Credentials are those that the storage's own tools use: environment, configuration files, the
machine's role. None is ever asked for or shown.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flakecore.bundle.sources.spool import CutShortError, Spool, Spooled
from flakecore.errors import BundleError

_PIECE = 4 << 20
_INSTALL = "install it with: python3 -m pip install 'flaketui[cloud]'"


def fetch(
    address: str, shown: str, spool: Spool, most: int, progress: Callable[[float], None] | None
) -> Spooled:
    """Return an object; as much of it as came where the connection breaks.

    Args:
        address: such as ``s3://bucket/path/bundle.zip``.
        shown: the same as it may be shown.
        spool: where it is stored.
        most: bytes that it may have.
        progress: called with the share that is done.

    Raises:
        BundleError: if fsspec or what it needs for this storage is not installed, or nothing can
            be had.
    """
    storage, path = _storage(address, shown)
    try:
        total = int(storage.size(path) or 0)
        if total > most:
            raise BundleError(
                f"{shown} has {total:,} bytes, more than are fetched ({most:,})",
                remedy="download it with another program, and open the file",
            )
        with storage.open(path, "rb", cache_type="readahead", block_size=_PIECE) as file:
            return spool.store(_pieces(file, total, progress), most)
    except BundleError:
        raise
    except Exception as error:  # each storage has errors of its own
        raise _unreachable(shown, error) from None


class StoredObject(NamedTuple):
    """An object that a storage lists.

    Attributes:
        address: where to fetch it.
        size: its bytes.
        version: what changes when it does: its tag, checksum or time; "" where none is given.
    """

    address: str
    size: int
    version: str


def list_objects(address: str, shown: str) -> list[StoredObject]:
    """Return the objects below an address, or those that match it if it holds ``*``, by name.

    Raises:
        BundleError: as ``fetch``.
    """
    storage, path = _storage(address, shown)
    try:
        if any(mark in path for mark in "*?["):
            found = storage.glob(path, detail=True)
        else:
            found = storage.find(path, detail=True)
    except Exception as error:  # each storage has errors of its own
        raise _unreachable(shown, error) from None
    return [
        StoredObject(storage.unstrip_protocol(name), int(facts.get("size") or 0), _version(facts))
        for name, facts in sorted(found.items())
        if facts.get("type") == "file"
    ]


_VERSIONS = ("etag", "ETag", "md5Hash", "generation", "LastModified", "updated", "mtime", "created")
"""Keys under which storages give what changes with an object, the surest first."""


def _version(facts: Mapping[str, Any]) -> str:
    return next((str(facts[key]) for key in _VERSIONS if facts.get(key)), "")


def _storage(address: str, shown: str) -> tuple[Any, str]:
    """Return the storage of an address, and the path in it.

    Raises:
        BundleError: if fsspec or what it needs for this storage is not installed, or there is no
            such storage.
    """
    scheme = urlsplit(address).scheme.lower()
    try:
        fsspec: Any = importlib.import_module("fsspec")
    except ImportError as error:
        raise BundleError(f"{shown} needs fsspec, which is not here", remedy=_INSTALL) from error
    try:
        storage, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise BundleError(
            f"{shown} needs a package for {scheme}:// that is not here", remedy=_INSTALL
        ) from error
    except ValueError as error:
        raise BundleError(
            f"{scheme}:// is no address that can be fetched from ({_one_line(error)})",
            remedy="use https://, s3:// or gs://",
        ) from None
    except Exception as error:
        raise _unreachable(shown, error) from None
    return storage, path


def _unreachable(shown: str, error: Exception) -> BundleError:
    return BundleError(
        f"{shown} cannot be fetched ({type(error).__name__}: {_one_line(error)})",
        remedy="check the address and the credentials of that storage",
    )


def _pieces(file: Any, total: int, progress: Callable[[float], None] | None) -> Iterator[bytes]:
    size = 0
    try:
        while piece := file.read(_PIECE):
            size += len(piece)
            yield piece
            if progress is not None and total:
                progress(size / total)
    except Exception as error:
        raise CutShortError(f"the connection broke after {size:,} bytes") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
