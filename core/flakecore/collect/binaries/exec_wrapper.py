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

from flakecore.collect.command.flags import quoted_words
from flakecore.errors import CollectError


@dataclass(frozen=True, slots=True)
class BuiltBinary:
    """A test binary that was built and stored, and how `go test` would have run it.

    Attributes:
        package: its import path.
        command: the binary and its arguments.
        cwd: the folder it runs in.
        environment: its environment.
    """

    package: str
    command: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wrapper:
    """The relay, ready to be run.

    Attributes:
        command: the program and its first arguments; the attempt's folder and what `go test`
            would run come next.
        storing: a program that stores the binary which it is given, to be run later.
        server: a program that forks a relay for each run.
        binaries: the folder of stored binaries.
        flags: what each test binary is given: a flag and the file that is its value.
        users_exec: the ``-exec`` of the user's own.
    """

    command: tuple[str, ...]
    storing: tuple[str, ...]
    server: tuple[str, ...]
    binaries: Path
    flags: tuple[tuple[str, str], ...]
    users_exec: tuple[str, ...]

    def as_exec(self, attempt: Path) -> str:
        """Return the value of `go test -exec` for an attempt that is recorded in a folder."""
        return " ".join(_quoted(word) for word in (*self.command, str(attempt)))

    def as_storing_exec(self) -> str:
        """Return the value of `go test -exec` that stores all test binaries and runs none."""
        return " ".join(_quoted(word) for word in self.storing)

    def stored_binaries(self) -> list[BuiltBinary]:
        """Return the stored binaries, in the order of the import paths."""
        found = []
        for file in sorted(self.binaries.rglob("how")):
            how = marshal.loads(file.read_bytes())
            found.append(
                BuiltBinary(
                    how["package"], tuple(how["command"]), Path(how["cwd"]), how["environment"]
                )
            )
        return found


def make_wrapper(
    work: Path,
    *,
    packages: Mapping[str, str],
    flags: Sequence[tuple[str, str]],
    users_exec: Sequence[str] = (),
) -> Wrapper:
    """Write the relay and its settings into a folder.

    Args:
        work: the folder.
        packages: the import path of the package in each folder, by the folder's real path.
        flags: what each test binary is given: a flag and the file below the package's evidence
            that is its value.
        users_exec: the ``-exec`` of the user's own, which the relay runs the test binary with.

    Raises:
        CollectError: if there is no Python to run it with.
    """
    if not sys.executable:
        raise CollectError("the Python that runs this is not known to it, and the relay needs one")
    relay, server, store = (
        _compiled(work, name) for name in ("relay", "relay_server", "binary_store")
    )
    binaries, settings = work / "binaries", work / "relay.settings"
    with settings.open("wb") as file:
        # The one format that Python reads without importing anything.
        marshal.dump(
            {
                "packages": dict(packages),
                "flags": [tuple(flag) for flag in flags],
                "exec": list(users_exec),
                "binaries": str(binaries),
                "collector": os.getpid(),
            },
            file,
        )
    return Wrapper(
        command=(*relay, str(settings)),
        storing=(*store, str(settings)),
        server=server,
        binaries=binaries,
        flags=tuple(flags),
        users_exec=tuple(users_exec),
    )


def _compiled(work: Path, name: str) -> tuple[str, ...]:
    """Compile a program of this folder, once and not for every package; return how it is run."""
    program = work / f"{name}.pyc"
    with as_file(files("flakecore.collect.binaries") / f"{name}.py") as source:
        py_compile.compile(str(source), str(program), dfile=f"{name}.py", doraise=True)
    # -I -S: nobody's settings, no site-packages: half the time to start.
    return sys.executable, "-I", "-S", str(program)


def split_exec(value: str) -> list[str]:
    """Return the words of a value of ``-exec``: separated by blanks, some in quotes.

    Raises:
        CollectError: if a quote is not closed, or the program is not there.
    """
    words = quoted_words(value)
    if words is None:
        raise CollectError(f"-exec={value} has a quote that is not closed")
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
