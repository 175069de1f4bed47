"""Short labels of states and moments, where a pane has few cells for them."""

from __future__ import annotations

from flakecore.timeline import State
from flakecore.times import format_time

_SHORT = {State.CHAN_SEND: "send", State.CHAN_RECEIVE: "receive"}


def state_label(state: State) -> str:
    """Return a state in one word, shorter than ``State.label`` for the channel operations."""
    return _SHORT.get(state, state.label)


def moment_label(ns: int) -> str:
    """Return a moment in seconds with six decimals: ``3.412 807s``."""
    return format_time(ns, digits=6) + "s"
