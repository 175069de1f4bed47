"""The keys: one registry that the bindings, help, hints, palette and README table derive from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Key(NamedTuple):
    """One action that keys perform.

    Attributes:
        id: its name in a person's keymap; stable.
        keys: Textual's names of its keys, separated by commas.
        shown: the keys as a person reads them.
        action: the action of the explorer that it runs.
        group: the heading it stands under in the help.
        help: what it does, as a phrase.
        hint: the word for it in the bottom line; "" to leave it out there.
    """

    id: str
    keys: str
    shown: str
    action: str
    group: str
    help: str
    hint: str = ""


KEYS: tuple[Key, ...] = (
    Key("failure-next", "right_square_bracket", "]", "failure(1)", "Go to", "next failure"),
    Key("failure-previous", "left_square_bracket", "[", "failure(-1)", "Go to", "previous failure"),
    Key("wake", "w", "w", "wake", "Go to", "who ended this wait, at that moment", "who woke it"),
    Key("start", "g", "g", "edge(-1)", "Go to", "start of the case"),
    Key("end", "G", "G", "edge(1)", "Go to", "end of the case"),
    Key("back", "z", "z", "history(-1)", "Go to", "back to where you were"),
    Key("forward", "Z", "Z", "history(1)", "Go to", "forward again"),
    Key(
        "search",
        "slash",
        "/",
        "search",
        "Go to",
        "search functions, goroutine numbers, tests and output",
        "search",
    ),
    Key("match-next", "n", "n", "match(1)", "Go to", "next match"),
    Key("match-previous", "N", "N", "match(-1)", "Go to", "previous match"),
    Key("pan-left", "h,left", "h ←", "pan(-1)", "Move", "pan to earlier"),
    Key("pan-right", "l,right", "l →", "pan(1)", "Move", "pan to later"),
    Key("cursor-left", "H,shift+left", "H ⇧←", "nudge(-1)", "Move", "cursor to earlier"),
    Key("cursor-right", "L,shift+right", "L ⇧→", "nudge(1)", "Move", "cursor to later"),
    Key("zoom-in", "plus,equals_sign", "+ =", "zoom(1)", "Move", "zoom in at the cursor"),
    Key("zoom-out", "minus", "-", "zoom(-1)", "Move", "zoom out"),
    Key("fit-all", "0", "0", "fit_all", "Move", "show the whole case", "all"),
    Key("fit", "f", "f", "fit", "Move", "zoom to what is selected", "fit"),
    Key("row-down", "j,down", "j ↓", "row(1)", "Move", "next row of the pane"),
    Key("row-up", "k,up", "k ↑", "row(-1)", "Move", "previous row of the pane"),
    Key("page-down", "pagedown", "PgDn", "page(1)", "Move", "a page of rows down"),
    Key("page-up", "pageup", "PgUp", "page(-1)", "Move", "a page of rows up"),
    Key("span-previous", "comma", ",", "span(-1)", "Move", "previous span of the lane"),
    Key("span-next", "full_stop", ".", "span(1)", "Move", "next span of the lane"),
    Key("pane-next", "tab", "tab", "pane_step(1)", "Panes", "next pane", "pane"),
    Key("pane-previous", "shift+tab", "⇧tab", "pane_step(-1)", "Panes", "previous pane"),
    Key("pane-tests", "1", "1", "pane(1)", "Panes", "tests"),
    Key("pane-timeline", "2", "2", "pane(2)", "Panes", "timeline"),
    Key("pane-gc", "3", "3", "pane(3)", "Panes", "garbage collector"),
    Key("pane-blocking", "4", "4", "pane(4)", "Panes", "blocking"),
    Key("pane-output", "5", "5", "pane(5)", "Panes", "output"),
    Key("pane-details", "6", "6", "pane(6)", "Panes", "details"),
    Key(
        "select",
        "enter",
        "enter",
        "select",
        "Do",
        "zoom to a test, fold a group, else show the details",
    ),
    Key("only-test", "t", "t", "only_test", "Do", "show only the selected test, or all again"),
    Key("mark", "m", "m", "mark", "Do", "mark this moment; again measures from it"),
    Key("copy", "y", "y", "copy", "Do", "copy the pane's text, to the clipboard and to a file"),
    Key("help", "question_mark", "?", "help", "Do", "list the keys", "help"),
    Key("palette", "colon,ctrl+p", ": ctrl+p", "command_palette", "Do", "find a command by name"),
    Key("quit", "q", "q", "quit", "Do", "leave", "quit"),
)


def bindings() -> list[BindingType]:
    """Return every key as a binding of the explorer's screen.

    The one that opens the prompt comes before what has the focus: what is typed in the same
    instant then finds the prompt open, and is no command.
    """
    return [
        Binding(
            key.keys,
            f"app.{key.action}",
            key.help,
            id=key.id,
            priority=key.action == "search",
        )
        for key in KEYS
    ]


def grouped() -> Iterator[tuple[str, list[Key]]]:
    """Yield each heading of the help with its keys, in the registry's order."""
    for group, keys in groupby(KEYS, key=lambda key: key.group):
        yield group, list(keys)


_PAIRS = (
    ("[ ]", "failure"),
    ("h l", "pan"),
    ("+ -", "zoom"),
    ("j k", "row"),
    (", .", "span"),
)
"""Opposite keys that share one hint."""


def hints() -> list[tuple[str, str]]:
    """Return (keys, word) for the bottom line, the most useful first."""
    single = {key.hint: key.shown for key in KEYS if key.hint}
    order = ("who woke it", "search", "pane", "fit", "all")
    return [
        (single["help"], "help"),
        (single["quit"], "quit"),
        *_PAIRS,
        *((single[word], word) for word in order),
    ]


def key_table_markdown() -> str:
    """Return the keys as a Markdown table for the README."""
    lines = ["| key | does |", "| --- | --- |"]
    for _, keys in grouped():
        lines += [f"| {_code(key.shown)} | {key.help} |" for key in keys]
    return "\n".join(lines) + "\n"


def _code(shown: str) -> str:
    return " ".join(f"`{part}`" for part in shown.split(" "))
