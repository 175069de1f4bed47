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
    argument_key,
    element_of,
    key_at,
    key_of_name,
    result_key,
)
from flakecore.diagnosis.source.objects.escapes import (
    bare,
    fields_in_order,
    is_of_elements,
    lets_escape,
)
from flakecore.diagnosis.source.objects.operations import (
    OF_CHANNELS,
    OperationKind,
    object_name,
    operation_of,
)
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.source.types import PackageTypes

_HARMLESS = ("len", "cap", "close", "panic", "print", "println", "delete", "clear")
_MAKERS = ("make", "new", "sync.NewCond")
_PASSING = frozenset(
    (
        *("call_expression", "short_var_declaration", "assignment_statement", "var_spec"),
        *("range_clause", "return_statement", "keyed_element", "composite_literal"),
        *("unary_expression", "send_statement", "receive_statement", "index_expression"),
    )
)
"""Nodes that pass an object from one name to another."""
_OPERATING = ("unary_expression", "range_clause", "send_statement", "call_expression")
"""Nodes that may do something to the channel that a call returns."""
_NO_OBJECTS = (
    *("int_literal", "float_literal", "rune_literal", "interpreted_string_literal"),
    *("raw_string_literal", "true", "false", "nil", "binary_expression"),
)
"""Nodes of values that are no objects."""
_WITH_OK = ("unary_expression", "index_expression")
"""Nodes of values that may be had with whether they are there."""
_SPREAD = "variadic_argument"
"""The node of ``xs...``."""


