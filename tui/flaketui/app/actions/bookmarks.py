"""Actions on marked moments and saved views."""

from __future__ import annotations

from contextlib import suppress

from flakecore.errors import FlakeError
from flakecore.times import format_duration
from flaketui.app.arrangement_text import arrange_by, arranged_words
from flaketui.app.host import ExplorerHost
from flaketui.drawing.labels import moment_label
from flaketui.view.arrangement import SavedView
from flaketui.view.navigation import fitted

VIEW_PLACEHOLDER = "save this view as"


class Bookmarks:
    """Marks moments and saves views of the case on screen, and goes to them."""

    def __init__(self, host: ExplorerHost) -> None:
        self._host = host

    def mark(self) -> None:
        """Mark this moment, and measure from the last mark; on a mark, take it away."""
        host = self._host
        marks, now = host.arrangement.marks, host.view.cursor_ns
        host.arrange(host.arrangement.mark(now))
        if now in marks:
            host.show_sentence(f"took the mark at {moment_label(now)} away")
        elif marks:
            span = format_duration(abs(now - marks[-1]))
            first, last = sorted((marks[-1], now))
            host.show_sentence(f"{span} between {moment_label(first)} and {moment_label(last)}")
        else:
            host.show_sentence(
                f"marked {moment_label(now)}; m elsewhere measures from it, ' returns to it"
            )

    def next_mark(self) -> None:
        """Go to the next mark, beginning again after the last."""
        host = self._host
        marks = sorted(host.arrangement.marks)
        if not marks:
            host.show_sentence("nothing is marked yet: m marks this moment")
            return
        later = [one for one in marks if one > host.view.cursor_ns]
        host.go(host.view.at(later[0] if later else marks[0]), "mark")

    def ask_name(self) -> None:
        """Ask what to call this view."""
        scene = self._host.scene
        test, moment = (
            scene.test_name(scene.view.selection.test),
            moment_label(scene.view.cursor_ns),
        )
        name = f"{test} at {moment}" if test else moment
        self._host.prompt.ask(VIEW_PLACEHOLDER, name, self.save_view)

    def save_view(self, name: str) -> None:
        """Save this view under a name."""
        host = self._host
        if name:
            pane, arranged = host.layout.current.entry.name, arranged_words(host.arrangement)
            host.arrange(host.arrangement.save(SavedView(name, host.view, pane, arranged)))
            host.show_sentence(f"saved this view as {name}; V goes to saved views, : lists them")

    def next_view(self) -> None:
        """Go to the saved view after the one that is shown, else to the first."""
        host = self._host
        views = host.arrangement.views
        if not views:
            host.show_sentence("no view is saved yet: v saves this one")
            return
        fitting = [fitted(host.case, one.view) for one in views]
        at = (fitting.index(host.view) + 1) % len(views) if host.view in fitting else 0
        self.show_view(at)

    def show_view(self, number: int) -> None:
        """Go to a saved view by its index: the window, what was arranged, and the pane."""
        host = self._host
        views = host.arrangement.views
        saved = views[number]
        if arranged_words(host.arrangement) != saved.arranged:
            with suppress(FlakeError):  # a view that another version saved
                host.arrange(arrange_by(saved.arranged, host.arrangement))
        if saved.pane in (pane.entry.name for pane in host.layout.panes):
            host.layout.bring_up(host.layout[saved.pane])
        host.go(fitted(host.case, saved.view), "view")
        host.show_sentence(f"view {number + 1} of {len(views)}: {views[number].name}")

    def forget_view(self, name: str) -> None:
        """Delete a saved view."""
        host = self._host
        host.arrange(host.arrangement.forget(name))
        host.show_sentence(f"forgot the view {name}")
