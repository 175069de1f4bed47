"""What an action of a pane leads to, and what a pane may ask for before it acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flaketui.view.arrangement import Arrangement
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport


class Change(NamedTuple):
    """What an action leads to.

    Attributes:
        arrangement: what is arranged from now on; None leaves it as it is.
        view: the viewport to show; None leaves it as it is.
        sentence: what the bottom line shows; "" for nothing.
    """

    arrangement: Arrangement | None = None
    view: Viewport | None = None
    sentence: str = ""


class PromptKind(NamedTuple):
    """What a pane asks in the prompt.

    Attributes:
        placeholder: what is asked for; shown while nothing is typed.
        text: an answer to begin from.
        answer: returns what a typed answer leads to in the scene of that moment.
    """

    placeholder: str
    text: str
    answer: Callable[[Scene, str], Change]


class Choice(NamedTuple):
    """What the command palette offers for a pane.

    Attributes:
        title: what it does, in full words.
        help: the word that stands beside it.
        change: what choosing it leads to.
    """

    title: str
    help: str
    change: Change
