"""The explorer: it puts the screen together, owns the viewport, and answers what panes tell it.

Keys change the viewport at once; reading and drawing are its bases (``reading``, ``drawing``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.screen import Screen
from textual.widgets import Input, Static

from flakecore.bundle import Bundle
from flaketui.app.frame_scheduler import NARROW, SHORT, Drawing
from flaketui.app.keys import ASKING, bindings
from flaketui.app.links import Link
from flaketui.app.saved_state import keep
from flaketui.app.state_folder import crash_sentence
from flaketui.app.terminal_environment import chosen_palette, frames_per_second, is_remote
from flaketui.dialogs.palette import Places, commands
from flaketui.dialogs.search import Matches
from flaketui.drawing.theme import DARK, PALETTES, Palette, look, textual_theme
from flaketui.panes.blocking.blocking_pane import BlockingPane
from flaketui.panes.layout import Layout, Question
from flaketui.panes.pane import Pane
from flaketui.panes.tests.tests_pane import TestsPane
from flaketui.panes.timeline.timeline_pane import TimelinePane
from flaketui.view import navigation
from flaketui.view.arrangement import Arrangement, Totals
from flaketui.view.scene import case_name
from flaketui.view.viewport import History, Viewport


class MainScreen(Screen[None]):
    """The screen that the registry's keys work on."""

    AUTO_FOCUS = ""
    BINDINGS = bindings()


