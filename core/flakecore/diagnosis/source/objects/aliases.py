"""Alias analysis by unification: calls, assignments, returns and literals join the names they tie.

Each node that passes a value from one name to another joins both names, whatever the order in which
the code runs (as Steensgaard's analysis does, POPL 1996). A value that comes from
where it cannot be followed, or that goes there, lets the object escape.
"""

from __future__ import annotations

from collections import defaultdict

from flakecore.diagnosis.source.calls.call_graph import CallGraph
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.objects.alias_sets import (
    NAMES,
    NO_OBJECT,
    AliasSets,
    Key,
    key_at,
    key_of_name,
    result_key,
)
from flakecore.diagnosis.source.objects.escapes import bare, fields_in_order, lets_escape
from flakecore.diagnosis.source.objects.operations import OperationKind, object_name, operation_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters
from flakecore.diagnosis.source.types import PackageTypes

_HARMLESS = ("len", "cap", "close", "panic", "print", "println")
_MAKERS = ("make", "new", "sync.NewCond")
_PASSING = frozenset(
    (
        *("call_expression", "short_var_declaration", "assignment_statement", "var_spec"),
        *("range_clause", "return_statement", "keyed_element", "composite_literal"),
        "unary_expression",
    )
)
"""Nodes that pass an object from one name to another."""
_RECEIVING = ("unary_expression", "range_clause")


