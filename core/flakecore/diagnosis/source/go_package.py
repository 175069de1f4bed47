"""One package's files: its objects, and which functions may lead to an operation on one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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

    def may_reach(
        self, frame: HasFunction, line: int, file: str, function: Node, targets: Sequence[Node]
    ) -> bool:
        """Return whether a frame that stands in a line of a function may still come to a target.

        A target is a node of the function. It may still be come to where it stands in that line or
        behind it, in a loop around that line, or in a function literal or a defer statement, which
        run whenever they do.
        """
        if frame.file != f"{self.folder}/{file}":
            return False
        if not line_of(function) <= line <= last_line_of(function):
            return False
        return any(_is_ahead(function, line, target) for target in targets)

    def leading_to(
        self, operations: Iterable[tuple[str, Operation]]
    ) -> list[tuple[str, Node, list[Node]]]:
        """Return the functions that do one of some operations, or may call one that does.

        A function leads to whatever its body names, so it may be more than are ever called. With
        each come the nodes of it that do or name what is led to.
        """
        found: dict[tuple[str, int], tuple[Node, list[Node]]] = {}
        todo: list[tuple[str, Node]] = []

        def add(file: str, function: Node, target: Node) -> None:
            key = (file, function.start_byte)
            if key not in found:
                found[key] = (function, [])
                todo.append((file, function))
            found[key][1].append(target)

        for file, each in operations:
            add(file, each.function, each.node)
        while todo:
            file, function = todo.pop()
            for caller_file, caller, target in self._callers(file, function):
                add(caller_file, caller, target)
        return [(file, function, targets) for (file, _), (function, targets) in found.items()]

    def _callers(self, file: str, function: Node) -> list[tuple[str, Node, Node]]:
        if function.type == "func_literal":
            outer = enclosing(function, *FUNCTIONS)
            return [(file, outer, function)] if outer is not None else []
        return self._naming.get(text_of(function.child_by_field_name("name")), [])

    @cached_property
    def _naming(self) -> dict[str, list[tuple[str, Node, Node]]]:
        """The functions in which each name stands, apart from declarations, and where."""
        found: defaultdict[str, list[tuple[str, Node, Node]]] = defaultdict(list)
        for file, parsed in self.files.items():
            for node in walk(parsed.root):
                if node.type not in ("identifier", "field_identifier"):
                    continue
                around = enclosing(node, *FUNCTIONS)
                if around is not None and node.parent != around:
                    found[text_of(node)].append((file, around, node))
        return dict(found)


def _is_ahead(function: Node, line: int, target: Node) -> bool:
    """Return whether a node of a function may still be come to from a line of it."""
    if target.type == "func_literal" or last_line_of(target) >= line:
        return True
    node = target
    while node is not None and node != function:
        if node.type in ("defer_statement", "go_statement"):
            return bool(node.type == "defer_statement")
        if node.type == "for_statement" and line_of(node) <= line <= last_line_of(node):
            return True
        node = node.parent
    return False