class Explorer(Drawing):
    """The Textual application."""

    CSS_PATH = Path(__file__).with_name("explorer.tcss")
    TITLE = "flaketui"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012
    COMMANDS = App.COMMANDS | {Places}

    def __init__(
        self,
        bundle: Path,
        *,
        opened: Bundle | None = None,
        called: tuple[str, ...] = (),
        link: Link | None = None,
        palette: Palette = DARK,
        ascii_glyphs: bool = False,
        fps: int = 60,
    ) -> None:
        super().__init__(bundle, opened=opened, link=link, fps=fps)
        self._called = called or (str(bundle),)
        self._ascii = ascii_glyphs
        self.look = look(palette, ascii_glyphs=ascii_glyphs)
        self.stage = Layout()
        self.history = History()
        self.matches = Matches("", [])
        self.cases = ()
        self.case_index = 0
        self.view = Viewport.whole(0, 1)
        for each in PALETTES.values():
            self.register_theme(textual_theme(each))
        self.theme = palette.name

    def get_default_screen(self) -> Screen[None]:
        """Use the screen with the explorer's keys."""
        return MainScreen(id="_default")

    def compose(self) -> ComposeResult:
        """Show the progress of loading until there is a case."""
        yield Static(Text("opening the bundle"), id="loading")
        self.stage.display = False
        yield self.stage

    def on_mount(self) -> None:
        """Begin to read the bundle."""
        self.set_class(self._ascii, "-ascii")
        self.read_bundle()

    @property
    def called(self) -> tuple[str, ...]:
        """The words that name the bundle on the command line."""
        return self._called

    def arrange(self, arrangement: Arrangement) -> None:
        """Show and keep another arrangement."""
        self._arrangements[case_name(self.case)] = arrangement
        self._keep()
        self._schedule_frame()

    def _keep(self) -> None:
        keep(self._memory, self._arrangements)

    def on_unmount(self) -> None:
        """Keep where the person was."""
        if self.cases and self.view != navigation.opening_view(self.case):
            self.arrange(replace(self.arrangement, left=self.view))

    def go(self, view: Viewport, kind: str) -> None:
        """Show another viewport; a run of steps of one kind is one entry of the history."""
        if view == self.view:
            return
        if kind:
            self.history.leave(self.view, kind)
        self.view = view
        self._schedule_frame()

    def set_look(self, name: str) -> None:
        """Use the palette of this name."""
        self.look = look(PALETTES[name], ascii_glyphs=self._ascii)
        self.theme = name
        self._schedule_frame()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Until a case is open, only leaving and help do anything; a prompt is opened once."""
        del parameters
        if action in ASKING and self.screen.focused is self.stage.prompt:
            return False
        return bool(self.cases) or action in ("quit", "help", "help_quit")

    def on_key(self, event: events.Key) -> None:
        """Take away what the last key had to say; Escape puts the prompt away."""
        self.stage.keys.say("")
        if event.key == "escape" and self.stage.prompt.has_focus:
            self.stage.close_prompt()

    def on_resize(self, _: events.Resize) -> None:
        """Draw in the new size; the window of time stays, and the cursor in it."""
        if self.cases:
            self._schedule_frame()

    def on_pane_chosen(self, message: Pane.Chosen) -> None:
        """Follow a click."""
        if message.pane is not self.stage.current:
            self.stage.bring_up(message.pane)
        self.go(message.view, "click")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what was asked for with what was typed."""
        self.stage.close_prompt()
        answer = {
            Question.SEARCH: self.search_for,
            Question.JUMP: self.jump_to,
            Question.FILTER: self.filter_output,
            Question.VIEW: self.save_view,
            Question.EXPORT: self.export_to,
        }[self.stage.question]
        answer(event.value.strip())

    def on_timeline_pane_turned(self, message: TimelinePane.Turned) -> None:
        """Open or fold a group of lanes."""
        self.arrange(self.arrangement.turn(message.key, opened=message.opened))

    def on_tests_pane_case_chosen(self, message: TestsPane.CaseChosen) -> None:
        """Show another package."""
        if message.index != self.case_index:
            self.open_case(message.index)

    def on_blocking_pane_summed_up(self, _: BlockingPane.SummedUp) -> None:
        """List each wait again."""
        self.arrange(replace(self.arrangement, totals=Totals.EACH))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer everything that can be done in the command palette."""
        del screen
        return commands(self)

    def on_input_blurred(self, _: Input.Blurred) -> None:
        """Put the prompt away when another pane is gone to instead."""
        self.stage.close_prompt()

    def _fatal_error(self) -> None:
        """Leave the terminal as it was, and the traceback in a file that is named.

        Textual calls this for any exception that nothing caught; its own version would print
        the traceback with the values of all variables over the person's scrollback.
        """
        said = crash_sentence(self._exception)
        self._exit_renderables.append(Text(said, no_wrap=True, overflow="ignore"))
        self._close_messages_no_wait()


def run_explorer(
    bundle: Path,
    *,
    opened: Bundle | None = None,
    called: tuple[str, ...] = (),
    link: Link | None = None,
    ascii: bool = False,  # noqa: A002 (the option's own name)
    mouse: bool = True,
    fps: int | None = None,
) -> int:
    """Show a bundle until the person leaves.

    Args:
        bundle: a file or folder that ``open_bundle`` takes.
        opened: the bundle itself, where it has been opened already.
        called: the words that name it on the command line; the path, if left out.
        link: where to open, instead of on the first failure.
        ascii: draw with ASCII characters only; a Linux console is drawn so in any case.
        mouse: ask the terminal for mouse events.
        fps: frames a second at most; None chooses by whether the terminal is far away.

    Returns:
        0, or 1 after an internal error, whose log has been named on stderr.

    Raises:
        FlakeError: the bundle cannot be shown; the terminal is as it was before.
    """
    if not os.environ.get("NO_COLOR"):
        # Only a value that is not empty asks for no colour; Textual looks at its presence.
        os.environ.pop("NO_COLOR", None)
    explorer = Explorer(
        bundle,
        opened=opened,
        called=called,
        link=link,
        palette=chosen_palette(),
        ascii_glyphs=ascii or os.environ.get("TERM") == "linux",
        fps=fps or frames_per_second(),
    )
    if is_remote():
        explorer.animation_level = "none"
    explorer.run(mouse=mouse)
    if explorer.failed is not None:
        raise explorer.failed
    return explorer.return_code or 0
