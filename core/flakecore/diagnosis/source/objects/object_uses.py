"""All that one package does with an object: operations on it under all its names, and escapes.

A channel, wait group or cond goes by several names: a local variable, the parameter that it is
passed as, the field that it is stored in. Names that one call, assignment, return or composite
literal ties together are joined (union-find). A use that is none of these, such as an element of a
map, a conversion or an argument of another package's function, lets the object escape, as does a
value that comes from where nobody has looked; nothing can be said then of who else may use it.
Joining goes by types and names, not by flow, so it joins too much rather than too little: whoever
says "nobody is left that sends" has looked at every place that might.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from flakecore.diagnosis.source.calls.call_graph import CallGraph
from flakecore.diagnosis.source.calls.call_sites import FunctionKey
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, nodes_of, text_of
from flakecore.diagnosis.source.objects.operations import (
    ObjectName,
    Operation,
    OperationKind,
    object_name,
    operation_of,
)
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters
from flakecore.diagnosis.source.types import PackageTypes

Key = tuple[str, ...]
"""Identity of a name: a parameter or local of one function, a field of one type, a variable."""
_FOREIGN = re.compile(r"type \*?\w+\.\w+")
"""Scopes of fields of types that another package declares."""
_HARMLESS = ("len", "cap", "close", "panic", "print", "println")
_MAKERS = ("make", "new", "sync.NewCond")
_NAMES = ("identifier", "selector_expression")
_PASSING = frozenset(
    (
        *("call_expression", "short_var_declaration", "assignment_statement", "var_spec"),
        *("range_clause", "return_statement", "keyed_element", "composite_literal"),
        "unary_expression",
    )
)
"""Nodes that pass an object from one name to another."""
_RETURNS = frozenset(("return_statement",))
_STATEMENTS = ("block", "statement_list", *FUNCTIONS)
"""Nodes that statements stand in: what is around them passes nothing on of what is within."""
_RECEIVING = ("unary_expression", "range_clause")
_NO_OBJECT = ("nil", "_", "true", "false")
_PASSES_ON_NOTHING = frozenset(
    (
        *("send_statement", "unary_expression", "range_clause", "parameter_declaration"),
        *("binary_expression", "inc_statement", "dec_statement", "call_expression"),
        *("field_declaration", "var_spec", "function_declaration", "method_declaration"),
        *("receive_statement", "type_identifier", "package_clause", "block", "labeled_statement"),
        *("method_elem", "import_spec", "variadic_parameter_declaration", "selector_expression"),
        *("expression_statement", "type_switch_statement", "expression_switch_statement"),
    )
)


class PackageUses:
    """The objects of one package's files.

    Names are followed when an object is asked about, and only those that it goes by: what ties a
    name to another stands around one of its own uses, or around a call of the function whose
    parameter or result it is.
    """

    def __init__(
        self,
        files: Mapping[str, GoFile],
        types: PackageTypes,
        calls: CallGraph,
        *,
        is_whole: bool,
    ) -> None:
        """Take the package's files by name, whether they are all, its types and its calls."""
        self._files = files
        self._is_whole = is_whole
        self._types = types
        self._calls = calls
        self._parent: dict[Key, Key] = {}
        self._members: dict[Key, list[Key]] = {}
        self._escaped: set[Key] = set()
        self._exported: set[Key] = set()
        self._made: defaultdict[Key, list[Node]] = defaultdict(list)
        self._known: set[Key] = set()
        self._looked_at: set[tuple[str, str, int, int]] = set()

    @cached_property
    def _operations(self) -> dict[Key, list[tuple[str, Operation]]]:
        found: defaultdict[Key, list[tuple[str, Operation]]] = defaultdict(list)
        for file, parsed in self._files.items():
            for operation in parsed.operations:
                found[_key(operation.object, file)].append((file, operation))
        return found

    def of(self, file: str, operation: Operation) -> list[tuple[str, Operation]]:
        """Return all operations on an operation's object, with the files that they stand in."""
        names = set(self._names_of(_key(operation.object, file)))
        return [each for key, found in self._operations.items() if key in names for each in found]

    def escapes(self, file: str, operation: Operation) -> bool:
        """Return whether an operation's object may be used where nobody has looked.

        That is always so of a field of another package's type, as ``C`` of a time.Timer is, of
        a type that is not known, and of one whose name stands behind a value of unknown type; and
        of all objects where files are missing.
        """
        name = operation.object
        if not self._is_whole:
            return True
        is_result = name.scope == "result"
        behind = "." in name.path and name.path[:1] != "." and not is_result
        if behind or _FOREIGN.fullmatch(name.scope):
            return True
        return not self._escaped.isdisjoint(self._names_of(_key(operation.object, file)))

    def is_returned_to_importers(self, file: str, operation: Operation) -> bool:
        """Return whether an exported function returns an operation's object."""
        return not self._exported.isdisjoint(self._names_of(_key(operation.object, file)))

    def is_unbuffered(self, file: str, operation: Operation) -> bool:
        """Return whether all calls of make that an operation's channel comes from give no size."""
        names = self._names_of(_key(operation.object, file))
        makes = [made for each in names for made in self._made.get(each, ())]
        return bool(makes) and not any(_has_size(each) for each in makes)

    def _names_of(self, key: Key) -> list[Key]:
        """Return all names of an object, each of which has been followed."""
        while True:
            names = self._members.get(self._find(key), [key])
            new = [each for each in names if each not in self._known]
            if not new:
                return names
            self._known.update(new)
            for each in new:
                self._follow_name(each)

    def _find(self, key: Key) -> Key:
        while self._parent.get(key, key) != key:
            key = self._parent[key]
        return key

    def _join(self, one: Key, other: Key) -> None:
        one, other = self._find(one), self._find(other)
        if one == other:
            return
        names, more = self._members.pop(one, [one]), self._members.pop(other, [other])
        if len(names) > len(more):
            one, other, names, more = other, one, more, names
        self._parent[one] = other
        self._members[other] = [*more, *names]

    def _follow_name(self, key: Key) -> None:
        """Look at all that may tie a name to another, or let its object escape."""
        if key[0] == "field":
            kind, field = key[1].removeprefix("type "), key[2][1:]
            self._look_at_uses(field)
            self._look_at_uses(kind)  # Its literals may give the field by its place.
            is_declared = field in self._types.fields.get(kind, ())
            if is_declared and any(file.does_to_unknown(field) for file in self._files.values()):
                self._escaped.add(key)
        elif key[0] == "bound":
            self._look_at_uses(key[3].rpartition(".")[2], key[1])
            self._follow_parameter(key)
        elif key[0] == "result":
            self._follow_returned((key[1], int(key[2])))
        elif key[0] == "call":
            self._look_at_uses(key[1].removesuffix("()").rpartition(".")[2])
        else:
            self._look_at_uses(key[1].rpartition(".")[2])

    def _follow_parameter(self, key: Key) -> None:
        """Tie a parameter to what calls of its function hand over."""
        home = (key[1], int(key[2]))
        function = self._calls.function_at(home)
        if function is None or all(name != key[3] for name, _ in parameters(function)):
            return
        if self._calls.is_called_from_unknown(home):
            self._escaped.add(key)
        for file, call in self._calls.calls_of(home):
            self._look_at(file, call)

    def _follow_returned(self, home: FunctionKey) -> None:
        """Tie what a function returns to what its calls are assigned to."""
        function = self._calls.function_at(home)
        if function is None:
            return
        for each in nodes_of(function, _RETURNS):
            if enclosing(each, *FUNCTIONS) == function:
                self._look_at(home[0], each)
        for file, call in self._calls.calls_of(home):
            self._look_at(file, call)
            self._look_around(file, call)

    def _look_at_uses(self, name: str, only: str = "") -> None:
        """Look at what stands around all uses of an identifier, or those of one file."""
        for file, parsed in self._files.items():
            for node in parsed.named(name) if only in ("", file) else ():
                parent = node.parent
                is_field = parent is not None and parent.type == "selector_expression"
                if is_field and parent.child_by_field_name("field") == node:
                    node = parent
                self._look_at(file, node)
                self._look_around(file, node)

    def _look_around(self, file: str, node: Node) -> None:
        """Look at what a node is part of, within its statement."""
        around = node.parent
        while around is not None and around.type not in _STATEMENTS:
            self._look_at(file, around)
            around = around.parent

    def _look_at(self, file: str, node: Node) -> None:
        """Note once what a node ties together, or lets escape."""
        kind = node.type
        if kind not in _NAMES and kind not in _PASSING:
            return
        place = (file, kind, node.start_byte, node.end_byte)
        if place in self._looked_at:
            return
        self._looked_at.add(place)
        if kind in _NAMES:
            self._look_for_escape(file, node)
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
        if not known or not self._is_made(file, call, _key(name, file)):
            self._escaped.add(_key(name, file))

    def _assign(self, file: str, left: list[Node], right: list[Node]) -> None:
        for at, to in enumerate(left):
            if text_of(to) == "_":
                continue
            value = right[at] if len(left) == len(right) else None
            self._pass(file, value, self._key_of(file, to))

    def _pass(self, file: str, value: Node | None, to: Key | None) -> None:
        """Note that a value goes to a name; None is a value or a name that is not followed."""
        value = _bare(value)
        key = self._key_of(file, value) if value is not None else None
        if value is not None and text_of(value) in _NO_OBJECT:
            return
        if key is not None and to is not None:
            self._join(key, to)
        elif key is not None:
            self._escaped.add(key)
        elif to is not None and not (value is not None and self._is_made(file, value, to)):
            self._escaped.add(to)

    def _is_made(self, file: str, value: Node, to: Key) -> bool:
        """Return whether a value is new, or comes from functions of the package."""
        if value.type in ("composite_literal", "func_literal", "int_literal"):
            return True
        if value.type != "call_expression":
            return False
        maker = text_of(value.child_by_field_name("function"))
        if maker in _MAKERS:
            if maker == "make":
                self._made[to].append(value)
            return True
        called = self._calls.called_by(file, value)
        for home, function in called or ():
            self._join(_result(home, function), to)
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
            self._exported.add(_result(file, function))
        for at, value in enumerate(values):
            to = _result(file, function) if named and at == 0 else None
            if to is not None or self._key_of(file, _bare(value)) is not None:
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
        fields = self._fields_in_order(literal)
        body = literal.child_by_field_name("body")
        values = [each for each in body.named_children if each.type == "literal_element"]
        if len(fields) != len(values):
            return
        kind = text_of(literal.child_by_field_name("type"))
        for field, value in zip(fields, values, strict=True):
            self._pass(file, value, ("field", f"type {kind}", f".{field}"))

    def _is_in_order(self, element: Node, literal: Node | None) -> bool:
        """Return whether an element is the value of a field, by its place in a struct's literal."""
        body = literal.child_by_field_name("body") if literal is not None else None
        return element.parent == body and bool(literal and self._fields_in_order(literal))

    def _fields_in_order(self, literal: Node) -> tuple[str, ...]:
        """Return the fields of the struct that a literal is of; empty where it is of none here."""
        return tuple(self._types.fields.get(text_of(literal.child_by_field_name("type")), {}))

    def _look_for_escape(self, file: str, node: Node) -> None:
        """Note a name that is used in a way that is not followed."""
        parent = node.parent
        while parent is not None and _is_transparent(parent):
            node, parent = parent, parent.parent
        kind = parent.type if parent is not None else ""
        if parent is None or kind in _PASSES_ON_NOTHING:
            is_sent = (
                parent is not None
                and kind == "send_statement"
                and parent.child_by_field_name("channel") != node
            )
            if not is_sent:
                return
        elif kind in ("argument_list", "index_expression", "for_statement"):
            return
        elif kind == "expression_list":
            owner = parent.parent
            if owner is not None and owner.type in (
                "short_var_declaration",
                "assignment_statement",
                "range_clause",
                "receive_statement",
                "return_statement",
                "var_spec",
            ):
                return
        elif parent.type == "literal_element":
            literal = enclosing(parent, "composite_literal")
            if parent.parent.type == "keyed_element" or self._is_in_order(parent, literal):
                return
        key = self._key_of(file, _bare(node))
        if key is not None:
            self._escaped.add(key)

    def _key_of(self, file: str, node: Node | None) -> Key | None:
        if node is None or node.type not in _NAMES or text_of(node) in _NO_OBJECT:
            return None
        function = enclosing(node, *FUNCTIONS)
        if function is None:
            return ("package", text_of(node)) if node.type == "identifier" else None
        name = object_name(node, function, self._types)
        return _key(name, file) if name is not None else None


