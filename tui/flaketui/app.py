"""The explorer: it opens a bundle, owns all state, and hands all panes one scene, once a frame.

Keys change the viewport at once; drawing follows at most so many times a second, and a held key
draws only the latest viewport. Loading and explaining run in threads and come back as messages.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerFailed, WorkerState, get_current_worker

from flakecore.bundle import Bundle
from flakecore.diagnosis import Finding
from flakecore.errors import FlakeError
from flakecore.timeline import Case, Failure
from flakecore.timeline.sources import Sources, bundled_sources
from flaketui import navigation
from flaketui.arrangement import Arrangement, Totals
from flaketui.arranging import Arranging
from flaketui.keys import ASKING, bindings
from flaketui.link import Link, follow
from flaketui.memory import content_key, keep, recall
from flaketui.palette import Places, commands
from flaketui.panes.base import Pane
from flaketui.panes.blocking import BlockingPane
from flaketui.panes.stage import Question, Stage
from flaketui.panes.tests import TestsPane
from flaketui.panes.timeline import TimelinePane
from flaketui.scene import Scene, case_name
from flaketui.search import Matches
from flaketui.shelf import Shelf, known_better
from flaketui.surroundings import chosen_palette, frames_per_second, is_remote
from flaketui.theme import DARK, PALETTES, Palette, look, textual_theme
from flaketui.userstate import write_state
from flaketui.viewport import History, Viewport

NARROW, SHORT = 110, 27
"""Below this width or height one pane fills the screen."""
_PROGRESS_PERIOD = 0.1


class MainScreen(Screen[None]):
    """The screen that the registry's keys work on."""

    AUTO_FOCUS = ""
    BINDINGS = bindings()


