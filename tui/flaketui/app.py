"""The explorer: it opens a bundle, owns all state, and hands all panes one scene, once a frame.

Keys change the viewport at once; drawing follows at most so many times a second, and a held key
draws only the latest viewport. Loading and explaining run in threads and come back as messages.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.screen import Screen
from textual.widgets import Input, Static

from flakecore.bundle import Bundle
from flakecore.diagnosis import Finding
from flakecore.timeline import Case, Failure, Needs
from flakecore.timeline.chain import Hop, wait_chain
from flakecore.timeline.sources import Sources
from flaketui import navigation
from flaketui.arrangement import Arrangement, Totals
from flaketui.keys import ASKING, bindings
from flaketui.link import Link
from flaketui.memory import keep
from flaketui.palette import Places, commands
from flaketui.panes.base import Pane
from flaketui.panes.blocking import BlockingPane
from flaketui.panes.stage import Question, Stage
from flaketui.panes.tests import TestsPane
from flaketui.panes.timeline import TimelinePane
from flaketui.reading import Reading
from flaketui.scene import Scene, Waiting, case_name, waiting_at
from flaketui.search import Matches
from flaketui.surroundings import chosen_palette, frames_per_second, is_remote
from flaketui.theme import DARK, PALETTES, Palette, look, textual_theme
from flaketui.userstate import crash_sentence
from flaketui.viewport import History, Viewport

NARROW, SHORT = 110, 27
"""Below this width or height one pane fills the screen."""
_CHAINS = 500
"""Chains behind waits that are kept."""


class MainScreen(Screen[None]):
    """The screen that the registry's keys work on."""

    AUTO_FOCUS = ""
    BINDINGS = bindings()


class Explorer(Reading):
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
        super().__init__(bundle, opened=opened, link=link)
        self._called = called or (str(bundle),)
        self._sources: dict[str, Sources] = {}
        self._ascii = ascii_glyphs
        self._period = 1 / max(1, fps)
        self._drawn_at = 0.0
        self._frame_due = False
        self._fetching = False
        self._had: Needs | None = None
        self._findings: dict[tuple[int, int], tuple[Finding, ...]] = {}
        self._explaining: set[tuple[int, int]] = set()
        self._chains: dict[Waiting, tuple[Hop, ...]] = {}
        self._following: set[Waiting] = set()
        self.look = look(palette, ascii_glyphs=ascii_glyphs)
        self.stage = Stage()
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

    def explain(self, case: Case, failure: Failure) -> tuple[Finding, ...]:
        """Return why a failure happened; runs in a thread of its own."""
        from flakecore.diagnosis import explain

        return explain(case, failure)

    @property
    def called(self) -> tuple[str, ...]:
        """The words that name the bundle on the command line."""
        return self._called

    @property
    def arrangement(self) -> Arrangement:
        """What is arranged for the case on screen."""
        return self._arrangements.get(case_name(self.case), Arrangement())

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

    @property
    def scene(self) -> Scene:
        """What the panes are to show now."""
        # While the moment's generation is decoded, asking what happens in it would wait for that.
        waiting = None if self._fetching else waiting_at(self.case, self.view)
        chain = self._chains.get(waiting) if waiting is not None else ()
        return replace(self._plain_scene, chain=chain)

    @property
    def _plain_scene(self) -> Scene:
        """The scene as far as it is known without a look at the trace."""
        failure = self.view.selection.failure
        findings = self._findings.get((self.case_index, failure)) if failure >= 0 else ()
        return Scene(
            case=self.case,
            view=self.view,
            findings=findings,
            look=self.look,
            compact=self.is_compact,
            arrangement=self.arrangement,
            sources=self._sources_of(self.case),
            others=self.cases,
            progress=self._progress,
        )

    def _sources_of(self, case: Case) -> Sources:
        sources = self._sources.get(case.package)
        if sources is None:
            sources = self._sources[case.package] = Sources(
                go_version=case.go_version,
                package=case.package,
                bundled=self._bundled,
                working=Path.cwd(),
            )
        return sources

    @property
    def is_compact(self) -> bool:
        """Whether one pane fills the screen."""
        return self.size.width < NARROW or self.size.height < SHORT

    def go(self, view: Viewport, kind: str) -> None:
        """Show another viewport; a run of steps of one kind is one entry of the history."""
        if view == self.view:
            return
        if kind:
            self.history.leave(self.view, kind)
        self.view = view
        self._schedule_frame()

    @property
    def is_drawing_due(self) -> bool:
        """Whether the screen does not show the viewport yet."""
        return self._frame_due or self._fetching

    def _schedule_frame(self) -> None:
        """Draw soon: behind the keys that already wait, and not before the next frame is due."""
        if self._frame_due:
            return
        self._frame_due = True
        wait = self._drawn_at + self._period - time.monotonic()
        if wait > 0:
            # Not by a timer of the framework: one that is due as soon as it starts never fires.
            asyncio.get_running_loop().call_later(wait, self.call_later, self._draw_frame)
        else:
            self.call_later(self._draw_frame)

    def _draw_frame(self) -> None:
        self._frame_due = False
        self._drawn_at = time.monotonic()
        if self.cases and not self._fetch():
            scene = self.scene
            self.stage.show(scene)
            if scene.chain is None:
                self._follow_chain()
            if scene.findings is None:
                self._explain_failure(self.case_index, self.view.selection.failure)

    def _fetch(self) -> bool:
        """Have what the view needs of the trace looked up; True if the frame has to wait for it."""
        schedule = self.case.schedule
        if schedule is None:
            return False
        needs = self.stage.timeline.needs(self._plain_scene)
        if needs == self._had or schedule.is_at_hand(needs):
            return False
        if not self._fetching:
            self._fetching = True
            self.say("reading this part of the trace")

            def fetch() -> None:
                schedule.fetch(needs)
                self.call_from_thread(self._fetched, needs)

            self.run_worker(fetch, thread=True, group="fetch")
        return True

    def _fetched(self, needs: Needs) -> None:
        self._fetching, self._had = False, needs
        self.say("")
        self._schedule_frame()

    def _follow_chain(self) -> None:
        """Work out in a thread what led to the end of the wait at the cursor, once."""
        waiting = waiting_at(self.case, self.view)
        if waiting is None or waiting in self._following:
            return
        self._following.add(waiting)

        def follow_back() -> None:
            hops = wait_chain(*waiting)
            self.call_from_thread(self._followed, waiting, hops)

        self.run_worker(follow_back, thread=True, group="chain")

    def _followed(self, waiting: Waiting, hops: tuple[Hop, ...]) -> None:
        self._following.discard(waiting)
        if len(self._chains) >= _CHAINS:
            self._chains.clear()
        self._chains[waiting] = hops
        self._schedule_frame()

    def _explain_failure(self, case_index: int, failure: int) -> None:
        """Work out in a thread why a failure happened, once."""
        key = (case_index, failure)
        if key in self._explaining:
            return
        self._explaining.add(key)
        case = self.cases[case_index]

        def work_out() -> None:
            findings = self.explain(case, case.failures[failure])
            self.call_from_thread(self._explained, key, findings)

        self.run_worker(work_out, thread=True, group="explain")

    def _explained(self, key: tuple[int, int], findings: tuple[Finding, ...]) -> None:
        self._findings[key] = findings
        self._schedule_frame()

    def forget_findings(self, index: int) -> None:
        """Let go of what was found of a case that is known better now."""
        self._findings = {key: found for key, found in self._findings.items() if key[0] != index}
        self._explaining = {key for key in self._explaining if key[0] != index}

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
