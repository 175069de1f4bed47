"""Lines of cells: text fitted to a width, and runs of one style merged into few segments.

Everything a test printed reaches the screen through here as plain segments; nothing is ever
parsed as markup.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from flakecore.text.printable import printable
from flaketui.drawing.palettes import Ground, Role
from flaketui.drawing.theme import Look

_LONGEST = 8
"""Characters looked at for each cell to fill: more of them than this are marks of no width."""


def width_of(text: str) -> int:
    """Return how many cells a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """Return the text cut or padded to exactly ``width`` cells, an ellipsis marking a cut."""
    if width <= 0:
        return ""
    text = printable(text[: width * _LONGEST])
    size = width_of(text)
    if size <= width:
        return text + " " * (width - size)
    if text.isascii():
        return text[: width - 1] + ellipsis
    return set_cell_size(text, width - 1) + ellipsis


def fit_words(text: str, width: int, ellipsis: str = "…") -> str:
    """Return a sentence cut between words to at most ``width`` cells, an ellipsis marking a cut.

    A word that starts in the first half is cut itself: what precedes it would be too little.
    """
    if width_of(text) <= width:
        return text
    cut = fit(text, width, ellipsis)
    kept = cut.removesuffix(ellipsis)
    if text[len(kept) :].startswith(" "):
        return cut
    space = kept.rfind(" ")
    return kept[:space] + " " + ellipsis if space >= width // 2 else cut


def fit_right(text: str, width: int, ellipsis: str = "…") -> str:
    """Return the text right-aligned in exactly ``width`` cells."""
    size = width_of(text)
    return " " * (width - size) + text if size <= width else fit(text, width, ellipsis)


def cut_left(text: str, width: int, ellipsis: str = "…") -> str:
    """Return the text padded, or with its beginning cut off: for names that differ at the end."""
    size = width_of(text)
    if size <= width or width <= 0:
        return fit(text, width, ellipsis)
    keep = printable(text[-width * _LONGEST :])
    while keep and width_of(keep) > width - 1:
        keep = keep[1:]
    return fit(ellipsis + keep, width, ellipsis)


_ASCII = str.maketrans("µ±·…←→↑↓⇧", "u~-~<>^vS")


def as_ascii(text: str) -> str:
    """Return text of the same width in ASCII; a letter that has no likeness is a question mark."""
    text = text.translate(_ASCII)
    if text.isascii():
        return text
    return "".join(one if one.isascii() else "?" * cell_len(one) for one in text)


class StyledLine:
    """One line under construction; adding beyond its width is cut off."""

    __slots__ = ("_segments", "ground", "left", "look", "width")

    def __init__(self, look: Look, width: int, ground: Ground = "plain") -> None:
        self.look = look
        self.width = width
        self.left = width
        self.ground = ground
        self._segments: list[Segment] = []

    def add(self, text: str, role: Role = "text") -> StyledLine:
        """Append text in a role."""
        return self.styled(text, self.look.style(role, self.ground))

    def cell(
        self, text: str, width: int, role: Role = "text", *, right: bool = False
    ) -> StyledLine:
        """Append text in a column of this width, and a space after it."""
        align = fit_right if right else fit
        return self.add(align(text, width, self.look.glyphs.ellipsis) + " ", role)

    def found(self, text: str, role: Role, needle: str) -> StyledLine:
        """Append text with every match of ``needle`` (in any case) on the ground of a match."""
        if not needle:
            return self.add(text, role)
        low, wanted = text.lower(), needle.lower()
        if len(low) != len(text):  # a letter whose lower case is longer: places would not agree
            return self.add(text, role)
        begin = 0
        match = self.look.style(role, "match")
        while (at := low.find(wanted, begin)) >= 0:
            self.add(text[begin:at], role)
            begin = at + len(wanted)
            self.styled(text[at:begin], match)
        return self.add(text[begin:], role)

    def styled(self, text: str, style: Style) -> StyledLine:
        """Append text in a ready style."""
        if self.left <= 0 or not text:
            return self
        if len(text) > self.left * _LONGEST:
            text = fit(text, self.left, self.look.glyphs.ellipsis)
        text = printable(text)
        if self.look.ascii and not text.isascii():
            text = as_ascii(text)
        size = width_of(text)
        if size > self.left:
            text = fit(text, self.left, self.look.glyphs.ellipsis)
            size = self.left
        self.left -= size
        last = self._segments[-1] if self._segments else None
        if last is not None and last.style is style:
            self._segments[-1] = Segment(last.text + text, style)
        else:
            self._segments.append(Segment(text, style))
        return self

    def segments(self, segments: Iterable[Segment], width: int) -> StyledLine:
        """Append ready segments that take ``width`` cells together."""
        self._segments.extend(segments)
        self.left -= width
        return self

    def to_right(self, text: str, role: Role = "text") -> StyledLine:
        """Append text so that it ends at the line's right edge."""
        return self.add(fit_right(text, self.left, self.look.glyphs.ellipsis), role)

    def rule(self) -> StyledLine:
        """Fill what is left with a horizontal rule."""
        return self.add(self.look.glyphs.rule * self.left, "faint")

    def strip(self) -> Strip:
        """Return the finished line, padded to its width."""
        if self.left > 0:
            self.add(" " * self.left)
        return Strip(self._segments, self.width)


def wrap(text: str, width: int) -> list[str]:
    """Break text at spaces into lines of at most ``width`` cells, cutting longer words."""
    width = max(width, 8)
    lines: list[str] = []
    line = ""
    for word in printable(" ".join(text.split())).split(" "):
        while width_of(word) > width:
            if line:
                lines.append(line)
                line = ""
            part = set_cell_size(word, width).rstrip() or word[:1]
            lines.append(part)
            word = word[len(part) :]
        if line and width_of(line) + 1 + width_of(word) > width:
            lines.append(line)
            line = ""
        line += f" {word}" if line else word
    if line:
        lines.append(line)
    return lines or [""]