class Explorer(Arranging):
    """The Textual application."""

    CSS_PATH = Path(__file__).with_name("explorer.tcss")
    TITLE = "flaketui"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012
    COMMANDS = App.COMMANDS | {Places}

    class Loading(Message):
        """How far the loading thread has come."""

        def __init__(self, what: str, fraction: float) -> None:
            super().__init__()
            self.what = what
            self.fraction = fraction

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
        super().__init__()
        self.bundle = bundle
        self._called = called or (str(bundle),)
        self._link = link or Link()
        self._memory = ""
        self._arrangements: dict[str, Arrangement] = {}
        self._sources: dict[str, Sources] = {}
        self._bundled: dict[str, bytes] = {}
        self._progress = ""
        self._opened = opened
        self._shelf: Shelf | None = None
        self._ascii = ascii_glyphs
        self._period = 1 / max(1, fps)
        self._drawn_at = 0.0
        self._frame_due = False
        self._fetching = False
        self._findings: dict[tuple[int, int], tuple[Finding, ...]] = {}
        self._explaining: set[tuple[int, int]] = set()
        self.failed: FlakeError | None = None
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
        """Load in a thread, so that no key waits for it."""
        self.set_class(self._ascii, "-ascii")
        self.run_worker(self._load_cases, thread=True, exit_on_error=False, group="load")

    def _load_cases(self) -> tuple[Case, ...]:
        self._memory = content_key(self.bundle)
        self._arrangements = recall(self._memory)
        return self.load(self._teller())

    def _teller(self) -> Callable[[str, float], None]:
        """Return what tells, from another thread, how far reading has come."""
        said = 0.0

        def progress(what: str, fraction: float) -> None:
            nonlocal said
            if (now := time.monotonic()) - said >= _PROGRESS_PERIOD:
                said = now
                self.post_message(self.Loading(what, fraction))

        return progress

    def load(self, progress: Callable[[str, float], None]) -> tuple[Case, ...]:
        """Return the bundle's cases, the one to open read; runs in a thread of its own."""
        from flakecore.bundle import open_bundle

        bundle = self._opened or open_bundle(self.bundle, progress=progress)
        self._bundled = bundled_sources(bundle)
        self._shelf = Shelf(bundle)
        self._shelf.read_first(follow(self._link, self._shelf.cases).case, progress)
        return self._shelf.cases

    def explain(self, case: Case, failure: Failure) -> tuple[Finding, ...]:
        """Return why a failure happened; runs in a thread of its own."""
        from flakecore.diagnosis import explain

        return explain(case, failure)

    def on_explorer_loading(self, message: Loading) -> None:
        """Say how far loading has come: in the middle, or beside a part that is there already."""
        percent = f"{message.fraction:.0%}" if message.fraction > 0 else ""
        said = f"{message.what} {percent}".rstrip()
        if self.cases:
            self._progress = f"reading {percent}" if message.fraction < 1 else ""
            self._schedule_frame()
        else:
            self.query_one("#loading", Static).update(Text(said))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Open what was loaded; leave with the error where that failed."""
        if event.worker.group != "load":
            return
        if event.state is WorkerState.SUCCESS:
            self._open_first(event.worker.result or ())
        elif event.state is WorkerState.ERROR:
            error = event.worker.error
            if not isinstance(error, FlakeError):
                raise WorkerFailed(error or RuntimeError("the loading thread was ended"))
            self.failed = error
            self.exit(return_code=2)

    def _open_first(self, cases: tuple[Case, ...]) -> None:
        """Show the first view: the failure, or what the link asks for."""
        self.cases = cases
        self.query_one("#loading").display = False
        self.stage.display = True
        landing = follow(self._link, cases)
        self.open_case(landing.case, landing.view)
        pane = self._link.pane
        in_range = 1 <= pane <= len(self.stage.panes)
        self.stage.bring_up(self.stage.panes[pane - 1] if in_range else self.stage.current)
        left = self.arrangement.left
        if landing.missing:
            self.say(landing.missing)
        elif left is not None and self._link == Link():
            self.history.begin_at(navigation.fitted(self.case, left))
            self.say("z goes back to where you left this bundle; marks and views are as they were")

    def open_case(self, index: int, view: Viewport | None = None) -> None:
        """Show a case, where nothing else is asked for at its first failure.

        One whose trace has not been read yet is shown as soon as it has.
        """
        if self._shelf is not None and self._shelf.has_part(index):
            self._read_rest(self._shelf, index)
        elif self._shelf is not None and not self._shelf.is_read(index):
            self._read_case(self._shelf, index, view)
            return
        if self._shelf is not None:
            self._shelf.touch(index)
        self.case_index = index
        self.history = History()
        self.matches = Matches("", [])
        self.view = view if view is not None else navigation.opening_view(self.cases[index])
        self._schedule_frame()

    def _read_rest(self, shelf: Shelf, index: int) -> None:
        """Read all of a case that is on screen in part, in a thread."""
        self._progress = "reading"

        def read() -> None:
            worker = get_current_worker()
            shelf.read(index, self._teller())
            if not worker.is_cancelled:
                self.call_from_thread(show)

        def show() -> None:
            self._progress = ""
            self.replace_case(shelf.cases[index])

        self.run_worker(read, thread=True, exclusive=True, group="read")

    def _read_case(self, shelf: Shelf, index: int, view: Viewport | None) -> None:
        """Read a case in a thread, then show it, unless another one was asked for meanwhile."""
        self._progress = "reading"
        self._schedule_frame()
        sketch = self.cases[index]

        def read() -> None:
            worker = get_current_worker()
            shelf.read(index, self._teller())
            if not worker.is_cancelled:
                self.call_from_thread(show)

        def show() -> None:
            self._progress = ""
            self.cases = shelf.cases
            self.open_case(index, known_better(sketch, self.cases[index], view))

        self.run_worker(read, thread=True, exclusive=True, group="read")

    def replace_case(self, case: Case) -> None:
        """Show a case of which more is known now, in place of the one of the same name.

        The window, the cursor, the selection and everything arranged stay as they are.
        """
        names = [case_name(one) for one in self.cases]
        if case_name(case) not in names:
            return
        index = names.index(case_name(case))
        before = self.cases[index]
        self.cases = (*self.cases[:index], case, *self.cases[index + 1 :])
        self._findings = {key: found for key, found in self._findings.items() if key[0] != index}
        self._explaining = {key for key in self._explaining if key[0] != index}
        if index == self.case_index:
            self.view = navigation.carried_over(before, case, self.view)
            self.history.change(lambda view: navigation.carried_over(before, case, view))
            self.matches = Matches("", [])
        self._schedule_frame()

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

    def _schedule_frame(self) -> None:
        """Draw soon: behind the keys that already wait, and not before the next frame is due."""
        if self._frame_due:
            return
        self._frame_due = True
        wait = self._drawn_at + self._period - time.monotonic()
        if wait > 0:
            self.set_timer(wait, self._draw_frame)
        else:
            self.call_later(self._draw_frame)

    def _draw_frame(self) -> None:
        self._frame_due = False
        self._drawn_at = time.monotonic()
        if self.cases and not self._fetch():
            scene = self.scene
            self.stage.show(scene)
            if scene.findings is None:
                self._explain_failure(self.case_index, self.view.selection.failure)

    def _fetch(self) -> bool:
        """Have what the view needs of the trace decoded; True if the frame has to wait for it."""
        schedule = self.case.schedule
        if schedule is None:
            return False
        missing = schedule.missing(self.view.start_ns, self.view.end_ns, self.view.cursor_ns)
        if missing and not self._fetching:
            self._fetching = True
            self.say("reading this part of the trace")

            def fetch() -> None:
                schedule.fetch(missing)
                self.call_from_thread(self._fetched)

            self.run_worker(fetch, thread=True, group="fetch")
        return bool(missing)

    def _fetched(self) -> None:
        self._fetching = False
        self.say("")
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
        error = self._exception
        while isinstance(error, WorkerFailed):
            error = error.error if isinstance(error.error, Exception) else None
        text = "".join(traceback.format_exception(error)) if error is not None else ""
        path = write_state("crash", ".log", text)
        where = f"the details are in {path}" if path is not None else text
        name = type(error).__name__ if error is not None else "an unknown error"
        said = f"flaketui: internal error ({name}); {where}"
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
