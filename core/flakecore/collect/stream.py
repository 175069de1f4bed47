"""Follows `go test -json` as it comes in: shows its output, and notes how the package fared.

This is no reader of test results; ``flakecore.gotest`` is. It needs only what decides what is in
the bundle and why something is missing.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable

import orjson


class TestStream:
    """The JSON stream of one `go test`, fed in pieces of any size.

    Attributes:
        built: False once Go says that the package or its tests do not build.
        has_tests: False once Go says that the package has no test files.
    """

    __test__ = False  # pytest takes it for a test class by its name

    def __init__(self, echo: Callable[[str], None]) -> None:
        """Show each piece of test output through ``echo``, its line ends as they came."""
        self.built = True
        self.has_tests = True
        self._echo = echo
        self._rest = b""

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        shown = "".join(self._output_of(line) for line in lines)
        if shown:
            self._echo(shown)

    def finish(self) -> None:
        """Take the end: what is left is a line without its end."""
        if self._rest:
            self._echo(self._output_of(self._rest))
            self._rest = b""

    def _output_of(self, line: bytes) -> str:
        """Return what a line shows: its Output if it is an event, itself if it is none."""
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            event = None
        if not isinstance(event, dict) or "Action" not in event:
            text = line.decode(errors="replace") + "\n"
            self._note(text)  # up to Go 1.23 a failed build is told in plain lines
            return text
        output = event.get("Output", "")
        if not isinstance(output, str):
            return ""
        if "Test" not in event:
            self._note(output)
        return output

    def _note(self, output: str) -> None:
        """Note what the package's own line of output says of it."""
        line = output.rstrip()
        if line.startswith("FAIL\t") and line.endswith(("[build failed]", "[setup failed]")):
            self.built = False
        if line.startswith("?   \t") and line.endswith("[no test files]"):
            self.has_tests = False


def text_sink(tell: Callable[[str], None]) -> Callable[[bytes], None]:
    """Return a sink of bytes that tells text, characters whole across pieces."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def told(piece: bytes) -> None:
        if text := decoder.decode(piece):
            tell(text)

    return told
