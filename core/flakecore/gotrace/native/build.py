"""What the library is made from, what it is called, and how it is compiled.

Its name holds a sum of its sources and the machine, so that no other is ever loaded. Whoever
compiles it (``core/build_native.py``) has no numpy, so this module needs nothing.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

_FLAGS = ("-std=c11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra")


def sources(folder: Path) -> list[Path]:
    """Return the C files of a folder, those that are compiled and those that are included."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".c", ".h"))


def library_name(folder: Path) -> str:
    """Return what the library made here from a folder's C files is called."""
    total = 0
    for path in sources(folder):
        total = crc32(path.read_bytes(), total)
    return f"native-{total:08x}{_ending()}"


def _ending() -> str:
    """Return how the names of this machine's libraries end: a checkout may serve several."""
    return f"-{sys.platform}-{os.uname().machine}.so"


def compilers() -> list[str]:
    """Return the commands that may compile C here, the one to be tried first in front."""
    return [each for each in (os.environ.get("CC"), "cc", "gcc", "clang") if each]


def make_library(
    folder: Path, into: Path, commands: Sequence[str], flags: Sequence[str] = ()
) -> Path | None:
    """Compile a folder's C files into a library in another folder.

    Args:
        folder: where the C files are.
        into: where the library goes, in place of one made from other sources.
        commands: compilers, of which the first that can is used.
        flags: more for the compiler.

    Returns:
        The library; None if no compiler could make it.
    """
    library = into / library_name(folder)
    partial = library.with_suffix(".partial")
    loops = [str(path) for path in sources(folder) if path.suffix == ".c"]
    for command in map(shlex.split, commands):
        if shutil.which(command[0]):
            command += [*_FLAGS, *flags, *loops, "-o", str(partial)]
            if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0:
                for old in into.glob(f"native-*{_ending()}"):
                    old.unlink()
                return partial.rename(library)
    partial.unlink(missing_ok=True)
    return None