class Aliases:
    """The aliases of one package's objects, as far as its syntax trees have been looked at.

    Attributes:
        sets: The names, each with its aliases.
        escaped: Names whose objects may be used where nobody has looked.
        exported: Results of functions that importers of the package can call.
        makes: The calls of make that a name's value comes from.
    """

    def __init__(self, types: PackageTypes, calls: CallGraph) -> None:
        """Take the package's types and calls."""
        self.sets = AliasSets()
        self.escaped: set[Key] = set()
        self.exported: set[Key] = set()
        self.makes: defaultdict[Key, list[Node]] = defaultdict(list)
        self._types = types
        self._calls = calls
        self._looked_at: set[tuple[str, str, int, int]] = set()

    def look_at(self, file: str, node: Node) -> None:
        """Note once what a node ties together, or lets escape."""
        kind = node.type
        if kind not in NAMES and kind not in _PASSING:
            return
        place = (file, kind, node.start_byte, node.end_byte)
        if place in self._looked_at:
            return
        self._looked_at.add(place)
        if kind in NAMES:
            key = key_at(file, node, self._types) if lets_escape(node, self._types) else None
            if key is not None:
                self.escaped.add(key)
        else:
            self._follow(file, kind, node)

    def _follow(self, file: str, kind: str, node: Node) -> None:
        """Tie the names together that a node passes an object between, and note escapes."""
        operation = operation_of(kind, node) if kind in _RECEIVING else None
        if operation is not None and operation[1].type == "call_expression":
            self._follow_result(file, *operation)
        if kind == "call_expression":
            self._follow_call(file, node)
        elif kind in ("short_var_declaration", "assignment_statement"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            self._assign(file, _items(left), _items(right))
        elif kind == "var_spec":
            values = node.child_by_field_name("value")
            if values is not None:
                self._assign(file, node.children_by_field_name("name"), _items(values))
        elif kind == "range_clause":
            for name in _items(node.child_by_field_name("left")):
                self._pass(file, None, self._key_of(file, name))
        elif kind == "return_statement":
            self._follow_return(file, node)
        elif kind == "keyed_element":
            self._follow_field(file, node)
        elif kind == "composite_literal":
            self._follow_fields_in_order(file, node)

    def _follow_result(self, file: str, kind: OperationKind, call: Node) -> None:
        """Tie the channel that a call returns to what the called functions return."""
        function = enclosing(call, *FUNCTIONS)
        name = object_name(call, function, self._types, kind) if function is not None else None
        if name is None:
            return
        called = call.child_by_field_name("function")
        through = called.child_by_field_name("operand")
        owner = self._types.type_of(through).lstrip("*") if through is not None else ""
        # A method of an interface may be that of another package's type.
        known = through is None or owner in self._types.fields
        if not known or not self._is_made(file, call, key_of_name(name, file)):
            self.escaped.add(key_of_name(name, file))

    def _assign(self, file: str, left: list[Node], right: list[Node]) -> None:
        for at, to in enumerate(left):
            if text_of(to) == "_":
                continue
            value = right[at] if len(left) == len(right) else None
            self._pass(file, value, self._key_of(file, to))

    def _pass(self, file: str, value: Node | None, to: Key | None) -> None:
        """Note that a value goes to a name; None is a value or a name that is not followed."""
        value = bare(value)
        key = self._key_of(file, value) if value is not None else None
        if value is not None and text_of(value) in NO_OBJECT:
            return
        if key is not None and to is not None:
            self.sets.join(key, to)
        elif key is not None:
            self.escaped.add(key)
        elif to is not None and not (value is not None and self._is_made(file, value, to)):
            self.escaped.add(to)

    def _is_made(self, file: str, value: Node, to: Key) -> bool:
        """Return whether a value is new, or comes from functions of the package."""
        if value.type in ("composite_literal", "func_literal", "int_literal"):
            return True
        if value.type != "call_expression":
            return False
        maker = text_of(value.child_by_field_name("function"))
        if maker in _MAKERS:
            if maker == "make":
                self.makes[to].append(value)
            return True
        called = self._calls.called_by(file, value)
        for home, function in called or ():
            self.sets.join(result_key(home, function), to)
        return bool(called)

    def _follow_call(self, file: str, call: Node) -> None:
        name = text_of(call.child_by_field_name("function"))
        arguments = call.child_by_field_name("arguments")
        if arguments is None or name in (*_HARMLESS, *_MAKERS):
            return
        called = self._calls.called_by(file, call)
        for index, argument in enumerate(arguments.named_children):
            if not called:
                self._pass(file, argument, None)
            for home, function in called or ():
                at = index + (function.child_by_field_name("receiver") is not None)
                listed = parameters(function)
                known = at < len(listed) and not listed[at][1].startswith("...")
                key = ("bound", home, str(function.start_byte), listed[at][0]) if known else None
                self._pass(file, argument, key)

    def _follow_return(self, file: str, node: Node) -> None:
        function = enclosing(node, *FUNCTIONS)
        values = _items(node.named_children[0]) if node.named_children else []
        if function is None or not values:
            return
        named = function.type != "func_literal"
        if named and text_of(function.child_by_field_name("name"))[:1].isupper():
            self.exported.add(result_key(file, function))
        for at, value in enumerate(values):
            to = result_key(file, function) if named and at == 0 else None
            if to is not None or self._key_of(file, bare(value)) is not None:
                self._pass(file, value, to)

    def _follow_field(self, file: str, node: Node) -> None:
        literal = enclosing(node, "composite_literal")
        kind = text_of(literal.child_by_field_name("type")) if literal is not None else ""
        if not kind or len(node.named_children) < 2:
            return
        kind = kind.lstrip("*&").partition("[")[0]
        field, value = text_of(node.named_children[0]), node.named_children[-1]
        owner = self._types.owner(kind, field) or kind
        is_struct = field in self._types.fields.get(kind, {})
        self._pass(file, value, ("field", f"type {owner}", f".{field}") if is_struct else None)

    def _follow_fields_in_order(self, file: str, literal: Node) -> None:
        """Tie the values of a struct's literal without names to its fields."""
        fields = fields_in_order(literal, self._types)
        body = literal.child_by_field_name("body")
        values = [each for each in body.named_children if each.type == "literal_element"]
        if len(fields) != len(values):
            return
        kind = text_of(literal.child_by_field_name("type"))
        for field, value in zip(fields, values, strict=True):
            self._pass(file, value, ("field", f"type {kind}", f".{field}"))

    def _key_of(self, file: str, node: Node | None) -> Key | None:
        return key_at(file, node, self._types)


def _items(listed: Node | None) -> list[Node]:
    if listed is None:
        return []
    return list(listed.named_children) if listed.type == "expression_list" else [listed]
