"""The prompt above the bottom line: asks for one line of text, and hands it to who asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

Answer = Callable[[str], object]
"""Called with what was typed, without spaces around it."""


class Prompt(Input):
    """An input that is on screen only while something is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "close", show=False)]

    def __init__(self, closed: Callable[[], object] = lambda: None) -> None:
        """Make a prompt that is closed; ``closed`` is called when a person closes it."""
        super().__init__(id="prompt")
        self._when_closed = closed
        self.cursor_blink = False
        self._answer: Answer | None = None
        self._typing: Answer | None = None

    def ask(
        self, placeholder: str, text: str, answer: Answer, typing: Answer | None = None
    ) -> None:
        """Ask for something.

        Args:
            placeholder: what is asked for; shown while nothing is typed.
            text: an answer to begin from.
            answer: gets what was typed.
            typing: gets what is typed so far, and "" when the prompt closes.
        """
        self._answer = answer
        self._typing = typing
        self.placeholder = placeholder
        self.add_class("-open")
        self.value = text
        # At once, not after the next refresh: what is typed in the same instant belongs to it.
        self.screen.set_focus(self)

    def close(self) -> None:
        """Hide the prompt; keys go to the panes again."""
        self.remove_class("-open")
        self.screen.set_focus(None)
        self._hand_on("")
        self._typing = None

    def action_close(self) -> None:
        """Close it without an answer."""
        self.close()
        self._when_closed()

    def _hand_on(self, text: str) -> None:
        if self._typing is not None:
            self._typing(text.strip())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Hand on to who asked what is typed so far."""
        event.stop()
        if self.has_class("-open"):
            self._hand_on(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand over what was typed."""
        event.stop()
        self.close()
        if self._answer is not None:
            self._answer(event.value.strip())

    def on_input_blurred(self, event: Input.Blurred) -> None:
        """Close when something else gets the focus."""
        event.stop()
        self.close()
