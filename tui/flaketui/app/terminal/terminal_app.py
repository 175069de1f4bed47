"""What the explorer and the triage screen have in common as programs of a terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.filter import LineFilter

from flaketui._textual_hooks import CrashLoggingApp
from flaketui.app.saved.state_folder import crash_sentence
from flaketui.drawing.segment_filter import PrintableFilter

_PRINTABLE = PrintableFilter()


class TerminalApp(CrashLoggingApp):
    """Prints nothing hostile, logs its crashes, and stops and continues as shells expect."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "stop", show=False)]

    def crash_sentence(self, error: BaseException | None) -> str:
        """Write a log of an internal error, and return a sentence that names it."""
        return crash_sentence(error)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing through to the terminal that it would act upon."""
        return [*super().get_line_filters(), _PRINTABLE]

    def on_mount(self) -> None:
        """Draw the whole screen when the process continues: Textual sends what changed alone."""
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))

    def action_stop(self) -> None:
        """Stop the process until the shell continues it, where there is one that can."""
        if is_job_of_a_shell():
            self.action_suspend_process()


def is_job_of_a_shell() -> bool:
    """Return whether somebody would notice that the process was stopped, and continue it.

    POSIX calls the process group of one that nobody would an orphaned one: such is the only
    program of a tmux window, which would hang for good.
    """
    if not hasattr(os, "getsid"):
        return False
    try:
        parent = os.getppid()
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:
        return False
