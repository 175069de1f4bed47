"""One parsed Go file: its functions, its calls and its operations on objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, nodes_of, text_of
from flakecore.diagnosis.source.imports import imports_of, library_function
from flakecore.diagnosis.source.objects.operations import (
    Operation,
    OperationKind,
    operations_in,
    operations_of,
    unknown_fields_of,
)
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.types import PackageTypes
from flakecore.python_gc import python_gc_paused

_CLOSURE = re.compile(r"(?:func|gowrap|deferwrap)?\d*")
_GENERIC = re.compile(r"\[.*\]", re.DOTALL)
_CALLS = frozenset(("call_expression",))
_RETURNS = frozenset(("return_statement",))
_SELECTS = frozenset(("select_statement",))
_NAMES = ("identifier", "field_identifier", "type_identifier", "package_identifier")
_IN_A_NAME = rb"[\w\x80-\xff]"
"""Bytes of names, of which those outside of ASCII may have any."""


class GoFile:
    """One parsed file of a package.

    Attributes:
        root: its syntax tree.
        types: the types of its package.
    """

    def __init__(self, root: Node, types: PackageTypes) -> None:
        """Take the root of a file and the types of its package."""
        self.root = root
        self.types = types
        self._named: dict[str, list[Node]] = {}

    @cached_property
    def functions(self) -> list[Node]:
        """Its functions, literals among them."""
        return nodes_of(self.root, frozenset(FUNCTIONS))

    @cached_property
    def selects(self) -> list[Node]:
        """Its select statements."""
        return nodes_of(self.root, _SELECTS)

    @cached_property
    def calls_of(self) -> list[Node]:
        """Its calls."""
        with python_gc_paused():
            return nodes_of(self.root, _CALLS)

    def calls_at(self, line: int) -> list[Node]:
        """Return the calls that begin in a line."""
        return [each for each in nodes_of(self.root, _CALLS, line) if line_of(each) == line]

    def named(self, name: str) -> list[Node]:
        """Return the identifiers of a name, in the order of the source."""
        if name not in self._named:
            self._named[name] = list(self._find(name.encode()))
        return self._named[name]

    def _find(self, name: bytes) -> Iterator[Node]:
        if not name or name not in self._text:
            return
        whole = re.compile(rb"(?<!%b)%b(?!%b)" % (_IN_A_NAME, re.escape(name), _IN_A_NAME))
        for found in whole.finditer(self._text):
            node = self.root.descendant_for_byte_range(*found.span())
            if node is not None and node.type in _NAMES:
                yield node

    @cached_property
    def _lines(self) -> list[str]:
        return text_of(self.root).split("\n")

    @cached_property
    def _text(self) -> bytes:
        return bytes(self.root.text)

    def mentions(self, name: str) -> bool:
        """Return whether a name may stand in it, so that it is worth a search."""
        return name.encode() in self._text

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """What the file does to objects, in the order of the source."""
        with python_gc_paused():
            return tuple(operations_of(self._operating, self.types))

    def does_to_unknown(self, field: str) -> bool:
        """Return whether it does something to a field of a name, of which type is not known."""
        return any(unknown_fields_of(self._operating, self.types, field))

    @cached_property
    def _operating(self) -> list[tuple[Node, OperationKind, Node]]:
        """The nodes that are operations, each with what is done to which operand."""
        return operations_in(self.root, self._text)

    @cached_property
    def imports(self) -> dict[str, str]:
        """The import paths of the file by the names that it uses for them."""
        return imports_of(self.root)

    def library_function(self, call: Node) -> str:
        """Return the function of another package that a call means, ``time.Since``; "" for none."""
        return library_function(call, self.imports, self.types)

    def function_at(self, line: int) -> Node | None:
        """Return the innermost function around a line; None for none."""
        index = int(self._function_of_line[line]) if 0 < line < len(self._function_of_line) else -1
        return self.functions[index] if index >= 0 else None

    @cached_property
    def _function_of_line(self) -> NDArray[np.int32]:
        """By line, from 1, the index of its innermost function in ``functions``; -1 for none."""
        found = np.full(len(self._lines) + 2, -1, np.int32)
        for index, each in enumerate(self.functions):  # An outer one begins before its literals.
            found[line_of(each) : last_line_of(each) + 1] = index
        return found

    def calls(self, line: int, function: str) -> bool:
        """Return whether a line may call a function: it names it, or the function has no name."""
        name = short_name(function)
        if not name or function.startswith("runtime."):
            return True
        return 0 < line <= len(self._lines) and name in self._lines[line - 1]

    def panics(self, line: int) -> bool:
        """Return whether a line calls ``panic``."""
        return any(
            text_of(each.child_by_field_name("function")) == "panic" for each in self.calls_at(line)
        )

    def at(self, line: int, *kinds: OperationKind) -> list[Operation]:
        """Return the operations of some kinds in a line."""
        return [each for each in self.operations if each.line == line and each.kind in kinds]

    def deferred_to(self, line: int, *kinds: OperationKind) -> list[Operation]:
        """Return the deferred operations of some kinds that run where a line leaves its function.

        That is a line with a return, or the function's last one: what is deferred runs there.
        """
        function = self.function_at(line)
        if function is None:
            return []
        returns = nodes_of(function, _RETURNS, line)
        leaves = any(line_of(each) == line for each in returns) or last_line_of(function) == line
        return [
            each
            for each in self.operations
            if leaves and each.deferred and each.function == function and each.kind in kinds
        ]

    def failed_operation(
        self, line: int, *kinds: OperationKind, deferred: OperationKind
    ) -> Operation | None:
        """Return the only operation that can have panicked in a line; None for several, or none.

        Args:
            line: the line that the stack names.
            kinds: what may have panicked in the line itself.
            deferred: what may have as its function was left there, where the line has none.
        """
        found = self.at(line, *kinds)
        if not found:
            function = self.function_at(line)
            found = [
                each
                for each in self.operations
                if each.deferred and each.kind is deferred and each.function == function
            ]
        return found[0] if len(found) == 1 else None

    def select_at(self, line: int) -> Node | None:
        """Return the select statement that begins in a line; None for none or several."""
        found = [each for each in self.selects if line_of(each) == line]
        return found[0] if len(found) == 1 else None

    def cases_of(self, select: Node) -> tuple[Operation, ...]:
        """Return the operations of a select's cases; empty where one of them has no name."""
        cases = [each for each in walk(select) if each.type == "communication_case"]
        cases = [each for each in cases if enclosing(each, "select_statement") == select]
        found = []
        for case in cases:
            within = case.child_by_field_name("communication")
            inside = [
                each
                for each in self.operations
                if each.in_select
                and within.start_byte <= each.node.start_byte
                and each.node.end_byte <= within.end_byte
            ]
            if len(inside) != 1:
                return ()
            found.append(inside[0])
        return tuple(found)


def short_name(function: str) -> str:
    """Return a function's own name, as a call of it has it; "" for closures and wrappers."""
    name = _GENERIC.sub("", function).rpartition(".")[2]
    return "" if _CLOSURE.fullmatch(name) else name
