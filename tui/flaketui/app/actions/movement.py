"""Actions that lead from one viewport to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flakecore.timeline import Case
from flaketui.app.actions.visit_history import Visits
from flaketui.app.host import ExplorerHost
from flaketui.dialogs.chooser import ChooserScreen
from flaketui.view import jump, navigation
from flaketui.view.viewport import Viewport

PAN = 1 / 8
"""The part of the window that one key moves it by."""
ZOOM = 2.0
"""How much of the window one step of the zoom leaves: a half."""
JUMP_PLACEHOLDER = f"go to: {jump.EXAMPLE}"


class Movement:
    """Moves window and cursor, and goes to failures, cases, wakers, rows and earlier viewports."""

    def __init__(self, host: ExplorerHost) -> None:
        self._host = host
        self._looking_up = False
        self.visits = Visits(host)

    def _go_or_explain(self, outcome: navigation.Outcome, step: str) -> None:
        if isinstance(outcome, str):
            self._host.show_sentence(outcome)
        else:
            self._host.go(outcome, step)

    def pan(self, direction: int) -> None:
        """Pan by a part of the window."""
        self._host.go(self._host.view.pan(direction * PAN), "pan")

    def nudge(self, direction: int) -> None:
        """Move the cursor by one column of the time axis."""
        host = self._host
        host.go(host.view.nudge(direction / host.layout.columns), "nudge")

    def zoom(self, direction: int) -> None:
        """Zoom around the cursor."""
        self._host.go(self._host.view.zoom(ZOOM**-direction), "zoom")

    def fit_all(self) -> None:
        """Show the whole case."""
        self._host.go(self._host.view.fit_all(), "fit all")

    def fit(self) -> None:
        """Zoom to what is selected."""
        self._go_or_explain(navigation.fit_selection(self._host.case, self._host.view), "fit")

    def fold(self) -> None:
        """Fold what is idle, or show all time evenly again."""
        host = self._host
        self._go_or_explain(navigation.fold_or_unfold(host.case, host.view), "fold")

    def last_moments(self) -> None:
        """Go to the last moments before everything stood still."""
        host = self._host
        self._go_or_explain(navigation.last_moments_view(host.case, host.view), "still")

    def edge(self, direction: int) -> None:
        """Go to the start or the end of the case."""
        view = self._host.view
        low, high = view.extent
        self._host.go(view.at(low if direction < 0 else high - 1), "edge")

    def failure(self, delta: int) -> None:
        """Go to the next or previous failure, over all cases, beginning again after the last."""
        host = self._host
        places = [
            (number, failure.index)
            for number, case in enumerate(host.cases)
            for failure in case.failures
        ]
        if not places:
            host.show_sentence("nothing failed")
            return
        here = (host.case_index, host.view.selection.failure)
        if here in places:
            at = (places.index(here) + delta) % len(places)
        else:
            at = 0 if delta > 0 else len(places) - 1
        number, index = places[at]
        if number != host.case_index:
            view = navigation.opening_view(host.cases[number])
            host.open_case(number, navigation.failure_view(host.cases[number], view, index))
        else:
            host.go(navigation.failure_view(host.case, host.view, index), "failure")

    def choose_case(self) -> None:
        """List the packages and attempts, and open the one that is chosen."""
        host = self._host
        if len(host.cases) < 2:
            host.show_sentence("this bundle holds one case only")
            return

        def chosen(index: int | None) -> None:
            if index is not None and index != host.case_index:
                self.visits.leave_case()
                host.open_case(index)

        host.open_dialog(ChooserScreen(host.look, host.cases, host.case_index), chosen)

    def wake(self) -> None:
        """Follow who ended the selected goroutine's wait."""
        self._look_up(navigation.waker_view, "")

    def span(self, delta: int) -> None:
        """Go to another span of the selected lane."""
        self._look_up(partial(navigation.neighbour_span, delta=delta), "span")

    def _look_up(self, leads: Callable[[Case, Viewport], navigation.Outcome], step: str) -> None:
        """Go where a function leads; in a thread, if it may have to decode some of the trace.

        If the person has moved elsewhere meanwhile the answer is dropped; keys pressed until then
        do nothing.
        """
        host = self._host
        case, view = host.case, host.view
        if case.schedule is None or case.schedule.is_decoded:
            self._go_or_explain(leads(case, view), step)
            return
        if self._looking_up:
            return
        self._looking_up = True

        def found(outcome: navigation.Outcome) -> None:
            self._looking_up = False
            if host.view == view and host.case is case:
                self._go_or_explain(outcome, step)

        host.background.run(lambda: leads(case, view), found, group="look up")

    def back_or_forward(self, direction: int) -> None:
        """Go back to where one was, or forward again; and home from what Enter led to."""
        host = self._host
        if direction < 0 and self.visits.come_home():
            return
        step = host.history.back if direction < 0 else host.history.forward
        view = step(host.view)
        if view is None:
            host.show_sentence(
                "nowhere to go back to" if direction < 0 else "nowhere to go forward to"
            )
        else:
            host.go(view, "")

    def row(self, delta: int) -> None:
        """Choose another row of the current pane."""
        pane = self._host.layout.current
        view = pane.step(self._host.scene, delta)
        if view is not None:
            self._host.go(view, f"row {pane.name_shown}")

    def page(self, direction: int) -> None:
        """Choose a row a page further."""
        self.row(direction * self._host.layout.current.page_rows)

    def select(self) -> None:
        """Act on the current row; where it has no action of its own, describe it."""
        layout = self._host.layout
        view = layout.current.choose(self._host.scene)
        if view is not None:
            self._host.go(view, "select")
        elif layout.current.leads_to_profile(self._host.scene):
            self.profile_here()
        else:
            self.visits.go_to(layout.describing)

    def profile_here(self) -> None:
        """Open the profile at what is selected: a wait, a goroutine's code, or a finding's."""
        host = self._host
        pane = host.layout["profile"]
        answer = pane.look_at(host.scene, host.layout.current.entry.name)
        self.visits.go_to(pane)
        if answer:
            host.show_sentence(answer)

    def bring_up(self, name: str) -> None:
        """Bring a pane up by its name."""
        self._host.layout.bring_up(self._host.layout[name])
        self._host.draw_soon()

    def bring_up_neighbour(self, delta: int) -> None:
        """Bring the next or previous pane up."""
        self._host.layout.bring_up(self._host.layout.neighbour(delta))
        self._host.draw_soon()

    def only_test(self) -> None:
        """Leave other tests out, or show all again."""
        host = self._host
        test = host.view.selection.test
        if host.view.only_test >= 0:
            host.go(replace(host.view, only_test=-1), "only test")
        elif test >= 0:
            host.go(replace(host.view, only_test=test), "only test")
            host.show_sentence(f"only {host.case.tests[test].name}; t shows all again")
        else:
            host.show_sentence("no test is selected")

    def ask_jump(self) -> None:
        """Ask where to go."""
        self._host.prompt.ask(JUMP_PLACEHOLDER, "", self.jump_to)

    def jump_to(self, text: str) -> None:
        """Go to the moment, goroutine or test that was typed."""
        self._go_or_explain(jump.jump_view(self._host.case, self._host.view, text), "jump")
