"""Where a command's result goes: a file that is there only when it is whole, or standard output."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from flakecore.errors import FlakeError
from flaketui.commands.writing.streams import stdout


def refuse_to_replace(places: Sequence[str], path: Path | None, option: str = "-o") -> None:
    """Raise if a result would replace a file that it is made of.

    Args:
        places: what the result is made of, as it is named on the command line.
        path: where the result goes; None for standard output.
        option: which option names it.

    Raises:
        FlakeError: it is one of the places.
    """
    for place in places:
        try:
            is_same = path is not None and path.samefile(place)
        except (OSError, ValueError):  # not there, as standard input and addresses are not
            continue
        if is_same:
            raise FlakeError(
                f"{path} is what is read; it would be replaced",
                remedy=f"name another file with {option}",
            )


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
