"""Actions that copy the view or a pane's text, and write the view to a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from flakecore.bundle import Bundle
from flakecore.errors import FlakeError
from flakecore.text.printable import printable_lines
from flakecore.timeline import Case
from flaketui.app.arrangement_text import arranged_words
from flaketui.app.host import ExplorerHost
from flaketui.app.saved import view_export
from flaketui.app.saved.links import command_of, link_to
from flaketui.app.saved.state_folder import write_state
from flaketui.view.viewport import Viewport

EXPORT_PLACEHOLDER = "write this view to a file that ends in .svg, .txt, .md or .json"
"""A name may also end as one of the exports' does (``flakecore.report.EXPORTS``)."""


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


class Exporting:
    """Copies and exports what is on screen."""

    def __init__(
        self,
        host: ExplorerHost,
        terminal: Terminal,
        called: tuple[str, ...],
        bundle: Callable[[], Bundle | None],
    ) -> None:
        """Pass on what an explorer shows.

        Args:
            host: the explorer.
            terminal: what it is shown on.
            called: the words that the command line names the bundle by.
            bundle: returns the bundle itself; None where there is none.
        """
        self._host = host
        self._terminal = terminal
        self._called = called
        self._bundle = bundle

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
            self._export_case(name, suffix)
            return
        # When the prompt is gone from the screen: it is no part of the view.
        self._terminal.call_after_refresh(lambda: self._write(name, suffix))

    def _export_case(self, name: str, suffix: str) -> None:
        """Write the window on screen, or the whole case, in a format of other programs."""
        # Imported here: what draws needs none of it.
        from flakecore.report import EXPORTS

        formats = {each.suffix: form for form, each in EXPORTS.items()}
        bundle = self._bundle()
        if suffix not in formats or bundle is None:
            others = ", ".join(f".{each}" for each in formats if each not in view_export.FORMATS)
            self._host.show_sentence(
                f"{name} does not end in .svg, .txt, .md or .json; for other tools {others}"
            )
            return
        work = partial(
            _written_export, bundle, self._host.case, self._host.view, name, formats[suffix]
        )
        self._host.show_sentence(f"writing {name}")
        self._host.background.run(work, self._host.show_sentence, group="export")

    def _write(self, name: str, suffix: str) -> None:
        host = self._host
        try:
            path = view_export.path_for(name)
            path.write_bytes(self._exported(suffix))
        except (OSError, RuntimeError) as error:
            host.show_sentence(_not_written(name, error))
        else:
            host.show_sentence(f"wrote this view to {_shown(path)}")

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


def _written_export(bundle: Bundle, case: Case, view: Viewport, name: str, form: str) -> str:
    """Write an export of a case and return the sentence on it; a thread of its own calls."""
    from flakecore.report import EXPORTS, Explainer, ExportRequest, export
    from flakecore.report.exports.whole_file import write_whole

    windowed = EXPORTS[form].windowed
    window = (view.start_ns, view.end_ns) if windowed else (None, None)
    request = ExportRequest(from_ns=window[0], to_ns=window[1])
    try:
        path = view_export.path_for(name)
        pieces = export(form, bundle, [case], request, Explainer(bundle, Path.cwd()))
        write_whole(pieces, path)
    except (OSError, RuntimeError, FlakeError) as error:
        return _not_written(name, error)
    return f"wrote {'this window' if windowed else 'the case'} as {form} to {_shown(path)}"


def _not_written(name: str, error: Exception) -> str:
    return f"{name} could not be written: {getattr(error, 'strerror', None) or error}"


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
