"""A compiled library's sources and name, how it is compiled, and how it is loaded.

Each folder of ``FOLDERS`` has one. Its name holds a checksum of its sources and the machine, so
that no other is ever loaded. The build hook (``core/build_native.py``) has no numpy, so this module
imports the standard library.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import shlex
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

FOLDERS = ("gotrace/native", "profile_native")
"""The folders beside this module whose C files are a library each."""

Functions = Mapping[str, tuple[type[Any] | None, tuple[type[Any], ...]]]
"""Functions of a library by name: the type of what each returns, and those of its arguments."""
_FLAGS = ("-std=c11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra")


def sources(folder: Path) -> list[Path]:
    """Return the C files of a folder, headers included, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".c", ".h"))


def library_name(folder: Path) -> str:
    """Return the file name of the library that this machine makes from a folder's C files."""
    total = 0
    for path in sources(folder):
        total = crc32(path.read_bytes(), total)
    return f"native-{total:08x}{_ending()}"


def _ending() -> str:
    """Return the end of the names of this machine's libraries: a checkout may serve several."""
    return f"-{sys.platform}-{platform.machine()}.so"


def load_library(folder: Path) -> ctypes.CDLL:
    """Load the library of a folder.

    Raises:
        OSError: it is not there, is not whole, or is for another machine.
    """
    path = folder / library_name(folder)
    if not _is_whole(path):
        raise OSError(errno.ENOEXEC, "cut off", str(path))
    return ctypes.CDLL(str(path))


def load_functions(folder: Path, functions: Functions) -> ctypes.CDLL | None:
    """Load the library of a folder and declare its functions.

    Args:
        folder: one of ``FOLDERS``.
        functions: by name, the type of what each returns, and those of its arguments.

    Returns:
        The library; None where it was not made, or this machine cannot load it.
    """
    try:
        loaded = load_library(folder)
        for name, (result, arguments) in functions.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return loaded


def _is_whole(path: Path) -> bool:
    """Return whether a library is as long as its header demands, where that is ELF of 64 bits.

    The loader maps a file that was cut off all the same, and reading beyond its end ends the
    process. Linkers put the section headers last, so the file holds them or is cut.
    """
    with path.open("rb") as file:
        head = file.read(64)
    if not head.startswith(b"\x7fELF\x02\x01"):
        return True
    if len(head) < 64:
        return False
    (sections,) = struct.unpack_from("<Q", head, 0x28)  # e_shoff
    size, count = struct.unpack_from("<HH", head, 0x3A)  # e_shentsize, e_shnum
    return path.stat().st_size >= int(sections + size * count)


def compilers() -> list[str]:
    """Return the commands that may compile C here, in the order in which to try them."""
    return [each for each in (os.environ.get("CC"), "cc", "gcc", "clang") if each]


def make_library(
    folder: Path, into: Path, commands: Sequence[str], flags: Sequence[str] = ()
) -> Path | None:
    """Compile a folder's C files into a library in another folder.

    Args:
        folder: holds the C files.
        into: the folder of the library; one made from other sources is removed there.
        commands: compilers, tried in order.
        flags: further ones of the compiler.

    Returns:
        The library's path; None if no compiler could make it.
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
