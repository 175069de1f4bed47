"""Operations on locks, channels, wait groups and conds in one Go file, each with its object.

An object is named by the expression that leads to it. Two expressions are taken for the same object
where they name one field of one type (``p.mu`` in two methods of ``*Pool``, ``pool.mu`` in a test;
an embedded lock is a field, too), one local variable of one outermost function (closures share it),
or one package variable. That is syntax, not flow: two values of one type are one object here, so
whoever builds on it needs further evidence, and calls its claim inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, text_of
from flakecore.diagnosis.source.imports import imports_of, library_function
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, outermost, parameters, walk
from flakecore.diagnosis.source.types import PackageTypes

_CLOSURE = re.compile(r"(?:func|gowrap|deferwrap)?\d*")
_GENERIC = re.compile(r"\[.*\]", re.DOTALL)


class OperationKind(StrEnum):
    """What is done to an object."""

    LOCK = "Lock"
    UNLOCK = "Unlock"
    RLOCK = "RLock"
    RUNLOCK = "RUnlock"
    SEND = "send"
    RECEIVE = "receive"
    RANGE = "range"
    CLOSE = "close"
    WAIT = "Wait"
    ADD = "Add"
    DONE = "Done"
    SIGNAL = "Signal"
    BROADCAST = "Broadcast"
    DO = "Do"


_METHODS = {
    kind.value: kind
    for kind in (
        OperationKind.LOCK,
        OperationKind.UNLOCK,
        OperationKind.RLOCK,
        OperationKind.RUNLOCK,
        OperationKind.WAIT,
        OperationKind.ADD,
        OperationKind.DONE,
        OperationKind.SIGNAL,
        OperationKind.BROADCAST,
        OperationKind.DO,
    )
}


_LOCKS = ("Mutex", "RWMutex")
_EMBEDDED: dict[OperationKind, tuple[str, ...]] = {
    OperationKind.LOCK: _LOCKS,
    OperationKind.UNLOCK: _LOCKS,
    OperationKind.RLOCK: _LOCKS,
    OperationKind.RUNLOCK: _LOCKS,
    OperationKind.WAIT: ("WaitGroup", "Cond"),
    OperationKind.ADD: ("WaitGroup",),
    OperationKind.DONE: ("WaitGroup",),
    OperationKind.SIGNAL: ("Cond",),
    OperationKind.BROADCAST: ("Cond",),
    OperationKind.DO: ("Once",),
}
"""The types of package sync whose methods an operation may be, where a struct embeds one."""


@dataclass(frozen=True, slots=True)
class ObjectName:
    """The expression that leads to an object.

    Attributes:
        scope: what holds it: ``type Pool``, ``local TestX`` or ``package``.
        path: the field, ``.mu``; for locals and package variables their whole text; for parameters
            their type.
        text: the expression as it stands in the source: ``p.mu``.
        parameter: index of the parameter of the function around it that it is, or is a field of
            (not of a struct within), the receiver being 0 of a method; -1 for none.
        bound_at: the byte at which the function begins whose parameter or local variable it is; -1
            for fields and package variables.
    """

    scope: str
    path: str
    text: str
    parameter: int = -1
    bound_at: int = -1

    def is_same(self, other: ObjectName) -> bool:
        """Return whether two expressions may lead to the same object."""
        return self.scope == other.scope and self.path == other.path


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        kind: what is done.
        object: to what.
        line: where, from 1.
        deferred: by a ``defer`` statement.
        in_select: as a case of a select.
        node: its syntax node.
        function: the node of the innermost function around it.
    """

    kind: OperationKind
    object: ObjectName
    line: int
    deferred: bool
    in_select: bool
    node: Node
    function: Node


class GoFile:
    """One parsed file of a package.

    Attributes:
        root: its syntax tree.
        types: the types of its package.
        functions: its functions, literals among them.
        operations: what it does to objects, in the order of the source.
        unknown_fields: names of fields that it does something to, of which types is not known.
    """

    def __init__(self, root: Node, types: PackageTypes) -> None:
        """Take the root of a file and the types of its package."""
        self.root = root
        self.types = types
        nodes = list(walk(root))
        self.functions = [each for each in nodes if each.type in FUNCTIONS]
        self.selects = [each for each in nodes if each.type == "select_statement"]
        self.calls_of = [each for each in nodes if each.type == "call_expression"]
        self.operations = tuple(_operations(nodes, types))
        self.unknown_fields = frozenset(_unknown_fields(nodes, types))
        self._lines = text_of(root).split("\n")

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


