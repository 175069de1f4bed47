"""Distinguishes text from binary data, and converts text of any usual encoding to UTF-8."""

from __future__ import annotations

import re

_PROBE = 16 * 1024
"""Bytes at the start of a file that its encoding is recognised by."""
_FEWEST = 8
"""Characters that show UTF-16 without a mark."""
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
UTF_8_MARK = b"\xef\xbb\xbf"
# What no text holds. ESC, BS, FF and SYN (test2json's mark of framing) do occur in test output.
_BINARY = re.compile(rb"[\x01-\x07\x0b\x0e-\x15\x17-\x1a\x1c-\x1f\x7f]")
# What a terminal reads between ESC and BEL, such as Buildkite's time before every line.
_TERMINAL_COMMAND = re.compile(rb"\x1b[_\]P][^\x00-\x1f]{0,200}\x07")
_HIGH = re.compile(rb"[\x80-\xff]")
_MOST_BINARY = 0.01
"""The largest share of such bytes in a text that was damaged on its way."""


def encoding_of(head: bytes) -> str:
    """Return the name of a text's encoding, as ``bytes.decode`` takes it; ``utf-8`` if in doubt.

    A byte order mark decides. Without one, NULs in every other byte of what is otherwise ASCII are
    UTF-16. Bytes above 127 none of which belong to UTF-8 are Latin-1, as Windows extends it.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    probe = head[: _PROBE - _PROBE % 2]
    half = len(probe) // 2
    if half >= _FEWEST:
        even, odd = probe[0 : half * 2 : 2], probe[1 : half * 2 : 2]
        if odd.count(0) >= 0.8 * half and even.count(0) <= 0.02 * half:
            return "utf-16-le"
        if even.count(0) >= 0.8 * half and odd.count(0) <= 0.02 * half:
            return "utf-16-be"
    if _HIGH.search(probe) and _is_latin_1(probe):
        return "cp1252"
    return "utf-8"


def is_text(head: bytes) -> bool:
    """Return whether bytes at the start of a file are text, in one of the encodings known."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return True
    encoding = encoding_of(head)
    probe = head[:_PROBE]
    if encoding.startswith("utf-16"):
        probe = probe[: len(probe) // 2 * 2].decode(encoding, "replace").encode()
    elif b"\0" in probe:
        # Those of a log that was truncated while it was written stand beside whole lines.
        probe = probe.replace(b"\0", b"")
        if b"\n" not in probe or _HIGH.search(probe):
            return False
    probe = _TERMINAL_COMMAND.sub(b"", probe)
    if not probe or len(_BINARY.findall(probe)) > _MOST_BINARY * len(probe):
        return False
    if encoding == "utf-8":
        text = probe.decode("utf-8", "replace")
        return text.count("\ufffd") <= 1 + 0.05 * len(text)
    return True


def as_utf_8(data: bytes | memoryview, *, latin_1: bool = True) -> bytes | memoryview:
    """Return a text as UTF-8 without a byte order mark, its lines ended by newlines alone.

    What is UTF-8 with such lines already is returned as it is, without a copy.

    Args:
        data: the text.
        latin_1: whether it may be Latin-1; JSON never is.
    """
    head = bytes(data[:_PROBE])
    encoding = encoding_of(head)
    if encoding != "utf-8" and (latin_1 or encoding != "cp1252"):
        text = bytes(data).decode(encoding, "replace").removeprefix("\ufeff")
        data = text.encode("utf-8", "replace")
        head = data[:_PROBE]
    elif head.startswith(UTF_8_MARK):
        data = memoryview(data)[len(UTF_8_MARK) :]
        head = head[len(UTF_8_MARK) :]
    alone = head.count(b"\r") - head.count(b"\r\n")
    if alone > head.count(b"\n"):
        whole = bytes(data).replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n")
        return whole.replace(b"\r", b"\n")
    return data


def _is_latin_1(probe: bytes) -> bool:
    """Return whether no byte above 127 is part of a character in UTF-8."""
    text = probe.decode("utf-8", "replace")[:-1]  # a character may be cut off at the end
    high = [character for character in text if ord(character) > 127]
    printable = sum(byte >= 0xA0 or byte in (0x80, *range(0x91, 0x98)) for byte in probe)
    share = printable >= 0.9 * len(_HIGH.findall(probe))
    # Lone bytes among much text: a letter now and then, as in the name of a person.
    return share and set(high) == {"\ufffd"} and len(high) <= 0.3 * len(text)
