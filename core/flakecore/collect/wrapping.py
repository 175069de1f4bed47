"""Puts the relay between `go test` and each test binary, in front of the user's own ``-exec``."""

from __future__ import annotations

import marshal
import os
import py_compile
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from flakecore.errors import CollectError


@dataclass(frozen=True, slots=True)
class Wrapper:
    """The relay, ready to be run.

    Attributes:
        command: the program and its first arguments; the attempt's folder and what `go test`
            would run come next.
        binaries: the folder that keeps the test binaries; None if they are not kept.
    """

    command: tuple[str, ...]
    binaries: Path | None

    def as_exec(self, attempt: Path) -> str:
        """Return the value of `go test -exec` for an attempt that is recorded in a folder."""
        return " ".join(_quoted(word) for word in (*self.command, str(attempt)))


def make_wrapper(
    work: Path,
    *,
    packages: Mapping[str, str],
    flags: Sequence[tuple[str, str]],
    users_exec: Sequence[str] = (),
    keep_binaries: bool = False,
) -> Wrapper:
    """Write the relay and its settings into a folder.

    Args:
        work: the folder.
        packages: the import path of the package in each folder, by the folder's real path.
        flags: what each test binary is given: a flag and the file below the package's evidence
            that is its value.
        users_exec: the ``-exec`` of the user's own, which the relay runs the test binary with.
        keep_binaries: whether the test binaries are kept, to run them again.

    Raises:
        CollectError: if there is no Python to run it with.
    """
    if not sys.executable:
        raise CollectError("the Python that runs this is not known to it, and the relay needs one")
    program = work / "relay.pyc"
    with as_file(files("flakecore.collect") / "relay.py") as source:
        # Compiled once and not for every package.
        py_compile.compile(str(source), str(program), dfile="relay.py", doraise=True)
    binaries = work / "binaries" if keep_binaries else None
    settings = work / "relay.settings"
    with settings.open("wb") as file:
        # The one format that Python reads without importing anything.
        marshal.dump(
            {
                "packages": dict(packages),
                "flags": [tuple(flag) for flag in flags],
                "exec": list(users_exec),
                "binaries": str(binaries or ""),
                "collector": os.getpid(),
            },
            file,
        )
    # -I -S: nobody's settings, no site-packages: half the time to start.
    return Wrapper((sys.executable, "-I", "-S", str(program), str(settings)), binaries)


def split_exec(value: str) -> list[str]:
    """Return the words of a value of ``-exec``: separated by blanks, some in quotes.

    There are no escapes: ``cmd/internal/quoted`` of the Go toolchain.

    Raises:
        CollectError: if a quote is not closed, or the program is not there.
    """
    words: list[str] = []
    rest = value.strip()
    while rest:
        if rest[0] in "\"'":
            word, closed, rest = rest[1:].partition(rest[0])
            if not closed:
                raise CollectError(f"-exec={value} has a quote that is not closed")
        else:
            word = rest.split(None, 1)[0]
            rest = rest[len(word) :]
        words.append(word)
        rest = rest.lstrip()
    if words and shutil.which(words[0]) is None:
        raise CollectError(f"-exec={value} names no program that can be found")
    return words


def _quoted(word: str) -> str:
    if not any(letter.isspace() or letter in "\"'" for letter in word):
        return word
    mark = "'" if '"' in word else '"'
    if mark in word:
        raise CollectError(
            f"{word} has both kinds of quotes in its name, which go test -exec cannot be told",
            remedy="choose another folder",
        )
    return f"{mark}{word}{mark}"
