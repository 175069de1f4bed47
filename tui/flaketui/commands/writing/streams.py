"""Standard output and standard error: the one place of the commands that writes to either.

What is written was made of names and output of tests, which may be hostile, and the streams may be
closed, full, or in an encoding that lacks a character; none of that may end a command that has
more to do than to print.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from typing import Literal, TextIO

from flakecore.errors import FlakeError
from flakecore.text.printable import printable_lines

CLEAR_LINE = "\r\x1b[K"
"""What a text begins with that replaces the line before it. No other sequence is let through."""

_NAMES = {"stdout": "standard output", "stderr": "standard error"}


def occupy_closed_streams() -> None:
    """Put the null device where a standard stream was closed, so that no file takes its place.

    A bundle that happened to be opened as descriptor 1 would be written over by the output of
    whatever is run.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


class OutputStream:
    """A standard stream, written until it cannot be written any more.

    Attributes:
        problem: why it can no longer be written; empty while it can.
        reader_left: whether that is because the reader of a pipe went away.
    """

    def __init__(self, name: Literal["stdout", "stderr"]) -> None:
        """Take the stream that has this name in ``sys`` when something is written."""
        self._name = name
        self.problem = ""
        self.reader_left = False

    @property
    def is_terminal(self) -> bool:
        """Whether it is shown on a terminal."""
        with suppress(ValueError):
            return (stream := self._stream) is not None and stream.isatty()
        return False

    @property
    def is_file(self) -> bool:
        """Whether it is written to a file on a disk."""
        with suppress(OSError, ValueError):
            stream = self._stream
            return stream is not None and stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
        return False

    def can_write(self, text: str) -> bool:
        """Return whether the stream's encoding has all characters of a text."""
        stream = self._stream
        try:
            text.encode((stream.encoding if stream is not None else "") or "utf-8")
        except (LookupError, UnicodeEncodeError):
            return False
        return True

    @property
    def _stream(self) -> TextIO | None:
        stream: TextIO | None = getattr(sys, self._name)
        return stream

    def write(self, text: str) -> None:
        """Write text at once, each character that a terminal would act upon marked.

        A character that the stream's encoding lacks is a question mark. What cannot be written is
        dropped: ``problem`` has the reason.
        """
        start = CLEAR_LINE if text.startswith(CLEAR_LINE) else ""
        shown = start + printable_lines(text[len(start) :])
        stream = self._stream
        if not shown.isascii():
            encoding = (stream.encoding if stream is not None else "") or "utf-8"
            shown = shown.encode(encoding, "replace").decode(encoding)
        self._send(shown, b"")

    def write_utf8(self, text: bytes) -> None:
        """Write lines in UTF-8, whatever the encoding of the stream; else as ``write``."""
        if not text.isascii() or text.translate(None, _HARMLESS):
            text = printable_lines(text.decode("utf-8", "replace")).encode()
        self._send("", text)

    def write_binary(self, data: bytes) -> None:
        """Write bytes that are no text, as they are: for a file or a program, not a terminal."""
        self._send("", data)

    def require(self) -> None:
        """Raise if something could not be written.

        Raises:
            BrokenPipeError: the reader went away.
            FlakeError: the stream is closed, or its disk is full.
        """
        if self.reader_left:
            raise BrokenPipeError
        if self.problem:
            raise FlakeError(
                f"{_NAMES[self._name]} cannot be written ({self.problem})",
                remedy="send it to a file or a program",
            )

    def _send(self, text: str, data: bytes) -> None:
        stream = self._stream
        if self.problem:
            return
        if stream is None or stream.closed:
            self.problem = "it is closed"
            return
        try:
            if text:
                stream.write(text)
            stream.flush()
            if data:
                stream.buffer.write(data)
                stream.buffer.flush()
        except OSError as error:
            self.problem = error.strerror or str(error)
            self.reader_left = isinstance(error, BrokenPipeError)
            # What is still buffered must go somewhere when Python closes the stream.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


_HARMLESS = bytes([*b"\t\n", *range(0x20, 0x7F)])

stdout = OutputStream("stdout")
stderr = OutputStream("stderr")
