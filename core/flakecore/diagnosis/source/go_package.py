"""One package's files: its objects, and which functions may lead to an operation on one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, text_of
from flakecore.diagnosis.source.object_uses import PackageUses
from flakecore.diagnosis.source.operations import FUNCTIONS, GoFile, Operation, enclosing, walk
from flakecore.frames import HasFunction


class GoPackage:
    """The parsed files of one folder.

    Attributes:
        folder: its path as the stacks have it.
        files: its files by name.
    """

    def __init__(self, folder: str, files: Mapping[str, GoFile]) -> None:
        """Take the files that could be parsed."""
        self.folder = folder
        self.files = files

    @cached_property
    def uses(self) -> PackageUses:
        """What is done with the package's objects."""
        return PackageUses(self.files)

    def holds(self, frame: HasFunction, file: str, function: Node) -> bool:
        """Return whether a frame stands in a function of one of the files."""
        return frame.file == f"{self.folder}/{file}" and line_of(function) <= getattr(
            frame, "line", 0
        ) <= last_line_of(function)

    def leading_to(self, operations: Iterable[tuple[str, Operation]]) -> list[tuple[str, Node]]:
        """Return the functions that do one of some operations, or may call one that does.

        A function leads to whatever its body names, so it may be more than are ever called.
        """
        found = {(file, each.function.start_byte): each.function for file, each in operations}
        todo = list(found)
        while todo:
            file, start = todo.pop()
            function = found[file, start]
            for caller_file, caller in self._callers(file, function):
                key = (caller_file, caller.start_byte)
                if key not in found:
                    found[key] = caller
                    todo.append(key)
        return [(file, function) for (file, _), function in found.items()]

    def _callers(self, file: str, function: Node) -> list[tuple[str, Node]]:
        if function.type == "func_literal":
            outer = enclosing(function, *FUNCTIONS)
            return [(file, outer)] if outer is not None else []
        return self._naming.get(text_of(function.child_by_field_name("name")), [])

    @cached_property
    def _naming(self) -> dict[str, list[tuple[str, Node]]]:
        """The functions in which each name stands, apart from declarations."""
        found: dict[str, dict[tuple[str, int], Node]] = {}
        for file, parsed in self.files.items():
            for node in walk(parsed.root):
                if node.type not in ("identifier", "field_identifier"):
                    continue
                around = enclosing(node, *FUNCTIONS)
                if around is not None and node.parent != around:
                    key = (file, around.start_byte)
                    found.setdefault(text_of(node), {})[key] = around
        return {
            name: [(file, node) for (file, _), node in places.items()]
            for name, places in found.items()
        }
