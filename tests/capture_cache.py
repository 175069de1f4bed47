"""Captures of real Go programs, kept on disk from one session to the next.

A capture is a folder that one function fills by running Go. Its name carries a hash of everything
it depends on: the Go sources and where they stand, the release and its executable, the arguments,
the environment settings, the machine, and the code that makes it. What depends on anything else
belongs in ``settings``. With ``--fresh-captures`` the cache begins empty and lasts one session.

Workers share the cache: a capture is made under a lock, beside its place, and moved there whole.
Tests read it and never write to it. ``contents.json`` beside it lists its files as they were made;
a capture that no longer looks like its list is made again.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from packages import cache_folder, one_at_a_time
from recent_results import RecentResults

FORMAT = 1
"""Raised when captures that older code made must not be read again."""

LIMIT_BYTES = 1 << 30
"""What the cache may hold: some twenty times what the suite makes (50 MB with seven releases)."""

IN_USE_S = 2 * 3600
"""A capture that was used within so many seconds may belong to a session that still runs."""

CACHE_SETTING = "FLAKETUI_TEST_CAPTURES"
"""The environment variable that names another folder for captures, as --fresh-captures does."""

USED: list[Path] = []
"""The captures that this process has asked for, in this order, as often as it has."""

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")

_FILES, _CONTENTS = "files", "contents.json"
_results: RecentResults[tuple[object, list[Path]]] = RecentResults()


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a capture depends on.

    Attributes:
        name: how its folder begins, for people: ``truth-1.27.3``.
        sources: files and folders whose contents and places count.
        settings: all else that counts, each by its ``str``: releases, arguments, variables.
    """

    name: str
    sources: tuple[Path, ...]
    settings: tuple[object, ...]


def captures_folder() -> Path:
    """Return the folder that holds the captures of this session."""
    if chosen := os.environ.get(CACHE_SETTING):
        return Path(chosen)
    return cache_folder() / "captures"


def failed_captures_folder() -> Path:
    """Return the folder that keeps captures on which a test failed."""
    return cache_folder() / "failed-captures"


def cached_capture(recipe: Recipe, make: Callable[[Path], None]) -> Path:
    """Return the read-only folder of a capture, which ``make`` fills if it is not there yet.

    An exception of ``make`` is passed on and leaves nothing behind.
    """
    home = captures_folder() / f"{recipe.name}-{_digest(recipe, make)}"
    with one_at_a_time(home.parent / ".locks" / home.name):
        if not _is_as_it_was_made(home):
            _make(home, make)
            _remove_unused(home.parent)
        os.utime(home)
    USED.append(home)
    return home / _FILES


def once_a_process(make: Callable[Arguments, Made]) -> Callable[Arguments, Made]:
    """Return a function that keeps its results while there is room, for what uses captures.

    The captures behind a result count as used by everybody who is given it.
    """

    @functools.wraps(make)
    def again(*arguments: Arguments.args, **named: Arguments.kwargs) -> Made:
        key = (make, *arguments, *sorted(named.items()))
        if key in _results:
            made, used = _results[key]
            USED.extend(used)
            return cast(Made, made)
        before = len(USED)
        result = make(*arguments, **named)
        _results[key] = result, USED[before:]
        return result

    return again


def keep_failed(home: Path) -> Path:
    """Copy a capture to the folder of those that tests failed on; return its files there."""
    kept = failed_captures_folder() / home.name
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".", dir=kept.parent)) / kept.name
        shutil.copytree(home, unfinished)
        with suppress(OSError):  # another worker was first
            unfinished.replace(kept)
        shutil.rmtree(unfinished.parent, ignore_errors=True)
        _remove_unused(kept.parent)
    return kept / _FILES


def _digest(recipe: Recipe, make: Callable[[Path], None]) -> str:
    found = hashlib.blake2b(digest_size=8)
    machine = (platform.system(), platform.machine(), os.cpu_count())
    code = inspect.getsource(make), Path(__file__).with_name("toolchains.py").read_text()
    for text in (FORMAT, machine, code, recipe.settings):
        found.update(f"{text!s}\0".encode())
    for path in _files_of(recipe.sources):
        found.update(f"{path.resolve()}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def _files_of(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        below = sorted(source.rglob("*")) if source.is_dir() else [source]
        yield from (path for path in below if path.is_file() and path.parent.name != "__pycache__")


def _make(home: Path, make: Callable[[Path], None]) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=f".{home.name}.", dir=home.parent))
    files = unfinished / _FILES
    files.mkdir()
    try:
        make(files)
        for path in files.rglob("*"):
            if path.is_file():
                path.chmod(path.stat().st_mode & 0o555)
        (unfinished / _CONTENTS).write_text(json.dumps(_contents(files)))
        unfinished.chmod(0o755)
        shutil.rmtree(home, ignore_errors=True)
        unfinished.replace(home)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _contents(files: Path) -> list[list[str | int]]:
    """Return name, size in bytes and time of writing in nanoseconds of each file."""
    found: list[list[str | int]] = []
    for path in sorted(files.rglob("*")):
        if path.is_file():
            state = path.stat()
            found.append([str(path.relative_to(files)), state.st_size, state.st_mtime_ns])
    return found


def _is_as_it_was_made(home: Path) -> bool:
    try:
        made = json.loads((home / _CONTENTS).read_text())
    except (OSError, ValueError):
        return False
    return bool(made == _contents(home / _FILES))


def _size(folder: Path) -> int:
    """Return the bytes of the files in a capture; 0 for one that another worker makes anew."""
    with suppress(FileNotFoundError):
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return 0


def _remove_unused(folder: Path) -> None:
    """Remove what a killed session left unfinished, and the oldest captures above the limit."""
    last_use = {}
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # just moved to its place
            last_use[path] = path.stat().st_mtime
    held, still_used = 0, time.time() - IN_USE_S
    for path in sorted(last_use, key=last_use.__getitem__, reverse=True):
        if path.name != ".locks":
            unfinished = path.name.startswith(".")
            # What another worker is making comes and goes, and is not counted before it is whole.
            held += 0 if unfinished else _size(path)
            if last_use[path] < still_used and (unfinished or held > LIMIT_BYTES):
                shutil.rmtree(path, ignore_errors=True)
