"""How the explorer opens: at what a link names, where the bundle was left, or the first failure."""

from __future__ import annotations

from collections.abc import Callable

from flaketui.app.arrangement_text import arrange_by, filter_summary
from flaketui.app.host import ExplorerHost
from flaketui.app.saved.links import Link, follow
from flaketui.panes.registry import entry_of
from flaketui.view import navigation

_AT_ONCE = ("q", "question_mark", "escape", "ctrl+c", "ctrl+q", "ctrl+z")
"""Keys that do not wait for a bundle to be open."""


class Opening:
    """The first view of a bundle, and the keys that are pressed before it is there."""

    def __init__(self, host: ExplorerHost, link: Link, press: Callable[[str], None]) -> None:
        """Open at a link, and then press the keys that waited, by their Textual names."""
        self._host = host
        self._link = link
        self._press = press
        self._keys: list[str] = []

    def hold_key(self, key: str) -> None:
        """Keep a key until there is a view that it is meant for."""
        if key not in _AT_ONCE:
            self._keys.append(key)

    def show(self) -> None:
        """Show the first view of the cases, and state where it differs from the first failure."""
        host, link = self._host, self._link
        landing = follow(link, host.cases)
        host.open_case(landing.case, landing.view)
        entry = entry_of(link.pane)
        if entry is not None:
            host.layout.bring_up(host.layout[entry.name])
        if link.arranged:
            host.arrange(arrange_by(link.arranged, host.arrangement))
        left, arranged = host.arrangement.left, filter_summary(host.arrangement)
        if landing.missing:
            host.show_sentence(landing.missing)
        elif arranged:
            host.show_sentence(f"as it was arranged: {arranged}")
        elif left is not None and link == Link():
            host.history.begin_at(navigation.fitted(host.case, left))
            host.show_sentence(
                "z goes back to where you left this bundle; marks and views are as they were"
            )
        keys, self._keys = self._keys, []
        for key in keys:
            self._press(key)
