"""What the library is made from, and what it is called.

Its name holds a sum of its sources, so that one made from others is never loaded. Whoever makes it
(``core/build_kernel.py``) has no numpy, so this module needs nothing.
"""

from __future__ import annotations

from pathlib import Path
from zlib import crc32


def sources(folder: Path) -> list[Path]:
    """Return the C files of a folder, those that are compiled and those that are included."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".c", ".h"))


def library_name(folder: Path) -> str:
    """Return what the library made from a folder's C files is called."""
    total = 0
    for path in sources(folder):
        total = crc32(path.read_bytes(), total)
    return f"kernel-{total:08x}.so"
