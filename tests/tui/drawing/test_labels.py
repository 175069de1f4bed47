"""Labels of states and moments."""

from __future__ import annotations

from flakecore.timeline import State
from flaketui.drawing.labels import moment_label, state_label


def test_channel_operations_are_one_word_and_other_states_keep_their_label() -> None:
    assert state_label(State.CHAN_SEND) == "send"
    assert state_label(State.CHAN_RECEIVE) == "receive"
    others = set(State) - {State.CHAN_SEND, State.CHAN_RECEIVE}
    assert all(state_label(state) == state.label for state in others)


def test_a_moment_is_in_seconds_to_the_microsecond() -> None:
    assert moment_label(3_412_807_999) == "3.412 807s"
    assert moment_label(0) == "0.000 000s"
