"""A file that is there only when it is whole."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_whole(pieces: Iterable[bytes], path: Path) -> None:
    """Write a file piece by piece under another name and give it its own at the end.

    What is there under that name and is no file, a pipe or a device, is written as it is.

    Raises:
        OSError: it cannot be written; what was there before is there still.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as special:
            special.writelines(pieces)
        return
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.writelines(pieces)
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
