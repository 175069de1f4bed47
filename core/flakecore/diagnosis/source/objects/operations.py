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
from dataclasses import dataclass, replace
from enum import StrEnum

from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, outermost, parameters
from flakecore.diagnosis.source.types import PackageTypes


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

    @property
    def noun(self) -> str:
        """What it is called as a thing that is done: to range over a channel is to receive."""
        return "receive" if self is OperationKind.RANGE else self.value


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


_OPERATING = ("send_statement", "unary_expression", "range_clause", "call_expression")
"""Nodes that may be operations."""
_SIGNS = re.compile(rf"<-|\brange\b|\b(?:close|{'|'.join(_METHODS)})\b(?=\s*\()".encode())
"""What stands within an operation: an arrow, a word, or a name that is called."""
OF_CHANNELS = (
    OperationKind.RECEIVE,
    OperationKind.RANGE,
    OperationKind.SEND,
    OperationKind.CLOSE,
)
"""Operations that may be on what a call returns (``for v := range p.results()``) or on an element
(``close(subs[i])``). Locks of one type are distinguished."""
ELEMENT = "[]"
"""What the path of an element of a container ends with."""
_INDEXED = ("identifier", "selector_expression", "index_expression", "call_expression")
"""Containers whose elements have names."""
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


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


def operations_of(
    found: list[tuple[Node, OperationKind, Node]], types: PackageTypes
) -> Iterator[Operation]:
    """Yield the operations of some nodes whose objects have names.

    Args:
        found: the nodes, each with what is done to which operand.
        types: those of the package.
    """
    for node, kind, operand in found:
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


def unknown_fields_of(
    found: list[tuple[Node, OperationKind, Node]], types: PackageTypes, field: str
) -> Iterator[Node]:
    """Yield the operands that are a field of a name, of types that are not known to have it.

    Args:
        found: nodes, each with what is done to which operand.
        types: those of the package.
        field: the name.
    """
    for _, _, operand in found:
        if operand.type != "selector_expression":
            continue
        if text_of(operand.child_by_field_name("field")) != field:
            continue
        kind = types.type_of(operand.child_by_field_name("operand")).lstrip("*")
        if not kind or ("." not in kind and not types.owner(kind, field)):
            yield operand


def operations_in(root: Node, text: bytes) -> list[tuple[Node, OperationKind, Node]]:
    """Return the nodes of a file that are operations, each with what is done to which operand.

    They are looked for where the text has their sign, which takes a fraction of what a look at all
    calls and expressions takes.

    Args:
        root: of its syntax tree.
        text: of the file.
    """
    found: dict[tuple[int, int], tuple[Node, OperationKind, Node]] = {}
    for sign in _SIGNS.finditer(text):
        token = root.descendant_for_byte_range(*sign.span())
        node = token.parent if token is not None else None
        if node is not None and node.type == "selector_expression":
            node = node.parent
        if node is None or node.type not in _OPERATING:
            continue
        operation = operation_of(node.type, node)
        if operation is not None:
            found[node.start_byte, -node.end_byte] = (node, *operation)
    return [found[extent] for extent in sorted(found)]


def operation_of(type_: str, node: Node) -> tuple[OperationKind, Node] | None:
    """Return what a node of a type does to which operand; None if it is no operation."""
    if type_ == "send_statement":
        return OperationKind.SEND, node.child_by_field_name("channel")
    if type_ == "unary_expression":
        if text_of(node.child_by_field_name("operator")) != "<-":
            return None
        return OperationKind.RECEIVE, node.child_by_field_name("operand")
    if type_ == "range_clause":
        right = node.child_by_field_name("right")
        return (OperationKind.RANGE, right) if right is not None else None
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

    None for expressions that are neither names nor selectors of names, nor calls of what has a name
    where a channel is received from.

    Args:
        operand: the expression.
        function: the innermost function around it.
        types: those of the package.
        kind: what is done to it, which distinguishes an embedded lock or group from its struct.
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
    if operand.type == "call_expression":
        return _result_name(operand, types) if kind in OF_CHANNELS else None
    if operand.type == "index_expression":
        of = operand.child_by_field_name("operand") if kind in OF_CHANNELS else None
        if of is None or of.type not in _INDEXED:
            return None
        of_result = of.type == "call_expression"
        name = object_name(of, function, types, OperationKind.RECEIVE if of_result else kind)
        return (
            replace(name, path=f"{name.path}{ELEMENT}", text=text, parameter=-1) if name else None
        )
    if operand.type == "selector_expression":
        return _field_name(operand, function, types, text)
    return _variable_name(operand, function, types, text)


def container_name(name: ObjectName) -> ObjectName:
    """Return the name of the container that a name is an element of."""
    path = name.path.removesuffix(ELEMENT)
    text = name.text if path.endswith(ELEMENT) else name.text.partition("[")[0]
    return replace(name, path=path, text=text)


def _result_name(call: Node, types: PackageTypes) -> ObjectName | None:
    """Return the name of what a call returns: of the function, and of its receiver's type."""
    called = call.child_by_field_name("function")
    text = "".join(text_of(called).split())
    if not _DOTTED.fullmatch(text):
        return None
    given = call.child_by_field_name("arguments")
    shown = "(…)" if given is not None and given.named_children else "()"
    through = called.child_by_field_name("operand") if called.type != "identifier" else None
    kind = types.type_of(through).lstrip("*")
    path = f"{kind}.{text.rpartition('.')[2]}" if kind else text
    return ObjectName("result", f"{path}()", f"{text}{shown}")


def _field_name(operand: Node, function: Node, types: PackageTypes, text: str) -> ObjectName | None:
    through = operand.child_by_field_name("operand")
    field = text_of(operand.child_by_field_name("field"))
    kind = types.type_of(through).lstrip("*")
    owner = types.owner(kind, field) if kind else ""
    if kind:
        index = _parameter(through, function) if owner in ("", kind) else -1
        return ObjectName(f"type {owner or kind}", f".{field}", text, index)
    if not _DOTTED.fullmatch(text):
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
