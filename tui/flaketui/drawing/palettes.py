"""The palettes: which colour each role, state and frame has.

Every colour is an entry of the xterm-256 palette and is sent as such: it looks the same in a
terminal of 256 colours and in one of millions, and takes fewer bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flakecore.timeline import State

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
