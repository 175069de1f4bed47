"""The explorer: a thin application that holds the state and the objects that work on it.

It owns the cases, the viewport and its history, composes the screen, and hands messages and keys
to the objects: ``CaseLoader`` reads, ``Opening`` shows the first view, ``SceneBuilder`` and
``FrameScheduler`` draw, ``Actions`` does what the keys do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.screen import Screen

from flakecore.bundle import Bundle
from flakecore.errors import FlakeError
from flakecore.timeline import Case
from flaketui._textual_hooks import DEFAULT_SCREEN_ID, screen_lines
from flaketui.app.actions.exporting import Exporting
from flaketui.app.actions.table import Actions
from flaketui.app.background import Background
from flaketui.app.frame_scheduler import FrameScheduler
from flaketui.app.keys import ASKING, BY_ID, bindings, grouped, hints
from flaketui.app.loading.case_loader import CaseLoader, Load
from flaketui.app.loading.read_ahead import ReadAhead
from flaketui.app.opening import Opening
from flaketui.app.palette import PaletteSource, Places
from flaketui.app.saved.links import Link
from flaketui.app.saved.saved_state import Arrangements
from flaketui.app.scene_builder import (
    Explain,
    ExplainPassed,
    SceneBuilder,
    explainer_of,
    passed_explainer_of,
)
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.app.terminal.terminal_app import TerminalApp
from flaketui.dialogs.help import HelpScreen
from flaketui.dialogs.prompt import Prompt
from flaketui.drawing.palettes import PALETTES
from flaketui.drawing.theme import Look, textual_theme
from flaketui.panes.layout import PaneLayout
from flaketui.panes.match_list import MatchList
from flaketui.panes.pane import Pane
from flaketui.view import navigation
from flaketui.view.arrangement import Arrangement
from flaketui.view.scene import Scene, case_name
from flaketui.view.viewport import History, Viewport

NARROW, SHORT = 110, 27
"""Below this width or height one pane fills the screen."""
INTERRUPTED = 128 + 2
"""The exit status by which a shell reports a process that SIGINT (2) ended."""
_WITHOUT_CASE = ("quit", "help", "help_quit", "stop")
"""Actions that can be performed before a case is open."""


class MainScreen(Screen[None]):
    """The screen that the registry's keys work on."""

    AUTO_FOCUS = ""
    BINDINGS = bindings()


