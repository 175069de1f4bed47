"""What the keys that move do: the actions that lead from one viewport to the next."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from textual.app import App
from textual.worker import get_current_worker

from flakecore.timeline import Case
from flaketui.dialogs import jump
from flaketui.dialogs.chooser import ChooserScreen
from flaketui.dialogs.help import HelpScreen
from flaketui.dialogs.search import Match, Matches, find, match_view
from flaketui.drawing.theme import Look
from flaketui.panes.layout import Layout, Question
from flaketui.view import navigation
from flaketui.view.arrangement import Arrangement
from flaketui.view.scene import Scene
from flaketui.view.viewport import History, SelectionKind, Viewport

PAN = 1 / 8
"""The part of the window that one key moves it by."""
ZOOM = 2.0


class Actions(App[None]):
    """The explorer as far as moving is concerned; ``Arranging`` and ``Explorer`` complete it."""

    look: Look
    stage: Layout
    history: History
    matches: Matches
    cases: tuple[Case, ...]
    case_index: int
    view: Viewport
    _looking_up = False

    @property
    @abstractmethod
    def arrangement(self) -> Arrangement:
        """What is arranged for the case on screen."""

    @property
    def case(self) -> Case:
        """The case on screen."""
        return self.cases[self.case_index]

    @property
    @abstractmethod
    def scene(self) -> Scene:
        """What the panes are to show."""

    @abstractmethod
    def go(self, view: Viewport, kind: str) -> None:
        """Show another viewport; ``kind`` names the sort of step, "" leaves no history."""

    @abstractmethod
    def open_case(self, index: int, view: Viewport | None = None) -> None:
        """Show another case of the bundle."""

    @abstractmethod
    def arrange(self, arrangement: Arrangement) -> None:
        """Show and keep another arrangement."""

    @abstractmethod
    def set_look(self, name: str) -> None:
        """Use the palette of this name."""

    def say(self, text: str) -> None:
        """Tell the person something in the bottom line until the next key."""
        self.stage.keys.say(text)

    def _go_or_say(self, outcome: navigation.Outcome, kind: str) -> None:
        if isinstance(outcome, str):
            self.say(outcome)
        else:
            self.go(outcome, kind)

    def action_pan(self, direction: int) -> None:
        """Pan by a part of the window."""
        self.go(self.view.pan(direction * PAN), "pan")

    def action_nudge(self, direction: int) -> None:
        """Move the cursor by one column of the timeline."""
        self.go(self.view.nudge(direction / max(self.stage.timeline.columns, 1)), "nudge")

    def action_zoom(self, direction: int) -> None:
        """Zoom around the cursor."""
        self.go(self.view.zoom(ZOOM**-direction), "zoom")

    def action_fit_all(self) -> None:
        """Show the whole case."""
        self.go(self.view.fit_all(), "fit all")

    def action_fit(self) -> None:
        """Zoom to what is selected."""
        self._go_or_say(navigation.fit_selection(self.case, self.view), "fit")

    def action_edge(self, direction: int) -> None:
        """Go to the start or the end of the case."""
        low, high = self.view.extent
        self.go(self.view.at(low if direction < 0 else high - 1), "edge")

    def action_failure(self, delta: int) -> None:
        """Go to the next or previous failure, over all cases, beginning again after the last."""
        places = [
            (number, failure.index)
            for number, case in enumerate(self.cases)
            for failure in case.failures
        ]
        if not places:
            self.say("nothing failed")
            return
        here = (self.case_index, self.view.selection.failure)
        if here in places:
            at = (places.index(here) + delta) % len(places)
        else:
            at = 0 if delta > 0 else len(places) - 1
        number, index = places[at]
        if number != self.case_index:
            view = navigation.opening_view(self.cases[number])
            self.open_case(number, navigation.failure_view(self.cases[number], view, index))
        else:
            self.go(navigation.failure_view(self.case, self.view, index), "failure")

    def action_choose_case(self) -> None:
        """List the packages and attempts, and open the one that is chosen."""
        if len(self.cases) < 2:
            self.say("this bundle holds one case only")
            return

        def chosen(index: int | None) -> None:
            if index is not None and index != self.case_index:
                self.open_case(index)

        self.push_screen(ChooserScreen(self.look, self.cases, self.case_index), chosen)

    def action_wake(self) -> None:
        """Follow who ended the selected goroutine's wait."""
        self._look_up(navigation.waker_view, "")

    def action_span(self, delta: int) -> None:
        """Go to another span of the selected lane."""
        self._look_up(partial(navigation.neighbour_span, delta=delta), "span")

    def _look_up(self, leads: Callable[[Case, Viewport], navigation.Outcome], kind: str) -> None:
        """Go where a function leads; in a thread, if it may have to decode some of the trace.

        Whoever has gone elsewhere meanwhile stays there, and keys pressed until then do nothing.
        """
        case, view = self.case, self.view
        if case.schedule is None or case.schedule.is_decoded:
            self._go_or_say(leads(case, view), kind)
            return
        if self._looking_up:
            return
        self._looking_up = True

        def found(outcome: navigation.Outcome) -> None:
            self._looking_up = False
            if self.view == view and self.case is case:
                self._go_or_say(outcome, kind)

        def look_up() -> None:
            self.call_from_thread(found, leads(case, view))

        self.run_worker(look_up, thread=True, group="look up")

    def action_history(self, direction: int) -> None:
        """Go back to where one was, or forward again."""
        step = self.history.back if direction < 0 else self.history.forward
        view = step(self.view)
        if view is None:
            self.say("nowhere to go back to" if direction < 0 else "nowhere to go forward to")
        else:
            self.go(view, "")

    def action_row(self, delta: int) -> None:
        """Choose another row of the current pane."""
        view = self.stage.current.step(self.scene, delta)
        if view is not None:
            self.go(view, f"row {self.stage.current.name_shown}")

    def action_page(self, direction: int) -> None:
        """Choose a row a page further."""
        self.action_row(direction * self.stage.current.page_rows)

    def action_select(self) -> None:
        """Act on the current row; where it has no act of its own, show its details."""
        view = self.stage.current.choose(self.scene)
        if view is not None:
            self.go(view, "select")
        else:
            self.stage.bring_up(self.stage.details)

    def action_pane(self, number: int) -> None:
        """Bring a pane up by its number."""
        self.stage.bring_up(self.stage.panes[number - 1])

    def action_pane_step(self, delta: int) -> None:
        """Bring the next or previous pane up."""
        self.stage.bring_up(self.stage.neighbour(delta))

    def action_only_test(self) -> None:
        """Leave other tests out, or show all again."""
        test = self.view.selection.test
        if self.view.only_test >= 0:
            self.go(replace(self.view, only_test=-1), "only test")
        elif test >= 0:
            self.go(replace(self.view, only_test=test), "only test")
            self.say(f"only {self.case.tests[test].name}; t shows all again")
        else:
            self.say("no test is selected")

    def action_search(self) -> None:
        """Ask what to search for."""
        self.stage.open_prompt(Question.SEARCH, self.view.filter)

    def action_jump(self) -> None:
        """Ask where to go."""
        self.stage.open_prompt(Question.JUMP, "")

    def jump_to(self, text: str) -> None:
        """Go to the moment, goroutine or test that was typed."""
        self._go_or_say(jump.jump_view(self.case, self.view, text), "jump")

    def action_match(self, delta: int) -> None:
        """Go to another match of the last search."""
        if not self.matches.wanted:
            self.say("nothing was searched for yet: / searches")
            return
        self._show_match(self.matches.step(self.view.cursor_ns, delta))

    def search_for(self, wanted: str) -> None:
        """Search in a thread of its own, then go to the first match from the cursor on."""
        if not wanted:
            self.matches = Matches("", [])
            self.go(replace(self.view, filter=""), "search")
            return
        case = self.case

        def look_up() -> None:
            worker = get_current_worker()
            found = find(case, wanted)
            if not worker.is_cancelled:
                self.call_from_thread(self._found, Matches(wanted, found), case)

        self.run_worker(look_up, thread=True, exclusive=True, group="search")

    def _found(self, matches: Matches, case: Case) -> None:
        if case is self.case:
            self.matches = matches
            self.go(replace(self.view, filter=matches.wanted), "search")
            self._show_match(matches.first_from(self.view.cursor_ns))

    def _show_match(self, match: Match | None) -> None:
        if match is None:
            self.say(f"no match for {self.matches.wanted}")
            return
        self.go(match_view(self.case, self.view, match), "match")
        kind = {
            SelectionKind.LANE: "goroutine",
            SelectionKind.LINE: "output",
            SelectionKind.TEST: "test",
        }
        self.say(f"{self.matches.place}: {kind[match.subject]} {match.text}")

    def action_help(self) -> None:
        """List the keys."""
        self.push_screen(HelpScreen(self.look))