def _key(name: ObjectName, file: str) -> Key:
    """Return the identity of a name: of a parameter or local its function, of a field its type."""
    if name.bound_at >= 0:
        return ("bound", file, str(name.bound_at), name.text)
    if name.path.startswith("."):
        return ("field", name.scope, name.path)
    return ("call", name.path) if name.scope == "result" else ("package", name.text)


def _result(file: str, function: Node) -> Key:
    return ("result", file, str(function.start_byte))


def _items(listed: Node | None) -> list[Node]:
    if listed is None:
        return []
    return list(listed.named_children) if listed.type == "expression_list" else [listed]


def _is_transparent(node: Node) -> bool:
    """Return whether a node passes on the object of its operand: ``&x``, ``(x)``."""
    if node.type == "unary_expression":
        return text_of(node.children[0]) == "&"
    return bool(node.type == "parenthesized_expression")


def _bare(node: Node | None) -> Node | None:
    """Return an expression without what only passes it on."""
    while node is not None and (_is_transparent(node) or node.type == "literal_element"):
        node = node.named_children[-1] if node.named_children else None
    return node


def _has_size(make: Node) -> bool:
    """Return whether a call of make gives a size other than 0."""
    arguments = make.child_by_field_name("arguments")
    sizes = arguments.named_children[1:] if arguments is not None else ()
    return any(text_of(each) != "0" for each in sizes)
