"""What a package does with its maps: which line reads, writes or ranges over which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, walk
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key

WRITES = "writes"
READS = "reads"
RANGES = "ranges over"
_CHANGING = ("inc_statement", "dec_statement")


@dataclass(frozen=True, slots=True)
class MapUse:
    """One use of what may be a map.

    Attributes:
        key: the variable or field that it is.
        text: the expression as it stands there.
        does: ``writes``, ``reads`` or ``ranges over``.
        file, line: where.
        function: the declared function that it stands in; "" for none.
    """

    key: VariableKey
    text: str
    does: str
    file: str
    line: int
    function: str

    @property
    def at(self) -> str:
        """``store.go:18``."""
        return f"{self.file}:{self.line}"


def map_uses(package: GoPackage) -> list[MapUse]:
    """Return all uses of indexed variables and fields of a package, and of those ranged over."""
    return [
        MapUse(key, " ".join(text_of(operand).split()), does, name, line_of(node), _function(node))
        for name, file in package.files.items()
        for node in walk(file.root)
        for operand, does in _used(node)
        if (key := variable_key(package.types, operand)) is not None
    ]


def _used(node: Node) -> Iterator[tuple[Node, str]]:
    if node.type == "index_expression":
        yield node.child_by_field_name("operand"), WRITES if _is_changed(node) else READS
    elif node.type == "range_clause":
        right = node.child_by_field_name("right")
        if right is not None:
            yield right, RANGES
    elif node.type == "call_expression":
        arguments = node.child_by_field_name("arguments")
        called = text_of(node.child_by_field_name("function"))
        if called in ("delete", "clear") and arguments is not None and arguments.named_children:
            yield arguments.named_children[0], WRITES


def _is_changed(node: Node) -> bool:
    """Return whether a statement assigns to an element."""
    around = node.parent
    if around is not None and around.type in _CHANGING:
        return True
    listed = around if around is not None and around.type == "expression_list" else None
    statement = listed.parent if listed is not None else None
    return (
        statement is not None
        and statement.type == "assignment_statement"
        and bool(statement.child_by_field_name("left") == listed)
    )


def _function(node: Node) -> str:
    inner = enclosing(node, *FUNCTIONS)
    around = declared_around(inner) if inner is not None else None
    return text_of(around.child_by_field_name("name")) if around is not None else ""
