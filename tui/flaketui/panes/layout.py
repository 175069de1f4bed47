"""The panes and bars in their places."""

from __future__ import annotations

from enum import Enum

from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.widget import Widget
from textual.widgets import Input

from flaketui.dialogs import jump
from flaketui.panes.bars import KeyBar, SummaryBar
from flaketui.panes.blocking.blocking_pane import BlockingPane
from flaketui.panes.details.details_pane import DetailsPane
from flaketui.panes.gc.gc_pane import CollectorPane
from flaketui.panes.output import output_filter
from flaketui.panes.output.output_pane import OutputPane
from flaketui.panes.pane import LinesWidget, Pane
from flaketui.panes.tests.tests_pane import TestsPane
from flaketui.panes.timeline.timeline_pane import TimelinePane
from flaketui.view.scene import Scene


class Question(Enum):
    """What the prompt asks for, as it says while nothing is typed."""

    SEARCH = "search functions, goroutines, reasons, tests, tasks, regions, output"
    JUMP = f"go to: {jump.EXAMPLE}"
    FILTER = f"show only lines with: {output_filter.EXAMPLE}"
    VIEW = "save this view as"
    EXPORT = "write this view to a file that ends in .svg, .txt or .json"


class Layout(Container):
    """All that shows a scene, and which of the panes is current.

    ::

        summary
        tests    │ timeline
        blocking │ output
        details  │ gc
        keys
    """

    def __init__(self) -> None:
        super().__init__(id="stage")
        self.summary = SummaryBar(id="summary")
        self.timeline = TimelinePane()
        self.output = OutputPane()
        self.details = DetailsPane()
        self.tests = TestsPane()
        self.collector = CollectorPane()
        self.blocking = BlockingPane()
        self.panes: tuple[Pane, ...] = (
            self.tests,
            self.timeline,
            self.collector,
            self.blocking,
            self.output,
            self.details,
        )
        self.keys = KeyBar(id="keys")
        self.keys.pane_names = tuple(pane.name_shown for pane in self.panes)
        self.prompt = Input(id="prompt")
        self.prompt.cursor_blink = False
        self.question = Question.SEARCH
        self.current: Pane = self.timeline

    def compose(self) -> ComposeResult:
        """Lay out three rows of two panes between the bars."""
        tests, timeline, collector, blocking, output, details = self.panes
        yield self.summary
        with Container(id="panes"):
            yield Horizontal(tests, timeline, id="upper", classes="row")
            yield Horizontal(blocking, output, id="middle", classes="row")
            yield Horizontal(details, collector, id="lower", classes="row")
        yield self.prompt
        yield self.keys

    def on_mount(self) -> None:
        """Begin on the timeline."""
        self.bring_up(self.timeline)

    def bring_up(self, pane: Pane) -> None:
        """Make a pane the current one: keys go to it, and a small screen shows only it."""
        self.current.active = False
        self.current.redraw()
        self.current = pane
        pane.active = True
        pane.redraw()
        if pane.scene is None or pane.scene.compact:
            self._lay_out_current()
        self.keys.pane = pane.number
        self.keys.redraw()

    def _lay_out_current(self) -> None:
        """Mark the current pane for the small screen's layout.

        On a large screen that would only send the whole screen again.
        """
        if self.current.has_class("-current"):
            return
        for other in self.panes:
            other.set_class(other is self.current, "-current")
            row = other.parent
            if isinstance(row, Widget):
                row.set_class(self.current in row.children, "-current")

    def neighbour(self, delta: int) -> Pane:
        """Return the pane after or before the current one, by number."""
        at = self.panes.index(self.current)
        return self.panes[(at + delta) % len(self.panes)]

    def show(self, scene: Scene) -> None:
        """Hand a scene to everything that draws."""
        if scene.compact:
            self._lay_out_current()
        drawn: tuple[LinesWidget, ...] = (self.summary, *self.panes, self.keys)
        for one in drawn:
            one.show(scene)

    def open_prompt(self, question: Question, text: str) -> None:
        """Ask for something, with an answer to begin from."""
        self.question = question
        self.prompt.placeholder = question.value
        self.prompt.add_class("-open")
        self.prompt.value = text
        # At once, not after the next refresh: what is typed in the same instant belongs to it.
        self.screen.set_focus(self.prompt)

    def close_prompt(self) -> None:
        """Put the prompt away; keys go to the current pane again."""
        self.prompt.remove_class("-open")
        self.screen.set_focus(None)
