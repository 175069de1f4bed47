"""Where a command's result goes: a file that is there only when it is whole, or standard output."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flakecore.errors import FlakeError
from flaketui.commands.writing.streams import stdout


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
        from flakecore.report.exports.whole_file import write_whole

        try:
            write_whole(pieces, path)
        except OSError as error:
            why = error.strerror or "it cannot be written"
            raise FlakeError(f"{path}: {why}", remedy="name another file with -o") from error
        return
    if binary and stdout.is_terminal:
        raise FlakeError("this is no text for a terminal", remedy="name a file with -o FILE")
    for piece in pieces:
        if binary:
            stdout.write_binary(piece)
        else:
            stdout.write_utf8(piece)
        stdout.require()
