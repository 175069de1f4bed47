"""Actions that copy the view or a pane's text, and write the view to a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from flakecore.printable import printable_lines
from flaketui.app.arranged import arranged_words
from flaketui.app.host import ExplorerHost
from flaketui.app.saved import view_export
from flaketui.app.saved.links import command_of, link_to
from flaketui.app.saved.state_folder import write_state

EXPORT_PLACEHOLDER = "write this view to a file that ends in .svg, .txt, .md or .json"


class Terminal(Protocol):
    """What copying and exporting need of the application beside its state."""

    def copy_to_clipboard(self, text: str) -> None:
        """Put a text on the clipboard of the terminal."""

    def export_screenshot(self, *, title: str | None = None) -> str:
        """Return the screen as SVG."""

    def screen_text(self) -> list[str]:
        """Return the lines of the screen."""

    def call_after_refresh(self, callback: Callable[[], object]) -> bool:
        """Call something when the screen has been drawn."""


class PassingOn:
    """Copies and exports what is on screen."""

    def __init__(self, host: ExplorerHost, terminal: Terminal, called: tuple[str, ...]) -> None:
        """Name the bundle by the words that the command line calls it by."""
        self._host = host
        self._terminal = terminal
        self._called = called

    @property
    def command(self) -> str:
        """The command that opens exactly this view again."""
        host = self._host
        several = len(host.cases) > 1
        pane = host.layout.current.entry.key
        link = link_to(
            host.case,
            host.view,
            pane,
            name_package=several,
            arranged=arranged_words(host.arrangement),
        )
        return command_of(self._called, link)

    def copy_command(self) -> None:
        """Copy the command that opens this view again, to the clipboard and to a file."""
        self._copy(self.command, f"copied: {self.command}")

    def copy_pane(self) -> None:
        """Copy the current pane's text, to the clipboard and to a file."""
        pane = self._host.layout.current
        self._copy(pane.copied(), f"copied the {pane.name_shown} pane to the clipboard")

    def _copy(self, text: str, sentence: str) -> None:
        # It is pasted into a terminal, and the file is shown on one.
        text = printable_lines(text)
        self._terminal.copy_to_clipboard(text)
        path = write_state("copy", ".txt", text + "\n")
        self._host.show_sentence(
            f"{sentence} (also in {path})" if path else f"{sentence}; no file could be written"
        )

    def ask_file(self) -> None:
        """Ask for the file to write this view to."""
        name = view_export.suggested_name(self._host.scene, "svg")
        self._host.prompt.ask(EXPORT_PLACEHOLDER, name, self.export_to)

    def export_as(self, suffix: str) -> None:
        """Write this view in a format under the name that is suggested for it."""
        self.export_to(view_export.suggested_name(self._host.scene, suffix))

    def export_to(self, name: str) -> None:
        """Write this view to a file, in the format that its name ends with; show where."""
        if not name:
            return
        suffix = name.rpartition(".")[2].lower()
        if suffix not in view_export.FORMATS:
            self._host.show_sentence(f"{name} does not end in .svg, .txt, .md or .json")
            return
        # When the prompt is gone from the screen: it is no part of the view.
        self._terminal.call_after_refresh(lambda: self._write(name, suffix))

    def _write(self, name: str, suffix: str) -> None:
        host = self._host
        try:
            path = view_export.path_for(name)
            path.write_bytes(self._exported(suffix))
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or error
            host.show_sentence(f"{name} could not be written: {reason}")
        else:
            here = path.is_relative_to(Path.cwd())
            host.show_sentence(
                f"wrote this view to {path.relative_to(Path.cwd()) if here else path}"
            )

    def _exported(self, suffix: str) -> bytes:
        host = self._host
        if suffix == "svg":
            return view_export.picture(self._terminal.export_screenshot(title=self.command))
        if suffix == "txt":
            return view_export.as_text(self._terminal.screen_text(), self.command)
        if suffix == "md":
            return view_export.as_markdown(host.scene, self._terminal.screen_text(), self.command)
        scene, panes = host.scene, host.layout.panes
        return view_export.as_json(
            scene,
            {name: value for pane in panes for name, value in pane.exported(scene).items()},
            {pane.name_shown: pane.plain_text for pane in panes},
            self.command,
        )