class Explorer(TerminalApp):
    """The Textual application.

    Attributes:
        cases: the cases of the bundle; none until it has been opened.
        case_index: index of the case on screen.
        view: the viewport.
        history: the viewports that were left by a jump.
        failed: why the bundle could not be opened, or None.
    """

    CSS_PATH = Path(__file__).with_name("explorer.tcss")
    TITLE = "flaketui"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012
    COMMANDS = App.COMMANDS | {Places}

    def __init__(
        self,
        bundle: Path,
        *,
        opened: Bundle | ReadAhead | None = None,
        called: tuple[str, ...] = (),
        link: Link | None = None,
        settings: DisplaySettings | None = None,
        load: Load | None = None,
        explain: Explain | None = None,
        explain_passed: ExplainPassed | None = None,
    ) -> None:
        """Prepare to show a bundle.

        Args:
            bundle: a file or folder that ``open_bundle`` takes.
            opened: the bundle itself, where it has been opened already, or is read already.
            called: the words that name it on the command line; the path, if left out.
            link: where to open, instead of on the first failure.
            settings: how to draw.
            load: returns the cases in place of those of the bundle.
            explain: returns why a failure happened, in place of all rules.
            explain_passed: returns what is found on a case besides failures, in place of all rules.
        """
        # Set before any theme: it decides how Textual keeps its own parts free of colours.
        super().__init__(ansi_color=True)
        self.settings = settings or DisplaySettings()
        self.failed: FlakeError | None = None
        self.cases: tuple[Case, ...] = ()
        self.case_index = 0
        self.view = Viewport.whole(0, 1)
        self.history = History()
        self._arrangements = Arrangements()
        self.prompt = Prompt()
        self.layout = PaneLayout(self.prompt, MatchList(), hints())
        self.background = Background(self)
        link = link or Link()
        self.opening = Opening(self, link, self.simulate_key)
        self.loader = CaseLoader(self, bundle, opened=opened, link=link, load=load)
        self._scenes = SceneBuilder(
            self,
            explain or explainer_of(self.loader),
            explain_passed=explain_passed or passed_explainer_of(self.loader),
            capture=self.loader,
            is_compact=lambda: self.is_compact,
        )
        self.frames = FrameScheduler(self, self._scenes, self.call_later, self.settings.fps)
        self.actions = Actions(
            self,
            Exporting(self, self, called or (str(bundle),), lambda: self.loader.bundle),
            {
                "help": self.show_help,
                "command_palette": self.action_command_palette,
                "quit": self.action_quit,
            },
        )
        for each in PALETTES.values():
            self.register_theme(textual_theme(each))
        self.theme = self.settings.palette.name

    def get_default_screen(self) -> Screen[None]:
        """Use the screen with the explorer's keys."""
        return MainScreen(id=DEFAULT_SCREEN_ID)

    def compose(self) -> ComposeResult:
        """Show the panes, and over them the progress of loading until there is a case."""
        yield self.layout

    def on_mount(self) -> None:
        """Begin to read the bundle."""
        self.set_class(self.settings.ascii_glyphs, "-ascii")
        self.loader.begin()

    @property
    def case(self) -> Case:
        """The case on screen."""
        return self.cases[self.case_index]

    @property
    def scene(self) -> Scene:
        """What the panes show from the next frame on."""
        return self.frames.scene

    @property
    def look(self) -> Look:
        """Styles and glyphs."""
        return self.settings.look

    @property
    def is_compact(self) -> bool:
        """Whether one pane fills the screen."""
        return self.size.width < NARROW or self.size.height < SHORT

    @property
    def arrangement(self) -> Arrangement:
        """What is arranged for the case on screen."""
        return self._arrangements.of(self.case)

    def arrange(self, arrangement: Arrangement) -> None:
        """Show and keep another arrangement."""
        self._arrangements.change(self.case, arrangement)
        self.draw_soon()

    def go(self, view: Viewport, step: str) -> None:
        """Show another viewport; a run of steps of one kind is one entry of the history."""
        if view == self.view:
            return
        if step:
            self.history.leave(self.view, step)
        self.view = view
        self.draw_soon()

    def draw_soon(self) -> None:
        """Draw a frame when the next one is due."""
        self.frames.draw_soon()

    def show_sentence(self, text: str) -> None:
        """Show a sentence in the bottom line until the next key."""
        self.layout.keys.show_sentence(text)

    def screen_text(self) -> list[str]:
        """Return the lines of the screen."""
        return screen_lines(self.screen)

    def open_dialog(self, dialog: Screen[Any], closed: Callable[[Any], None] | None = None) -> None:
        """Show a dialog over the panes; ``closed`` gets its result."""
        self.push_screen(dialog, closed)

    def show_help(self) -> None:
        """List the keys."""
        self.open_dialog(HelpScreen(self.look, grouped()))

    def ask_jump(self) -> None:
        """Ask where to go."""
        self.actions.movement.ask_jump()

    def use_palette(self, name: str) -> None:
        """Draw with the palette of this name."""
        self.settings = self.settings.with_palette(name)
        self.theme = name
        self.draw_soon()

    def open_case(self, index: int, view: Viewport | None = None) -> None:
        """Show another case of the bundle, as soon as it has been read."""
        self.loader.open_case(index, view)

    def read_case(self, index: int) -> Case:
        """Return a case of the bundle with its trace; a thread of its own calls this."""
        return self.loader.read_case(index)

    def show_bundle(self, cases: tuple[Case, ...], arrangements: Arrangements) -> None:
        """Show the first view: the failure, or what the link asks for."""
        self.cases, self._arrangements = cases, arrangements
        self.opening.show()

    def show_case(self, index: int, view: Viewport | None) -> None:
        """Show a case that has been read, at a view or else at its first failure."""
        self.case_index = index
        self.history = History()
        self.actions.searching.forget()
        self.view = view if view is not None else navigation.opening_view(self.cases[index])
        self.draw_soon()

    def replace_case(self, case: Case) -> None:
        """Show a case of which more is known now in place of the one of the same name.

        The window, the cursor, the selection and everything arranged stay as they are.
        """
        names = [case_name(one) for one in self.cases]
        if case_name(case) not in names:
            return
        index = names.index(case_name(case))
        before = self.cases[index]
        self.cases = (*self.cases[:index], case, *self.cases[index + 1 :])
        self._scenes.forget_case(index)
        if index == self.case_index:
            self.view = navigation.carried_over(before, case, self.view)
            self.history.change(lambda view: navigation.carried_over(before, case, view))
            self.actions.searching.forget()
        self.draw_soon()

    def leave_with(self, error: FlakeError) -> None:
        """End the explorer with an error."""
        self.failed = error
        self.exit(return_code=2)

    async def action_perform(self, key_id: str) -> None:
        """Perform the action of a key by its id: every binding leads here."""
        await self.actions.perform(BY_ID[key_id])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Until a case is open, only leaving and help do anything; a prompt is opened once."""
        if action == "perform":
            action = BY_ID[str(parameters[0])].action
        if action in ASKING and self.screen.focused is self.prompt:
            return False
        return bool(self.cases) or action in _WITHOUT_CASE

    def on_case_loader_loading(self, message: CaseLoader.Loading) -> None:
        """Show how far reading has come: in the middle, or beside what is there already."""
        if self.cases:
            self.loader.note_progress(message)
        else:
            self.layout.show_opening(f"{message.what} {message.percent}".rstrip())

    def on_key(self, event: events.Key) -> None:
        """Take away the sentence about the last key.

        Keys that are pressed while the bundle is opened wait for it.
        """
        if not self.cases:
            self.opening.hold_key(event.key)
            return
        self.show_sentence("")

    def on_resize(self, _: events.Resize) -> None:
        """Draw in the new size; the window of time stays, and the cursor in it."""
        if self.cases:
            self.draw_soon()

    def action_help_quit(self) -> None:
        """Leave while the bundle is being opened; later name the key, for ctrl+c may be a slip."""
        if self.cases:
            self.show_sentence("q leaves")
        else:
            self.exit(return_code=INTERRUPTED)

    def on_unmount(self) -> None:
        """Keep where the person was."""
        self.keep_place()

    def keep_place(self) -> None:
        """Keep where the person is, for when the bundle is opened again; any thread may call it."""
        if self.cases and self.view != navigation.opening_view(self.case):
            self._arrangements.change(self.case, replace(self.arrangement, left=self.view))

    def on_pane_chosen(self, message: Pane.Chosen) -> None:
        """Follow a click."""
        if message.pane is not self.layout.current:
            self.layout.bring_up(message.pane)
        self.go(message.view, "click")

    def on_pane_arranged(self, message: Pane.Arranged) -> None:
        """Arrange what a row of a pane asks for."""
        self.arrange(message.change(self.arrangement))

    def on_pane_case_chosen(self, message: Pane.CaseChosen) -> None:
        """Show another case."""
        if message.index != self.case_index:
            self.actions.movement.visits.leave_case()
            self.open_case(message.index)

    def on_pane_answered(self, message: Pane.Answered) -> None:
        """Show what a pane answers to a key."""
        self.show_sentence(message.text)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer everything that can be done in the command palette."""
        del screen
        return PaletteSource(self, self.actions, self.use_palette, self.exit).commands()
