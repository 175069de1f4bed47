"""Where a command's result goes: a file that is there only when it is whole, or standard output."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from flakecore.errors import FlakeError
from flaketui.commands.streams import stdout


def write_result(pieces: Iterable[bytes], path: Path | None, *, binary: bool = False) -> None:
    """Write a result piece by piece.

    Args:
        pieces: the result.
        path: the file; None for standard output.
        binary: whether it is no text, which a terminal is not given.

    Raises:
        FlakeError: the file or standard output cannot be written.
    """
    if path is not None:
        _write_file(pieces, path)
        return
    if binary and stdout.is_terminal:
        raise FlakeError("this is no text for a terminal", remedy="name a file with -o FILE")
    for piece in pieces:
        if binary:
            stdout.write_binary(piece)
        else:
            stdout.write_utf8(piece)
        stdout.require()


def _write_file(pieces: Iterable[bytes], path: Path) -> None:
    partial = path.with_name(f"{path.name}.partial")
    special = path.exists() and not path.is_file()  # a pipe or a device is written as it is
    try:
        try:
            with (path if special else partial).open("wb") as file:
                file.writelines(pieces)
            if not special:
                partial.replace(path)
        except BaseException:
            if not special:
                with suppress(OSError):
                    partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        why = error.strerror or "it cannot be written"
        raise FlakeError(f"{path}: {why}", remedy="name another file with -o") from error
