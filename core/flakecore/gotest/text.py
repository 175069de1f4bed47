"""Text that is safe to show: the one place where escapes and control characters are taken out."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"""
      (?: \x1b\[ | \x9b ) [0-?]* [ -/]* [@-~]?                # CSI: colours, cursor movement
    | (?: \x1b[\]PX^_] | [\x90\x98\x9d-\x9f] )                # OSC, DCS, SOS, PM, APC: a string
      (?: [^\x07\x1b\x9c]* (?: \x07 | \x1b\\ | \x9c ) )?      #   up to its end, if it has one
    | \x1b [ -/]* [0-~]?                                      # two characters: ESC and a final one
    """,
    re.VERBOSE,
)
_ESCAPE_STARTS = re.compile("[\x1b\x80-\x9f]")
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])


def without_escapes(text: str) -> str:
    """Return ``text`` without terminal escape sequences; tabs and other controls stay."""
    return _ESCAPE.sub("", text)


def clean(text: str) -> str:
    """Return ``text`` without terminal escape sequences and without control characters.

    A tab becomes four spaces. CSI, OSC, DCS, SOS, PM, APC and two-character sequences (ECMA-48)
    go as a whole; of one that is cut off only what introduces it goes, and the text after it stays.
    """
    if text.isprintable():
        return text
    if _ESCAPE_STARTS.search(text):
        text = _ESCAPE.sub("", text)
    text = text.replace("\t", "    ")
    return text if text.isprintable() else text.translate(_CONTROLS)
