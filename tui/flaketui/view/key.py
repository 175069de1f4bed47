"""A key of the explorer: what bindings, help, bottom line, palette and README are made from."""

from __future__ import annotations

from typing import NamedTuple

GO, MOVE, PANE, SHOW, KEEP = "Go to", "Move", "Panes", "Show", "Keep and pass on"
"""The headings that keys stand under in the help."""


class Key(NamedTuple):
    """One action that keys perform.

    Attributes:
        id: its name in a person's keymap; stable.
        keys: Textual's names of its keys, separated by commas.
        shown: the keys as a person reads them.
        action: the action that it runs, with its arguments: ``zoom(1)``; of a pane's own key, a
            method of the pane.
        group: the heading it stands under in the help.
        help: what it does, in full words that make sense by themselves.
        hint: the word for it in the bottom line; "" to leave it out there.
        pane: the name of the pane whose own key it is; "" for a key of the explorer.
    """

    id: str
    keys: str
    shown: str
    action: str
    group: str
    help: str
    hint: str = ""
    pane: str = ""
