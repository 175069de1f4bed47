"""Text as it may be shown: no character of it moves a cursor, hides itself or turns others round.

Names of tests, packages, functions, files and labels come from the files that are read, and so
does all test output. Whatever is written to a terminal, a CI log or a picture goes through here
last, after every reader and whatever that reader did. One character becomes one mark, so that
nothing is hidden and a width that was computed stays right.

What is marked: C0 and C1 controls and DEL (ECMA-48); line and paragraph separators; bidirectional
controls (UAX #9) and characters of no width of their own (Unicode's Default_Ignorable_Code_Point,
less the two selectors of an emoji's presentation, which follow ordinary symbols); surrogates,
which stand for bytes that are no UTF-8; and U+FFFE and U+FFFF, which XML forbids.
"""

from __future__ import annotations

import re

MARK = "\N{REPLACEMENT CHARACTER}"

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

_ESCAPE = re.compile(
    r"""
      (?: \x1b\[ | \x9b ) [0-?]* [ -/]* [@-~]?                # CSI: colours, cursor movement
    | (?: \x1b[\]PX^_] | [\x90\x98\x9d-\x9f] )                # OSC, DCS, SOS, PM, APC: a string
      (?: [^\x07\x1b\x80-\x9f]*+ (?: \x07 | \x1b\\ | \x9c ) )? #   up to its end, if it has one
    | \x1b [ -/]* [0-~]?                                      # two characters: ESC and a final one
    """,
    re.VERBOSE,
)
"""A string ends at the latest where another control begins, so that no part of a text is read
twice for each of many strings without an end."""
_ESCAPE_STARTS = re.compile("[\x1b\x80-\x9f]")
_SHOWN = bytes(range(0x20, 0x7F))
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])


def without_escapes(text: str) -> str:
    """Return ``text`` without terminal escape sequences; tabs and other controls stay."""
    return _ESCAPE.sub("", text)


def clean(text: str) -> str:
    """Return a line without terminal escape sequences and without control characters.

    A tab becomes four spaces. CSI, OSC, DCS, SOS, PM, APC and two-character sequences (ECMA-48)
    go as a whole; of one that is cut off only what introduces it goes, and the text after it stays.
    """
    if text.isprintable():
        return text
    if _ESCAPE_STARTS.search(text):
        text = _ESCAPE.sub("", text)
    text = text.replace("\t", "    ")
    return text if text.isprintable() else text.translate(_CONTROLS)


def clean_lines(text: str) -> str:
    """Return lines of text, each as ``clean`` has it."""
    if _is_plain(text, b"\n") or text.replace("\n", "").isprintable():
        return text
    return "\n".join(map(clean, text.split("\n")))


def printable(text: str) -> str:
    """Return ``text`` on one line, with a mark for each character that must not reach a terminal.

    It is as long as ``text``. A newline and a tab are marked too: who writes several lines calls
    this for each.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(MARK, text)


def printable_lines(text: str) -> str:
    """Return lines of text, their newlines and tabs as they are, with marks as ``printable``."""
    if _is_plain(text, b"\n\t"):
        return text
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))


def _is_plain(text: str, besides: bytes) -> bool:
    """Return whether a text is ASCII with no controls but some.

    On 150 MB of lines a fifth of the time of ``isprintable``, which decides for each character.
    """
    return text.isascii() and not text.encode().translate(None, _SHOWN + besides)
