"""Operations on locks, channels, wait groups and conds in one Go file, each with its object.

An object is named by the expression that leads to it. Two expressions are taken for the same object
where they go through a receiver or parameter of one type (``p.mu`` in two methods of ``*Pool``),
through one local variable of one outermost function (closures share it), or through one package
variable. That is syntax, not flow: two values of one type are one object here, so whoever builds on
it needs further evidence, and calls its claim inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, parse, text_of

FUNCTIONS = ("function_declaration", "method_declaration", "func_literal")
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


@dataclass(frozen=True, slots=True)
class ObjectName:
    """The expression that leads to an object.

    Attributes:
        scope: what its first name is: ``type *Pool``, ``local TestX`` or ``package``.
        path: the names behind it, ``.mu``; for locals and package variables with the first one.
        text: the expression as it stands in the source: ``p.mu``.
        parameter: index of the parameter that it goes through, the receiver being 0 of a method;
            -1 for none.
        bound_at: the byte at which the function begins whose parameter or local variable the first
            name is; -1 for package variables.
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
    """One parsed file."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.functions = [each for each in walk(root) if each.type in FUNCTIONS]
        self.operations = tuple(_operations(root))
        self._lines = text_of(root).split("\n")

    def function_at(self, line: int) -> Node | None:
        """Return the innermost function around a line; None for none."""
        around = [each for each in self.functions if line_of(each) <= line <= last_line_of(each)]
        return max(around, key=lambda each: each.start_byte, default=None)

    def calls(self, line: int, function: str) -> bool:
        """Return whether a line may call a function: it names it, or the function has no name."""
        name = _GENERIC.sub("", function).rpartition(".")[2]
        if not name or _CLOSURE.fullmatch(name) or function.startswith("runtime."):
            return True
        return 0 < line <= len(self._lines) and name in self._lines[line - 1]

    def at(self, line: int, *kinds: OperationKind) -> list[Operation]:
        """Return the operations of some kinds in a line."""
        return [each for each in self.operations if each.line == line and each.kind in kinds]


def read_go_file(data: bytes) -> GoFile | None:
    """Return a parsed file; None where it cannot be parsed here."""
    root = parse(data)
    return GoFile(root) if root is not None else None


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in the order of the source."""
    stack = [node]
    while stack:
        each = stack.pop()
        yield each
        stack.extend(reversed(each.children))


def enclosing(node: Node, *types: str) -> Node | None:
    """Return the innermost node of some types around a node; None for none."""
    node = node.parent
    while node is not None and node.type not in types:
        node = node.parent
    return node


def _operations(root: Node) -> Iterator[Operation]:
    for node in walk(root):
        found = _operation(node)
        if found is None:
            continue
        kind, operand = found
        function = enclosing(node, *FUNCTIONS)
        name = object_name(operand, function) if function is not None else None
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


def object_name(operand: Node, function: Node) -> ObjectName | None:
    """Return the name of the object that an expression in a function leads to.

    None for expressions that are neither names nor selectors of names.
    """
    text = "".join(text_of(operand).split()).lstrip("&*(").rstrip(")")
    if not re.fullmatch(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*", text):
        return None
    root, dot, path = text.partition(".")
    within: Node | None = function
    while within is not None:
        for index, (name, kind) in enumerate(parameters(within)):
            if name == root:
                parameter = index if within == function else -1
                scope = f"type {_GENERIC.sub('', kind).lstrip('*')}"
                return ObjectName(scope, dot + path or kind, text, parameter, within.start_byte)
        if _declares(within, root):
            return ObjectName(f"local {_outermost(within)}", text, text, bound_at=within.start_byte)
        within = enclosing(within, *FUNCTIONS)
    return ObjectName("package", text, text)


def parameters(function: Node) -> list[tuple[str, str]]:
    """Return name and type of a function's parameters, the receiver first."""
    found = []
    for field in ("receiver", "parameters"):
        listed = function.child_by_field_name(field)
        for each in listed.named_children if listed is not None else ():
            kind = text_of(each.child_by_field_name("type"))
            names = [text_of(name) for name in each.children_by_field_name("name")]
            found += [(name, kind) for name in names or ["_"]]
    return found


def _declares(function: Node, name: str) -> bool:
    """Return whether a function declares a local variable, not counting functions within it."""
    stack = [function.child_by_field_name("body")]
    while stack:
        node = stack.pop()
        if node is None or node.type == "func_literal":
            continue
        if node.type in ("short_var_declaration", "range_clause"):
            left = node.child_by_field_name("left")
            if left is not None and name in text_of(left).replace(",", " ").split():
                return True
        if node.type == "var_spec" and name in [
            text_of(each) for each in node.children_by_field_name("name")
        ]:
            return True
        stack.extend(node.children)
    return False


def _outermost(function: Node) -> str:
    """Return the name of the declared function around a function, with its receiver's type."""
    declared = function
    while declared.type == "func_literal":
        outer = enclosing(declared, *FUNCTIONS)
        if outer is None:
            return ""
        declared = outer
    receiver = text_of(declared.child_by_field_name("receiver"))
    return f"{receiver}{text_of(declared.child_by_field_name('name'))}"
