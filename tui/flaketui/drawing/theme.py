"""Styles, made from a palette and a set of glyphs.

Styles are made once and looked up by role and ground; drawing never makes one. Without colours
(``NO_COLOR``) the same roles differ by bold, dim, underline and reverse.
"""

from __future__ import annotations

from rich.color import Color
from rich.style import Style
from textual.theme import Theme

from flakecore.timeline import State
from flaketui.drawing.glyphs import ASCII, UNICODE, Glyphs
from flaketui.drawing.palettes import PLAIN, FrameShade, Ground, Palette, Role

_BOLD: frozenset[str] = frozenset({"strong", "title", "bad"})
_DIM: frozenset[str] = frozenset({"muted", "faint"})


class Look:
    """A palette and a glyph set with every style made from them."""

    def __init__(self, palette: Palette, glyphs: Glyphs) -> None:
        self.palette = palette
        self.glyphs = glyphs
        self.ascii = glyphs is ASCII
        self._roles: dict[tuple[str, str], Style] = {}
        self._states: dict[tuple[State, str], Style] = {}
        self._inside: dict[State, Style] = {}
        self._frames: dict[tuple[str, bool, bool], Style] = {}

    def style(self, role: Role, ground: Ground = "plain") -> Style:
        """Return the style of text in a role, on a ground."""
        key = (role, ground)
        style = self._roles.get(key)
        if style is None:
            style = self._roles[key] = self._make(self._colour(role), role, ground)
        return style

    def state(self, state: State, ground: Ground = "plain") -> Style:
        """Return the style of a lane's cell in a state."""
        key = (state, ground)
        style = self._states.get(key)
        if style is None:
            colour = self.palette.states.get(state, self.palette.text)
            style = self._states[key] = self._make(colour, "text", ground)
        return style

    def inside(self, state: State) -> Style:
        """Return the style of words written on a solid state's own colour."""
        style = self._inside.get(state)
        if style is None:
            colour = self.palette.states.get(state)
            if colour is None:
                style = Style(reverse=True)
            else:
                ink = 232 if self.palette.dark else 231
                style = Style(color=Color.from_ansi(ink), bgcolor=Color.from_ansi(colour))
            self._inside[state] = style
        return style

    def frame(self, shade: FrameShade, *, chosen: bool, matched: bool) -> Style:
        """Return the style of a flame graph's frame; one that matches a search is underlined."""
        key = (shade, chosen, matched)
        style = self._frames.get(key)
        if style is None:
            back = self.palette.frames.get(shade)
            if chosen:
                style = self.style("strong", "cursor")
            elif back is None:
                own = shade.startswith("own") or shade == "grown"
                style = Style(bold=own or None, dim=not own or None)
            else:
                ink = 232 if self.palette.dark else 235
                style = Style(color=Color.from_ansi(ink), bgcolor=Color.from_ansi(back))
            if matched:
                style += Style(underline=True, bold=True)
            self._frames[key] = style
        return style

    def cursor(self, ground: Ground) -> Style:
        """Return the style of the cursor's cell in a row on this ground."""
        reversed_row = self.palette.selected is None and ground == "selected"
        return self.style("strong", "plain" if reversed_row else "cursor")

    def _colour(self, role: Role) -> int | None:
        if role in ("strong", "title"):
            return self.palette.text if role == "strong" else self.palette.accent
        colour: int | None = getattr(self.palette, role)
        return colour

    def _make(self, colour: int | None, role: str, ground: Ground) -> Style:
        palette = self.palette
        back = {
            "plain": palette.background,
            "selected": palette.selected,
            "cursor": palette.cursor,
            "match": palette.match,
        }[ground]
        reverse = back is None and ground in ("selected", "cursor")
        if reverse:
            colour = None
        elif ground == "cursor":
            colour = palette.background
        return Style(
            color=None if colour is None else Color.from_ansi(colour),
            bgcolor=None if back is None else Color.from_ansi(back),
            bold=role in _BOLD or None,
            dim=(palette is PLAIN and role in _DIM and ground == "plain") or None,
            underline=(ground == "match") or None,
            reverse=reverse or None,
        )


def look(palette: Palette, *, ascii_glyphs: bool) -> Look:
    """Return the styles of a palette with the glyph set asked for."""
    return Look(palette, ASCII if ascii_glyphs else UNICODE)


def textual_theme(palette: Palette) -> Theme:
    """Return the palette as a theme for what Textual itself draws: dividers, prompt, palette.

    It is marked as an ANSI theme so that Textual passes the panes' palette entries on unchanged.
    """

    def css(index: int | None) -> str:
        return "ansi_default" if index is None else Color.from_ansi(index).get_truecolor().hex

    ground, text, accent = css(palette.background), css(palette.text), css(palette.accent)
    selected, line = css(palette.selected), css(palette.faint)
    return Theme(
        name=palette.name,
        primary=accent,
        secondary=accent,
        accent=accent,
        warning=css(palette.warn),
        error=css(palette.bad),
        success=css(palette.good),
        foreground=text,
        background=ground,
        dark=palette.dark,
        ansi=True,
        variables={
            "line": line,
            "selected": selected,
            "surface": ground,
            "panel": ground,
            "border": accent,
            "border-blurred": line,
            "text-muted": css(palette.muted),
            "foreground-muted": css(palette.muted),
            "ansi-background": ground,
            "ansi-foreground": text,
            "block-cursor-background": accent,
            "block-cursor-foreground": ground,
            "input-cursor-background": text,
            "input-cursor-foreground": ground,
            "input-cursor-text-style": "none",
            "input-selection-background": selected,
            "input-selection-foreground": text,
            "screen-selection-background": selected,
            "screen-selection-foreground": text,
            "scrollbar": line,
        },
    )
