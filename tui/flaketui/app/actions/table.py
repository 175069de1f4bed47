"""The table of actions: which method each action name of the key registry stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import isawaitable

from textual.actions import parse

from flaketui.app.actions.arranging import Arranging
from flaketui.app.actions.bookmarks import Bookmarks
from flaketui.app.actions.comparing import Comparing
from flaketui.app.actions.exporting import Exporting
from flaketui.app.actions.movement import Movement
from flaketui.app.actions.searching import Searching
from flaketui.app.host import ExplorerHost
from flaketui.view.key import Key

Action = Callable[..., object]


class Actions:
    """Everything that keys do, and the objects that do it.

    Attributes:
        movement, searching, arranging, bookmarks, exporting: the objects.
    """

    def __init__(
        self,
        host: ExplorerHost,
        exporting: Exporting,
        own: Mapping[str, Action],
    ) -> None:
        """Build the table.

        Args:
            host: the explorer.
            exporting: copies and exports.
            own: actions of the application itself, by name.
        """
        self._host = host
        self.movement = Movement(host)
        self.searching = Searching(host)
        self.arranging = Arranging(host)
        self.bookmarks = Bookmarks(host)
        self.exporting = exporting
        movement, arranging, bookmarks = self.movement, self.arranging, self.bookmarks
        self.table: dict[str, Action] = {
            "pan": movement.pan,
            "nudge": movement.nudge,
            "zoom": movement.zoom,
            "fit_all": movement.fit_all,
            "fit": movement.fit,
            "edge": movement.edge,
            "fold": movement.fold,
            "last_moments": movement.last_moments,
            "failure": movement.failure,
            "choose_case": movement.choose_case,
            "wake": movement.wake,
            "span": movement.span,
            "history": movement.back_or_forward,
            "row": movement.row,
            "page": movement.page,
            "select": movement.select,
            "profile_here": movement.profile_here,
            "pane": movement.bring_up,
            "pane_step": movement.bring_up_neighbour,
            "only_test": movement.only_test,
            "jump": movement.ask_jump,
            "search": self.searching.ask,
            "match": self.searching.go_to_match,
            "pin": arranging.pin,
            "hide": arranging.hide,
            "show_hidden": arranging.show_hidden,
            "compare": Comparing(host, arranging).compare,
            "filter": arranging.filter,
            "sort": arranging.sort,
            "mark": bookmarks.mark,
            "next_mark": bookmarks.next_mark,
            "save_view": bookmarks.ask_name,
            "next_view": bookmarks.next_view,
            "copy": exporting.copy_command,
            "copy_text": exporting.copy_pane,
            "export": exporting.ask_file,
            **own,
        }

    async def perform(self, key: Key) -> None:
        """Perform the action of a key."""
        if key.pane:
            self.arranging.perform_own(self._host.layout[key.pane], key.action)
            return
        _, name, arguments = parse(key.action)
        outcome = self.table[name](*arguments)
        if isawaitable(outcome):
            await outcome
