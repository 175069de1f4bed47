"""The keys: one registry that the bindings, help, hints, palette and README table derive from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from textual.binding import Binding, BindingType

from flaketui.panes.registry import PANES
from flaketui.view.key import GO, KEEP, MOVE, PANE, SHOW, Key

KEYS: tuple[Key, ...] = (
    Key("failure-next", "right_square_bracket", "]", "failure(1)", GO, "go to the next failure"),
    Key(
        "failure-previous",
        "left_square_bracket",
        "[",
        "failure(-1)",
        GO,
        "go to the previous failure",
    ),
    Key("wake", "w", "w", "wake", GO, "go to who ended this wait, at that moment", "who woke it"),
    Key("case", "c", "c", "choose_case", GO, "go to another package or attempt of the bundle"),
    Key("start", "g", "g", "edge(-1)", GO, "go to the start of the case"),
    Key("end", "G", "G", "edge(1)", GO, "go to the end of the case"),
    Key(
        "still",
        "S",
        "S",
        "last_moments",
        GO,
        "go to the last moments before all of the test stood still",
        "stood still",
    ),
    Key("back", "z,backspace,escape", "z ⌫ esc", "history(-1)", GO, "go back to where you were"),
    Key("forward", "Z", "Z", "history(1)", GO, "go forward again"),
    Key("jump", "at", "@", "jump", GO, "go to a moment, goroutine or test that you type", "go to"),
    Key(
        "search",
        "slash",
        "/",
        "search",
        GO,
        "search functions, waits, tests, tasks, regions, output",
        "search",
    ),
    Key("match-next", "n", "n", "match(1)", GO, "go to the next match"),
    Key("match-previous", "N", "N", "match(-1)", GO, "go to the previous match"),
    Key("mark-next", "apostrophe", "'", "next_mark", GO, "go to the next mark"),
    Key("view-next", "V", "V", "next_view", GO, "go to the next saved view"),
    Key("pan-left", "h,left", "h ←", "pan(-1)", MOVE, "pan to earlier"),
    Key("pan-right", "l,right", "l →", "pan(1)", MOVE, "pan to later"),
    Key("cursor-left", "H,shift+left", "H ⇧←", "nudge(-1)", MOVE, "move the cursor to earlier"),
    Key("cursor-right", "L,shift+right", "L ⇧→", "nudge(1)", MOVE, "move the cursor to later"),
    Key("zoom-in", "plus,equals_sign", "+ =", "zoom(1)", MOVE, "zoom in at the cursor"),
    Key("zoom-out", "minus", "-", "zoom(-1)", MOVE, "zoom out"),
    Key("fit-all", "0", "0", "fit_all", MOVE, "show the whole case", "all"),
    Key("fit", "f", "f", "fit", MOVE, "zoom to what is selected", "fit"),
    Key("fold", "o", "o", "fold", MOVE, "fold idle time, or show all time evenly", "fold"),
    Key("row-down", "j,down", "j ↓", "row(1)", MOVE, "choose the next row of the pane"),
    Key("row-up", "k,up", "k ↑", "row(-1)", MOVE, "choose the previous row of the pane"),
    Key("page-down", "pagedown", "PgDn", "page(1)", MOVE, "go a page of rows down"),
    Key("page-up", "pageup", "PgUp", "page(-1)", MOVE, "go a page of rows up"),
    Key("span-previous", "comma", ",", "span(-1)", MOVE, "go to the lane's previous span"),
    Key("span-next", "full_stop", ".", "span(1)", MOVE, "go to the lane's next span"),
    Key("pane-next", "tab", "tab", "pane_step(1)", PANE, "bring up the next pane", "pane"),
    Key("pane-previous", "shift+tab", "⇧tab", "pane_step(-1)", PANE, "bring up the previous pane"),
    *(
        Key(
            f"pane-{entry.name}",
            entry.key,
            entry.key,
            f"pane('{entry.name}')",
            PANE,
            f"bring up {entry.help}",
        )
        for entry in PANES
    ),
    Key(
        "select",
        "enter",
        "enter",
        "select",
        SHOW,
        "zoom to a test, open a group, else details, then a profile",
    ),
    Key(
        "profile-here",
        "O",
        "O",
        "profile_here",
        SHOW,
        "open the profile at the wait or code that is selected",
    ),
    Key("only-test", "t", "t", "only_test", SHOW, "show only the selected test, or all again"),
    Key(
        "filter",
        "F",
        "F",
        "filter",
        SHOW,
        "filter the pane: tests, goroutines, waits, pauses or output",
    ),
    Key(
        "sort",
        "s",
        "s",
        "sort",
        SHOW,
        "put tests, waits or goroutines in another order",
    ),
    Key(
        "compare",
        "d",
        "d",
        "compare",
        SHOW,
        "compare with a run that ended otherwise, or its profile",
    ),
    *(key for entry in PANES for key in entry.load().keys),
    Key("pin", "p", "p", "pin", SHOW, "pin the selected lane to the top, or let go of it"),
    Key("hide", "x", "x", "hide", SHOW, "hide the selected lane"),
    Key("show-hidden", "X", "X", "show_hidden", SHOW, "show all hidden lanes again"),
    Key("mark", "m", "m", "mark", KEEP, "mark this moment, and measure from the last mark"),
    Key("save-view", "v", "v", "save_view", KEEP, "save this view under a name"),
    Key(
        "copy",
        "y",
        "y",
        "copy",
        KEEP,
        "copy the command that opens exactly this view again",
        "copy link",
    ),
    Key("copy-text", "Y", "Y", "copy_text", KEEP, "copy the pane's text"),
    Key(
        "export",
        "e",
        "e",
        "export",
        KEEP,
        "write this view to a file: SVG, text, Markdown or JSON",
    ),
    Key("help", "question_mark", "?", "help", KEEP, "list the keys", "help"),
    Key("palette", "colon,ctrl+p", ": ctrl+p", "command_palette", KEEP, "find a command by name"),
    Key("quit", "q", "q", "quit", KEEP, "leave", "quit"),
)
"""Every key, in the order of the help; those of panes come from the registry and the panes."""
BY_ID = {key.id: key for key in KEYS}

ASKING = frozenset({"search", "jump", "filter", "save_view", "export"})
"""Actions that open the prompt, some of them only in some pane."""


def bindings() -> list[BindingType]:
    """Return every key as a binding of the explorer's screen, to ``perform`` with its id.

    Those that open the prompt come before what has the focus: what is typed in the same instant
    then finds the prompt open, and is no command.
    """
    return [
        Binding(
            key.keys,
            f"app.perform('{key.id}')",
            key.help,
            id=key.id,
            priority=key.action in ASKING,
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
    order = (
        "who woke it",
        "fold",
        "stood still",
        "search",
        "go to",
        "pane",
        "copy link",
        "fit",
        "all",
    )
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
