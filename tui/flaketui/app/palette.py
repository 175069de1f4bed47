"""What the command palette offers: every key's action, and what has no key, in full words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import cast

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider

from flaketui.app.actions.table import Actions
from flaketui.app.host import ExplorerHost
from flaketui.app.keys import KEYS
from flaketui.drawing.labels import moment_label
from flaketui.drawing.palettes import DARK, LIGHT, SIXTEEN
from flaketui.panes.action_results import Change
from flaketui.panes.pane import Pane
from flaketui.view.jump import jump_view
from flaketui.view.key import Key
from flaketui.view.scene import case_name
from flaketui.view.viewport import Viewport


@dataclass(frozen=True)
class PaletteSource:
    """What the commands are made from.

    Attributes:
        host: the explorer.
        actions: what the keys do.
        use_palette: draws with the palette of a name.
        leave: ends the explorer.
    """

    host: ExplorerHost
    actions: Actions
    use_palette: Callable[[str], object]
    leave: Callable[[], object]

    def commands(self) -> Iterator[SystemCommand]:
        """Yield everything that can be done, each with the key for it or a word on it."""
        for key in KEYS:
            if key.id not in ("palette", "quit"):
                yield SystemCommand(_sentence(key.help), f"key {key.shown}", self._performs(key))
        if self.host.cases:
            yield from self._of_panes()
            yield from self._of_files()
            yield from self._of_places()
        for palette in (DARK, LIGHT, SIXTEEN):
            look = {"dark": "dark", "light": "light", "16": "16"}[palette.name.rpartition("-")[2]]
            title = f"Use the {look} colours"
            run = partial(self.use_palette, palette.name)
            yield SystemCommand(title, f"theme {palette.name}", run)
        yield SystemCommand("Quit", "key q", self.leave)

    def _performs(self, key: Key) -> Callable[[], object]:
        return partial(self.actions.perform, key)

    def _of_panes(self) -> Iterator[SystemCommand]:
        scene = self.host.scene
        for pane in self.host.layout.panes:
            for choice in pane.choices(scene):
                run = partial(self._choose, pane, choice.change)
                yield SystemCommand(choice.title, choice.help, run)

    def _choose(self, pane: Pane, change: Change) -> None:
        self.actions.arranging.apply(change)
        self.host.layout.bring_up(pane)

    def _of_files(self) -> Iterator[SystemCommand]:
        for suffix, name in (("svg", "an SVG picture"), ("txt", "text"), ("json", "JSON")):
            run = partial(self.actions.exporting.export_as, suffix)
            yield SystemCommand(f"Write this view to a file as {name}", f".{suffix}", run)

    def _of_places(self) -> Iterator[SystemCommand]:
        """Yield the packages, the saved views and the marks to go to."""
        host, bookmarks = self.host, self.actions.bookmarks
        if len(host.cases) > 1:
            for number, case in enumerate(host.cases):
                run = partial(host.open_case, number)
                yield SystemCommand(f"Go to the package {case_name(case)}", "another case", run)
        for number, saved in enumerate(host.arrangement.views):
            name = saved.name
            run = partial(bookmarks.show_view, number)
            yield SystemCommand(f"Go to the saved view {name}", "key V", run)
            run = partial(bookmarks.forget_view, name)
            yield SystemCommand(f"Forget the saved view {name}", "saved view", run)
        for moment in host.arrangement.marks:

            def go(moment: int = moment) -> None:
                host.go(host.view.at(moment), "mark")

            yield SystemCommand(f"Go to the mark at {moment_label(moment)}", "key '", go)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


class Places(Provider):
    """Offers to go to the moment, goroutine or test that is typed into the palette."""

    @property
    def _host(self) -> ExplorerHost:
        # The explorer is the only application that this provider is registered with.
        return cast("ExplorerHost", self.app)

    async def search(self, query: str) -> Hits:
        """Offer the place that the query names, above everything else."""
        host = self._host
        if not host.cases:
            return
        place = jump_view(host.case, host.view, query)
        if isinstance(place, Viewport):
            go = partial(host.go, place, "jump")
            yield Hit(2, f"Go to {query.strip()}", go, help="a moment, goroutine or test")

    async def discover(self) -> Hits:
        """Show that places can be typed."""
        if self._host.cases:
            title = "Go to a moment, goroutine or test: type it"
            help_text = "3.412s, g21, TestDrain"
            yield DiscoveryHit(title, self._host.ask_jump, help=help_text)
