"""The Go files of a case's stacks, each parsed once and only when a rule asks for it."""

from __future__ import annotations

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.held_locks import held_locks
from flakecore.diagnosis.source.operations import GoFile, Operation, OperationKind, read_go_file
from flakecore.frames import HasFunction
from flakecore.timeline.sources import Sources

_KINDS = tuple(OperationKind)


class GoFiles:
    """Looks up and parses the files that frames name; without sources it knows of none."""

    def __init__(self, sources: Sources | None) -> None:
        self._sources = sources
        self._parsed: dict[str, GoFile | None] = {}
        self._packages: dict[str, GoPackage] = {}

    def file_of(self, frame: HasFunction) -> GoFile | None:
        """Return the parsed file of a frame; None where it is not at hand or has no parser."""
        if self._sources is None or not frame.file.endswith(".go"):
            return None
        if frame.file not in self._parsed:
            text = self._sources.whole(frame)
            self._parsed[frame.file] = read_go_file(text.encode()) if text is not None else None
        return self._parsed[frame.file]

    def package_of(self, frame: HasFunction) -> GoPackage | None:
        """Return the package that a frame's file is part of; None where it is not at hand."""
        if self._sources is None or self.file_of(frame) is None:
            return None
        folder = frame.file.rpartition("/")[0]
        if folder not in self._packages:
            texts = self._sources.package_files(frame)
            parsed = {name: read_go_file(text.encode()) for name, text in texts.items()}
            files = {name: file for name, file in parsed.items() if file is not None}
            self._packages[folder] = GoPackage(folder, files)
        return self._packages[folder]

    def held_at(
        self, frame: HasFunction, line: int, inner: HasFunction | None = None
    ) -> list[Operation]:
        """Return the locks that a frame's function holds at a line, as far as its text tells.

        Args:
            frame: whose file is looked at.
            line: of the file.
            inner: the frame that is called there, where it is known: a line that does not name it
                is of another revision of the file, which tells nothing.
        """
        file = self.file_of(frame)
        if file is None or not file.calls(line, inner.function if inner is not None else ""):
            return []
        return held_locks(file, line)

    def operations_at(
        self, frame: HasFunction, line: int, *kinds: OperationKind
    ) -> list[Operation]:
        """Return the operations of some kinds, or of any, in a line of a frame's file."""
        file = self.file_of(frame)
        return file.at(line, *(kinds or _KINDS)) if file is not None else []