class Aliases:
    """The aliases of one package's objects, as far as its syntax trees have been looked at.

    Attributes:
        sets: The names, each with its aliases.
        escaped: Names whose objects may be used where nobody has looked.
        exported: Results of functions that importers of the package can call.
        makes: The calls of make that a name's value comes from.
        literals: Literals of slices, arrays and maps by the names that stand for them.
    """

    def __init__(self, types: PackageTypes, calls: CallGraph) -> None:
        """Take the package's types and calls."""
        self.sets = AliasSets()
        self.escaped: set[Key] = set()
        self.exported: set[Key] = set()
        self.makes: defaultdict[Key, list[Node]] = defaultdict(list)
        self.literals: dict[Key, tuple[str, Node]] = {}
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
        operation = operation_of(kind, node) if kind in _OPERATING else None
        is_on_result = operation is not None and operation[1].type == "call_expression"
        if operation is not None and is_on_result and operation[0] in OF_CHANNELS:
            self._follow_result(file, *operation)
        if kind == "call_expression":
            self._follow_call(file, node)
        elif kind == "index_expression":
            self._follow_index(file, node)
        elif kind in ("short_var_declaration", "assignment_statement", "receive_statement"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            self._assign(file, _items(left), _items(right))
        elif kind == "var_spec":
            values = node.child_by_field_name("value")
            if values is not None:
                self._assign(file, node.children_by_field_name("name"), _items(values))
        elif kind == "range_clause":
            self._follow_range(file, node)
        elif kind == "send_statement":
            channel = self._key_of(file, node.child_by_field_name("channel"))
            self._put_into_container(file, node.child_by_field_name("value"), channel)
        elif kind == "return_statement":
            self._follow_return(file, node)
        elif kind == "keyed_element":
            self._follow_field(file, node)
        elif kind == "composite_literal" and is_of_elements(node, self._types):
            self._follow_elements(file, node)
        elif kind == "composite_literal":
            self._follow_fields_in_order(file, node)

    def _follow_range(self, file: str, clause: Node) -> None:
        """Tie the names of a loop to what is in that which it ranges over."""
        ranged = clause.child_by_field_name("right")
        names = _items(clause.child_by_field_name("left"))
        if self._types.underlying(self._types.type_of(ranged)).startswith("["):
            names = names[1:]
        source = self._key_of(file, bare(ranged))
        for name in names:
            to = self._key_of(file, name)
            if to is not None and source is not None:
                self.sets.join(element_of(source), to)
            else:
                self._pass(file, None, to)

    def _follow_index(self, file: str, node: Node) -> None:
        """Tie what a map is asked by to what is in it: an object may be a key."""
        operand = node.child_by_field_name("operand")
        if operand.type == "call_expression":
            self._follow_result(file, OperationKind.RECEIVE, operand)
        if not self._types.underlying(self._types.type_of(operand)).startswith("["):
            index = node.child_by_field_name("index")
            self._put_into_container(file, index, self._key_of(file, bare(operand)))

    def _follow_elements(self, file: str, literal: Node) -> None:
        """Tie the elements of a literal of a slice, an array or a map to it."""
        to = self._key_of(file, literal)
        for each in literal.child_by_field_name("body").named_children:
            for part in each.named_children if each.type == "keyed_element" else (each,):
                self._put_into_container(file, part, to)

    def _follow_append(self, file: str, arguments: list[Node], to: Key | None) -> None:
        """Tie what is appended to a slice to what is in it."""
        for each in arguments[1:]:
            if each.type == _SPREAD:
                self._hold(file, each.named_children[0], to)
            else:
                self._put_into_container(file, each, to)

    def _put_into_container(self, file: str, value: Node | None, container: Key | None) -> None:
        """Note that a value is put into a container; None is one that is not followed."""
        self._hold(file, value, element_of(container) if container is not None else None)

    def _hold(self, file: str, value: Node | None, to: Key | None) -> None:
        """Note that a value goes to a name, if it may be an object."""
        value = bare(value)
        if value is None or value.type in _NO_OBJECTS:
            return
        if to is not None or self._key_of(file, value) is not None:
            self._pass(file, value, to)

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
            if len(right) == 1 and len(left) == 2 and right[0].type in _WITH_OK:
                if at == 1:
                    continue
                value = right[0]
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
        if value.type in ("composite_literal", "func_literal", *_NO_OBJECTS):
            return True
        if value.type != "call_expression":
            return False
        maker = text_of(value.child_by_field_name("function"))
        if maker == "append":
            self._follow_append(file, value.child_by_field_name("arguments").named_children, to)
            return True
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
        if name == "append":
            self._follow_append(file, arguments.named_children, self._key_of(file, call))
            return
        called = self._calls.called_by(file, call)
        for index, argument in enumerate(arguments.named_children):
            spread = argument.type == _SPREAD
            value = argument.named_children[0] if spread else argument
            if not called:
                self._pass(file, value, None)
            for home, function in called or ():
                at = index + (function.child_by_field_name("receiver") is not None)
                self._pass(file, value, argument_key(home, function, at, spread=spread))

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
        if not kind or len(node.named_children) < 2 or is_of_elements(literal, self._types):
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
        """Return the identity of what an expression leads to; None if it has none."""
        if node is None:
            return None
        if node.type == "index_expression" or _is_receive(node):
            of = self._key_of(file, bare(node.child_by_field_name("operand")))
            return element_of(of) if of is not None else None
        if node.type == "call_expression":
            return self._key_of_call(file, node)
        if node.type == "composite_literal" and is_of_elements(node, self._types):
            key = ("literal", file, str(node.start_byte))
            self.literals[key] = (file, node)
            return key
        return key_at(file, node, self._types)

    def _key_of_call(self, file: str, call: Node) -> Key | None:
        """Return the identity of what a call of the package's own functions returns, or append."""
        arguments = call.child_by_field_name("arguments")
        if text_of(call.child_by_field_name("function")) == "append":
            return self._key_of(file, bare(arguments.named_children[0]))
        results = [result_key(*each) for each in self._calls.called_by(file, call) or ()]
        for each in results[1:]:
            self.sets.join(results[0], each)
        return results[0] if results else None


def _is_receive(node: Node) -> bool:
    return node.type == "unary_expression" and text_of(node.children[0]) == "<-"


def _items(listed: Node | None) -> list[Node]:
    if listed is None:
        return []
    return list(listed.named_children) if listed.type == "expression_list" else [listed]
