"""One parsed Go file: its functions, its calls and its operations on objects."""

from __future__ import annotations

import re
from functools import cached_property

from flakecore.collector_pause import collector_paused
from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, nodes_of, text_of
from flakecore.diagnosis.source.imports import imports_of, library_function
from flakecore.diagnosis.source.objects.operations import (
    Operation,
    OperationKind,
    operation_of,
    operations_of,
    unknown_fields_of,
)
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.types import PackageTypes

_CLOSURE = re.compile(r"(?:func|gowrap|deferwrap)?\d*")
_GENERIC = re.compile(r"\[.*\]", re.DOTALL)
_OPERATING = frozenset(("send_statement", "unary_expression", "range_clause", "call_expression"))
"""Nodes that may be operations."""
_ASKED_FOR = frozenset(
    (
        *_OPERATING,
        *FUNCTIONS,
        *("select_statement", "identifier", "selector_expression", "short_var_declaration"),
        *("assignment_statement", "var_spec", "return_statement", "keyed_element"),
        "composite_literal",
    )
)


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

    @cached_property
    def nodes(self) -> list[tuple[str, Node]]:
        """Its nodes of the types that whole files are searched for, each with its type, in order.

        Half of a file's nodes are tokens, and most of the others of no type that is asked for.
        """
        with collector_paused():
            found = nodes_of(self.root, _ASKED_FOR)
            return [(each.type, each) for each in found]

    @cached_property
    def functions(self) -> list[Node]:
        """Its functions, literals among them."""
        return [each for kind, each in self.nodes if kind in FUNCTIONS]

    @cached_property
    def selects(self) -> list[Node]:
        """Its select statements."""
        return [each for kind, each in self.nodes if kind == "select_statement"]

    @cached_property
    def calls_of(self) -> list[Node]:
        """Its calls."""
        return [each for kind, each in self.nodes if kind == "call_expression"]

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
        with collector_paused():
            return tuple(operations_of(self._operating, self.types))

    @cached_property
    def unknown_fields(self) -> frozenset[str]:
        """Names of fields that it does something to, of which types is not known."""
        return frozenset(unknown_fields_of(self._operating, self.types))

    @cached_property
    def _operating(self) -> list[tuple[Node, OperationKind, Node]]:
        """The nodes that may be operations, each with what is done to which operand."""
        return [
            (each, *operation)
            for kind, each in self.nodes
            if kind in _OPERATING and (operation := operation_of(kind, each)) is not None
        ]

    @cached_property
    def imports(self) -> dict[str, str]:
        """The import paths of the file by the names that it uses for them."""
        return imports_of(self.root)

    def library_function(self, call: Node) -> str:
        """Return the function of another package that a call means, ``time.Since``; "" for none."""
        return library_function(call, self.imports, self.types)

    def function_at(self, line: int) -> Node | None:
        """Return the innermost function around a line; None for none."""
        around = [each for each in self.functions if line_of(each) <= line <= last_line_of(each)]
        return max(around, key=lambda each: each.start_byte, default=None)

    def calls(self, line: int, function: str) -> bool:
        """Return whether a line may call a function: it names it, or the function has no name."""
        name = short_name(function)
        if not name or function.startswith("runtime."):
            return True
        return 0 < line <= len(self._lines) and name in self._lines[line - 1]

    def panics(self, line: int) -> bool:
        """Return whether a line calls ``panic``."""
        return any(
            line_of(each) == line and text_of(each.child_by_field_name("function")) == "panic"
            for each in self.calls_of
        )

    def at(self, line: int, *kinds: OperationKind) -> list[Operation]:
        """Return the operations of some kinds in a line."""
        return [each for each in self.operations if each.line == line and each.kind in kinds]

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
