"""Asks only once of the same standard library whether it builds with what ``collect`` adds.

``collect`` has Go build it before the tests, which Go's cache answers with 0.16 s of processor time
each time: a quarter of what collecting a small package takes, some three hundred times a session.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from flakecore.collect.objects.standard_library import why_not_built

_ASKER = "flakecore.collect.command.plan.why_not_built"
_HEEDED = ("AR", "CC", "CGO_", "CXX", "GO", "HOME", "LD_", "PATH", "PKG_CONFIG", "TMPDIR", "XDG_")
"""How the names of variables begin that the go command or a C compiler of it heeds."""
_built: set[bytes] = set()
"""Digests of what was built in this session: an answer that names a fault is not remembered."""


@contextmanager
def standard_library_once() -> Iterator[None]:
    """Have ``collect``, called in this process, ask once while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_ASKER, _why_not_built_once)
        yield


def _why_not_built_once(
    go: str,
    overlay: Path,
    cwd: Path,
    flags: Sequence[str],
    note: Callable[[str], None],
    variables: Mapping[str, str],
) -> str:
    asked = _digest(go, overlay, cwd, flags, variables)
    if asked in _built:
        return ""
    if not (reason := why_not_built(go, overlay, cwd, flags, note, variables)):
        _built.add(asked)
    return reason


def _digest(
    go: str, overlay: Path, cwd: Path, flags: Sequence[str], variables: Mapping[str, str]
) -> bytes:
    """Return a digest of all that an answer depends on; the added files count by their contents."""
    settings = {
        name: text for name, text in {**os.environ, **variables}.items() if name.startswith(_HEEDED)
    }
    module = cwd / "go.mod"
    alone = settings.get("GOWORK") == "off" and module.exists() and not (cwd / "vendor").exists()
    # A module's own name is nothing to the standard library; what else go.mod says may be.
    where = module.read_text().partition("\n")[2] if alone else str(cwd)
    found = hashlib.blake2b(repr((go, where, list(flags))).encode())
    found.update(repr(sorted(settings.items())).encode())
    replaced: dict[str, str] = orjson.loads(overlay.read_bytes())["Replace"]
    for old, new in sorted(replaced.items()):
        found.update(old.encode() + (Path(new).read_bytes() if new else b"\0"))
    return found.digest()
