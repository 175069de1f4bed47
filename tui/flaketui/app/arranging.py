"""What the keys that arrange do: pins, filters, orders, marks, saved views, copies and exports."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from pathlib import Path

from flakecore.timeline import Lane
from flakecore.times import format_duration
from flaketui.app.actions import Actions
from flaketui.app.links import command_of, link_to
from flaketui.app.state_folder import write_state
from flaketui.dialogs import export
from flaketui.panes.details.sentences import seconds
from flaketui.panes.layout import Question
from flaketui.panes.output.output_filter import filter_text, parse_filter
from flaketui.panes.timeline.row_table import LaneRow
from flaketui.view.arrangement import OutputFilter, following
from flaketui.view.navigation import fitted


class Arranging(Actions):
    """The explorer as far as arranging and keeping is concerned."""

    @property
    @abstractmethod
    def called(self) -> tuple[str, ...]:
        """The words that name the bundle on the command line."""

    def action_pin(self) -> None:
        """Pin the selected lane above all groups, or let go of it."""
        lane = self.view.selection.lane
        if lane is None:
            self.say("no lane is selected")
            return
        arranged = self.arrangement.pin(lane)
        self.arrange(arranged)
        self.say(f"pinned {lane} to the top" if lane in arranged.pinned else f"let go of {lane}")

    def action_hide(self) -> None:
        """Leave the selected lane out of the timeline."""
        lane = self.view.selection.lane
        if lane is None:
            self.say("no lane is selected")
            return
        view = self.stage.timeline.after_hiding(self.scene)
        self.arrange(self.arrangement.hide(lane))
        if view is not None:
            self.go(view, "hide")
        self.say(f"hid {lane}; X shows all hidden lanes again")

    def action_show_hidden(self) -> None:
        """Show all lanes again."""
        count = len(self.arrangement.hidden)
        self.arrange(replace(self.arrangement, hidden=frozenset()))
        self.say(f"{count} hidden lanes are shown again" if count else "no lane is hidden")

    def action_filter(self) -> None:
        """Show another part of the current pane, or ask which."""
        arranged, stage = self.arrangement, self.stage
        if stage.current is stage.output:
            only = self.scene.test_name(self.view.only_test)
            stage.open_prompt(Question.FILTER, filter_text(arranged.output, only))
        elif stage.current is stage.tests:
            self.arrange(replace(arranged, tests=following(arranged.tests)))
            self.say(f"tests: {self.arrangement.tests}")
        elif stage.current is stage.blocking:
            self.arrange(replace(arranged, waits=following(arranged.waits)))
            self.say(f"waits: {self.arrangement.waits}")
        elif stage.current is stage.collector:
            self.arrange(replace(arranged, spans=following(arranged.spans)))
            self.say(f"garbage collector: {self.arrangement.spans}")
        else:
            self.say("this pane has no filter; x hides a lane, t shows only the selected test")

    def show_output(self, shown: OutputFilter) -> None:
        """Show only these output lines."""
        self.arrange(replace(self.arrangement, output=shown))

    def filter_output(self, text: str) -> None:
        """Show only the output lines that were typed."""
        asked = parse_filter(text, self.case)
        if isinstance(asked, str):
            self.say(asked)
            return
        self.show_output(asked.filter)
        self.go(replace(self.view, only_test=asked.only_test), "only test")

    def action_sort(self) -> None:
        """Put the current pane in another order."""
        arranged, stage = self.arrangement, self.stage
        if stage.current is stage.tests:
            self.arrange(replace(arranged, test_order=following(arranged.test_order)))
            self.say(f"tests: {self.arrangement.test_order}")
        elif stage.current is stage.blocking:
            self.arrange(replace(arranged, wait_order=following(arranged.wait_order)))
            self.say(f"waits: {self.arrangement.wait_order}")
        elif stage.current is stage.timeline:
            self.arrange(replace(arranged, grouping=following(arranged.grouping)))
            self.say(f"goroutines are grouped by {self.arrangement.grouping}")
        else:
            self.say("this pane has one order only: that of time")

    def action_totals(self) -> None:
        """List each wait, or totals of them."""
        self.arrange(replace(self.arrangement, totals=following(self.arrangement.totals)))
        self.say(f"blocking: {self.arrangement.totals}")

    def action_mark(self) -> None:
        """Mark this moment, and measure from the last mark; on a mark, take it away."""
        marks, now = self.arrangement.marks, self.view.cursor_ns
        self.arrange(self.arrangement.mark(now))
        if now in marks:
            self.say(f"took the mark at {seconds(now)} away")
        elif marks:
            span = format_duration(abs(now - marks[-1]))
            first, last = sorted((marks[-1], now))
            self.say(f"{span} between {seconds(first)} and {seconds(last)}")
        else:
            self.say(f"marked {seconds(now)}; m elsewhere measures from it, ' returns to it")

    def action_next_mark(self) -> None:
        """Go to the next mark, beginning again after the last."""
        marks = sorted(self.arrangement.marks)
        if not marks:
            self.say("nothing is marked yet: m marks this moment")
            return
        later = [one for one in marks if one > self.view.cursor_ns]
        self.go(self.view.at(later[0] if later else marks[0]), "mark")

    def action_save_view(self) -> None:
        """Ask what to call this view."""
        test = self.scene.test_name(self.view.selection.test)
        name = f"{test} at {seconds(self.view.cursor_ns)}" if test else seconds(self.view.cursor_ns)
        self.stage.open_prompt(Question.VIEW, name)

    def save_view(self, name: str) -> None:
        """Save this view under a name."""
        if name:
            self.arrange(self.arrangement.save(name, self.view))
            self.say(f"saved this view as {name}; V goes to saved views, : lists them")

    def action_next_view(self) -> None:
        """Go to the saved view after the one that is shown, else to the first."""
        views = self.arrangement.views
        if not views:
            self.say("no view is saved yet: v saves this one")
            return
        fitting = [fitted(self.case, one.view) for one in views]
        at = (fitting.index(self.view) + 1) % len(views) if self.view in fitting else 0
        self.show_view(at)

    def show_view(self, number: int) -> None:
        """Go to a saved view."""
        saved = self.arrangement.views[number]
        self.go(fitted(self.case, saved.view), "view")
        self.say(f"view {number + 1} of {len(self.arrangement.views)}: {saved.name}")

    def forget_view(self, name: str) -> None:
        """Forget a saved view."""
        self.arrange(self.arrangement.forget(name))
        self.say(f"forgot the view {name}")

    @property
    def command(self) -> str:
        """The command that opens exactly this view again."""
        several = len(self.cases) > 1
        pane = self.stage.current.number
        return command_of(self.called, link_to(self.case, self.view, pane, name_package=several))

    def action_copy(self) -> None:
        """Copy the command that opens this view again, to the clipboard and to a file."""
        self._copy(self.command, f"copied: {self.command}")

    def action_copy_text(self) -> None:
        """Copy the current pane's text, to the clipboard and to a file."""
        pane = self.stage.current
        self._copy(pane.plain_text, f"copied the {pane.name_shown} pane to the clipboard")

    def _copy(self, text: str, said: str) -> None:
        self.copy_to_clipboard(text)
        path = write_state("copy", ".txt", text + "\n")
        self.say(f"{said} (also in {path})" if path else f"{said}; no file could be written")

    def action_export(self) -> None:
        """Ask for the file to write this view to."""
        self.stage.open_prompt(Question.EXPORT, export.suggested_name(self.scene, "svg"))

    def export_as(self, suffix: str) -> None:
        """Write this view in a format under the name that is suggested for it."""
        self.export_to(export.suggested_name(self.scene, suffix))

    def export_to(self, name: str) -> None:
        """Write this view to a file, in the format that its name ends with; say where."""
        if not name:
            return
        suffix = name.rpartition(".")[2].lower()
        if suffix not in export.FORMATS:
            self.say(f"{name} does not end in .svg, .txt or .json")
            return
        # When the prompt is gone from the screen: it is no part of the view.
        self.call_after_refresh(self._write, name, suffix)

    def _write(self, name: str, suffix: str) -> None:
        try:
            path = export.place_for(name)
            path.write_bytes(self._exported(suffix))
        except (OSError, RuntimeError) as error:
            self.say(f"{name} could not be written: {getattr(error, 'strerror', None) or error}")
        else:
            here = path.is_relative_to(Path.cwd())
            self.say(f"wrote this view to {path.relative_to(Path.cwd()) if here else path}")

    def _exported(self, suffix: str) -> bytes:
        if suffix == "svg":
            return export.picture(self.export_screenshot(title=self.command))
        if suffix == "txt":
            lines = [line.text for line in self.screen._compositor.render_strips()]
            return export.as_text(lines, self.command)
        panes = {pane.name_shown: pane.plain_text for pane in self.stage.panes}
        return export.as_json(self.scene, self._lanes_on_screen(), panes, self.command)

    def _lanes_on_screen(self) -> list[Lane]:
        timeline = self.stage.timeline
        rows = timeline.table(self.scene).rows[timeline.top : timeline.top + timeline.page_rows]
        return [row.lane for row in rows if isinstance(row, LaneRow)]