def _operations(nodes: list[Node], types: PackageTypes) -> Iterator[Operation]:
    for node in nodes:
        found = _operation(node)
        if found is None:
            continue
        kind, operand = found
        function = enclosing(node, *FUNCTIONS)
        name = object_name(operand, function, types, kind) if function is not None else None
        if name is None:
            continue
        case = enclosing(node, "communication_case", "block")
        yield Operation(
            kind=kind,
            object=name,
            line=line_of(node),
            deferred=node.parent is not None and node.parent.type == "defer_statement",
            in_select=case is not None and case.type == "communication_case",
            node=node,
            function=function,
        )


def _unknown_fields(nodes: list[Node], types: PackageTypes) -> Iterator[str]:
    """Yield the fields that operations are on where no type of the package is known to have it."""
    for node in nodes:
        found = _operation(node)
        if found is None or found[1].type != "selector_expression":
            continue
        field = text_of(found[1].child_by_field_name("field"))
        kind = types.type_of(found[1].child_by_field_name("operand")).lstrip("*")
        if not kind or ("." not in kind and not types.owner(kind, field)):
            yield field


def _operation(node: Node) -> tuple[OperationKind, Node] | None:
    """Return what a node does to which operand; None if it is no operation."""
    if node.type == "send_statement":
        return OperationKind.SEND, node.child_by_field_name("channel")
    if node.type == "unary_expression" and text_of(node.child_by_field_name("operator")) == "<-":
        return OperationKind.RECEIVE, node.child_by_field_name("operand")
    if node.type == "range_clause":
        right = node.child_by_field_name("right")
        return (OperationKind.RANGE, right) if right is not None else None
    if node.type != "call_expression":
        return None
    called = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if called.type == "identifier" and text_of(called) == "close" and arguments.named_children:
        return OperationKind.CLOSE, arguments.named_children[0]
    if called.type == "selector_expression":
        kind = _METHODS.get(text_of(called.child_by_field_name("field")))
        if kind is not None:
            return kind, called.child_by_field_name("operand")
    return None


def object_name(
    operand: Node, function: Node, types: PackageTypes, kind: OperationKind | None = None
) -> ObjectName | None:
    """Return the name of the object that an expression in a function leads to.

    None for expressions that are neither names nor selectors of names.

    Args:
        operand: the expression.
        function: the innermost function around it.
        types: those of the package.
        kind: what is done to it, which tells an embedded lock or group from its struct.
    """
    while operand.type in ("parenthesized_expression", "unary_expression"):
        if operand.type == "unary_expression" and text_of(operand.children[0]) not in "&*":
            return None
        operand = operand.named_children[-1]
    text = "".join(text_of(operand).split())
    embedded = _EMBEDDED.get(kind) if kind is not None else None
    if embedded is not None:
        owner, field = types.sync_field(types.type_of(operand), *embedded)
        if owner:
            direct = types.type_of(operand).lstrip("*") == owner
            index = _parameter(operand, function) if direct else -1
            return ObjectName(f"type {owner}", f".{field}", text, index)
    if operand.type == "selector_expression":
        return _field_name(operand, function, types, text)
    return _variable_name(operand, function, types, text)


def _field_name(operand: Node, function: Node, types: PackageTypes, text: str) -> ObjectName | None:
    through = operand.child_by_field_name("operand")
    field = text_of(operand.child_by_field_name("field"))
    kind = types.type_of(through).lstrip("*")
    owner = types.owner(kind, field) if kind else ""
    if kind:
        index = _parameter(through, function) if owner in ("", kind) else -1
        return ObjectName(f"type {owner or kind}", f".{field}", text, index)
    if not re.fullmatch(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*", text):
        return None
    root = through
    while root.type == "selector_expression":
        root = root.child_by_field_name("operand")
    bound = types.binding(root)
    if bound is not None:
        return ObjectName(f"local {outermost(bound[0])}", text, text, -1, bound[0].start_byte)
    return ObjectName("package", text, text)


def _variable_name(
    operand: Node, function: Node, types: PackageTypes, text: str
) -> ObjectName | None:
    if operand.type != "identifier":
        return None
    bound = types.binding(operand)
    if bound is None:
        return ObjectName("package", text, text)
    around, how = bound
    if how == "parameter":
        kind = dict(parameters(around)).get(text, "").lstrip("*")
        index = _parameter(operand, function)
        return ObjectName(f"type {kind}", kind, text, index, around.start_byte)
    return ObjectName(f"local {outermost(around)}", text, text, bound_at=around.start_byte)


def _parameter(operand: Node, function: Node) -> int:
    """Return the index of the parameter of a function that an expression is; -1 if it is none."""
    names = [name for name, _ in parameters(function)]
    text = text_of(operand)
    return names.index(text) if text in names else -1
