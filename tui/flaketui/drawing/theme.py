"""Colours and styles.

Every colour is an entry of the xterm-256 palette and is sent as such: it looks the same in a
terminal of 256 colours and in one of millions, and takes fewer bytes. Styles are made once and
looked up by role and ground; drawing never makes one. Without colours (``NO_COLOR``) the same
roles differ by bold, dim, underline and reverse.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rich.color import Color
from rich.style import Style
from textual.theme import Theme

from flakecore.timeline import State
from flaketui.drawing.glyphs import ASCII, UNICODE, Glyphs

Role = Literal["text", "muted", "faint", "accent", "good", "bad", "warn", "strong", "title"]
Ground = Literal["plain", "selected", "cursor", "match"]
FrameShade = Literal[
    "own",
    "own-2",
    "library",
    "library-2",
    "standard",
    "standard-2",
    "gone",
    "grown",
    "shrunk",
]
"""Frames of a flame graph: whose code they are, in two shades, or what became of them."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as xterm-256 indices; None leaves the terminal's own.

    Attributes:
        selected: the ground of the selected row; None reverses it instead.
        cursor: the ground of the cell under the cursor and of the focused title; None likewise.
        match: the ground of text that was searched for; it is underlined as well.
        frames: the grounds of a flame graph's frames.
    """

    name: str
    dark: bool
    background: int | None
    text: int | None
    muted: int | None
    faint: int | None
    accent: int | None
    good: int | None
    bad: int | None
    warn: int | None
    selected: int | None
    cursor: int | None
    match: int | None
    states: dict[State, int | None] = field(default_factory=dict)
    frames: dict[FrameShade, int | None] = field(default_factory=dict)


DARK = Palette(
    name="flake-dark",
    dark=True,
    background=234,
    text=252,
    muted=246,
    faint=240,
    accent=75,
    good=114,
    bad=203,
    warn=221,
    selected=237,
    cursor=252,
    match=58,
    states={
        State.RUNNING: 77,
        State.RUNNABLE: 221,
        State.SYSCALL: 75,
        State.CHAN_SEND: 110,
        State.CHAN_RECEIVE: 110,
        State.SELECT: 146,
        State.MUTEX: 209,
        State.COND: 175,
        State.WAIT_GROUP: 180,
        State.NETWORK: 73,
        State.SLEEP: 244,
        State.GC: 140,
        State.FOREVER: 203,
        State.SYSTEM: 239,
        State.COROUTINE: 108,
        State.OTHER_WAIT: 246,
        State.IDLE: 239,
    },
    frames={
        "own": 215,
        "own-2": 209,
        "library": 110,
        "library-2": 74,
        "standard": 145,
        "standard-2": 248,
        "gone": 240,
        "grown": 203,
        "shrunk": 114,
    },
)

LIGHT = Palette(
    name="flake-light",
    dark=False,
    background=255,
    text=235,
    muted=241,
    faint=248,
    accent=25,
    good=28,
    bad=160,
    warn=130,
    selected=252,
    cursor=235,
    match=222,
    states={
        State.RUNNING: 34,
        State.RUNNABLE: 136,
        State.SYSCALL: 26,
        State.CHAN_SEND: 67,
        State.CHAN_RECEIVE: 67,
        State.SELECT: 60,
        State.MUTEX: 166,
        State.COND: 132,
        State.WAIT_GROUP: 94,
        State.NETWORK: 30,
        State.SLEEP: 245,
        State.GC: 91,
        State.FOREVER: 160,
        State.SYSTEM: 249,
        State.COROUTINE: 65,
        State.OTHER_WAIT: 241,
        State.IDLE: 249,
    },
    frames={
        "own": 215,
        "own-2": 209,
        "library": 153,
        "library-2": 117,
        "standard": 252,
        "standard-2": 250,
        "gone": 248,
        "grown": 210,
        "shrunk": 157,
    },
)

SIXTEEN = Palette(
    name="flake-16",
    dark=True,
    background=None,
    text=None,
    muted=7,
    faint=8,
    accent=12,
    good=10,
    bad=9,
    warn=11,
    selected=None,
    cursor=None,
    match=None,
    states={
        State.RUNNING: 10,
        State.RUNNABLE: 11,
        State.SYSCALL: 12,
        State.CHAN_SEND: 6,
        State.CHAN_RECEIVE: 6,
        State.SELECT: 6,
        State.MUTEX: 9,
        State.COND: 13,
        State.WAIT_GROUP: 3,
        State.NETWORK: 14,
        State.SLEEP: 7,
        State.GC: 5,
        State.FOREVER: 9,
        State.SYSTEM: 8,
        State.COROUTINE: 2,
        State.OTHER_WAIT: 7,
        State.IDLE: 8,
    },
    frames={
        "own": 11,
        "own-2": 3,
        "library": 14,
        "library-2": 6,
        "standard": 7,
        "standard-2": 8,
        "gone": 8,
        "grown": 9,
        "shrunk": 10,
    },
)

PLAIN = Palette("flake-plain", True, *(None,) * 11)
"""No colours at all: the terminal's own two, and attributes."""

PALETTES = {palette.name: palette for palette in (DARK, LIGHT, SIXTEEN, PLAIN)}

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
