"""What one call, or one use of a function as a value, may come to call.

It errs on the side of too many calls: a call through an interface leads to every method of that
name, and a call of a function value to every function that is used as a value. Functions that are
handed to another package (``time.AfterFunc``, a handler that is registered) may be called by
anybody at any time, unless that package is known to call them at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.source.types import PackageTypes
from flakecore.diagnosis.source.values.function_values import (
    argument_of,
    declares_local,
    is_callee,
    is_declared,
    is_set_again,
    is_set_outside,
    named_literals,
)

FunctionKey = tuple[str, int]
"""A function's file and its first byte."""
VALUE: FunctionKey = ("", -1)
"""Any function that is used as a value."""
OUTSIDE: FunctionKey = ("", -2)
"""Any function that another package was given."""
_INIT: FunctionKey = ("", -3)
"""What initialises the package's variables: it has ended before any test begins."""
_CONCRETE = ("atomic.", "bytes.", "strings.", "sync.", "time.")
"""Packages of the standard library whose types are none that a package's own methods stand for."""
_INTERFACES = ("sync.Locker",)
CONVERSION = "type_conversion_expression"
"""What the parser takes a call for that has one argument and an index: ``f[int](x)``."""
CALLING = frozenset(
    ("call_expression", CONVERSION, "func_literal", "identifier", "selector_expression")
)
"""Nodes that call a function, or may be one."""
_MAY_BE_FUNCTIONS = (
    *("identifier", "selector_expression", "index_expression", "call_expression"),
    "type_assertion_expression",
)
_AT_ONCE = frozenset(
    (
        *("Do", "Run", "RunParallel", "Slice", "SliceStable", "Search", "SortFunc", "Map"),
        *("FieldsFunc", "IndexFunc", "ContainsFunc", "DeleteFunc", "Walk", "WalkDir", "Range"),
        *("SortStableFunc", "BinarySearchFunc", "Fuzz"),
    )
)
"""Functions and methods of other packages that call what they are given before they return."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place from which a function is called, or where it is used as a value."""

    file: str
    function: FunctionKey
    callee: FunctionKey
    node: Node
    name: str


class CallSites:
    """The functions of a package, and what its calls and uses of functions lead to.

    Attributes:
        nodes: the functions by their keys.
    """

    def __init__(self, files: Mapping[str, GoFile], types: PackageTypes) -> None:
        """Take the package's files by name, and its types."""
        self._files = files
        self._types = types
        self.nodes: dict[FunctionKey, Node] = {}
        self._declared: defaultdict[str, list[FunctionKey]] = defaultdict(list)
        self._methods: defaultdict[str, list[tuple[str, FunctionKey]]] = defaultdict(list)
        for name, file in files.items():
            for node in file.functions:
                self._add(name, node)

    @cached_property
    def names(self) -> frozenset[bytes]:
        """The names by which functions may be used as values."""
        literals = (
            text for file in self._files.values() for text in named_literals(file.functions)
        )
        declared = (name.encode() for name in (*self._declared, *self._methods))
        return frozenset((*literals, *declared))

    def _add(self, file: str, node: Node) -> None:
        key = (file, node.start_byte)
        self.nodes[key] = node
        name = text_of(node.child_by_field_name("name"))
        if node.type == "function_declaration":
            self._declared[name].append(key)
        elif node.type == "method_declaration":
            receiver = text_of(node.child_by_field_name("receiver")).strip("()").split()
            kind = receiver[-1].lstrip("*").partition("[")[0] if receiver else ""
            self._methods[name].append((kind, key))

    def at(self, file: str, node: Node) -> Iterator[Site]:
        """Yield what a call leads to, or what a name or a literal is used as."""
        if node.type == "call_expression":
            home = function_around(file, node)
            called = node.child_by_field_name("function")
            callees = self.called(file, called)
            for callee, name in callees:
                yield Site(file, home, callee, node, name)
            if not callees and text_of(called).rpartition(".")[2] not in _AT_ONCE:
                yield from self._handed_on(file, node)
        elif node.type == CONVERSION:
            yield from self._indexed(file, node)
        else:
            yield from self._value(file, node)

    def _indexed(self, file: str, call: Node) -> Iterator[Site]:
        """Yield what ``f[int](x)`` or ``all[i](x)`` leads to, whose arguments nobody follows."""
        kind = call.child_by_field_name("type")
        named = kind.named_children[0] if kind.type == "generic_type" else None
        if named is None:
            return
        first = named.named_children[0] if named.type == "qualified_type" else named
        name, home = text_of(named), function_around(file, call)
        if self._types.binding(first) is not None or self._types.is_variable(first):
            yield Site(file, home, VALUE, call, name)
            return
        for key in self._declared.get(name, ()):
            yield Site(file, home, key, call, name)
            yield Site(file, VALUE, key, call, name)

    def called(self, file: str, called: Node) -> list[tuple[FunctionKey, str]]:
        """Return the functions that a call may lead to, and the name by which it does."""
        if called.type == "func_literal":
            return [((file, called.start_byte), "")]
        if called.type == "parenthesized_expression":
            return self.called(file, called.named_children[0])
        if called.type in ("type_instantiation_expression", "index_expression"):
            return self.called(file, called.named_children[0])
        if called.type == "identifier":
            name = text_of(called)
            if self._types.binding(called) is not None:
                literal = self._literal(file, called)
                return [(literal, name)] if literal is not None else [(VALUE, name)]
            if self._types.is_variable(called):
                return [(VALUE, name)]
            return [(key, name) for key in self._declared.get(name, ())]
        if called.type == "selector_expression":
            return self._selected(called)
        return [(VALUE, "")]

    def _selected(self, called: Node) -> list[tuple[FunctionKey, str]]:
        name = text_of(called.child_by_field_name("field"))
        kind = self._types.type_of(called.child_by_field_name("operand")).lstrip("*")
        if kind and self._types.owner(kind, name):
            return [(VALUE, name)]
        if kind.startswith(_CONCRETE) and kind not in _INTERFACES:
            return []
        found = self._methods.get(name, [])
        exact = [key for receiver, key in found if receiver == kind]
        if exact:
            return [(key, name) for key in exact]
        known = kind in self._types.fields and not self._types.embedded.get(kind)
        return [] if known else [(key, name) for _, key in found]

    def _handed_on(self, file: str, call: Node) -> Iterator[Site]:
        """Yield the arguments of a call of another package that are functions in a variable.

        That package may call such a one at any time. It may be any that is used as a value, where
        the variable is not one that is set once, to a function with a name.
        """
        arguments = call.child_by_field_name("arguments")
        for each in arguments.named_children if arguments is not None else ():
            if each.type not in _MAY_BE_FUNCTIONS:
                continue
            targets = self._set_once(file, each)
            if targets is None:
                is_function = self._types.is_function(self._types.type_of(each))
                targets = [VALUE] if is_function else []
            yield from (Site(file, OUTSIDE, target, each, "") for target in targets)

    def _set_once(self, file: str, name: Node) -> list[FunctionKey] | None:
        """Return the functions that a local variable is declared as; None if it is set again."""
        function = enclosing(name, *FUNCTIONS)
        while name.type == "identifier" and function is not None:
            local = self._types.local(function, text_of(name))
            if local is not None:
                value = local[1]
                if value is None or value.type not in ("identifier", "selector_expression"):
                    return None
                return (
                    None
                    if is_set_again(function, name)
                    else self._possible_functions(file, value) or None
                )
            function = enclosing(function, *FUNCTIONS)
        return None

    def _value(self, file: str, node: Node) -> Iterator[Site]:
        """Yield where a function is used as a value, and by whom it may be called then."""
        name = node.child_by_field_name("field") if node.type == "selector_expression" else node
        if node.type != "func_literal" and name.text not in self.names:
            return
        parent = node.parent
        if parent is None or is_callee(node, parent):
            return
        targets = self._possible_functions(file, node)
        if not targets:
            return
        argument = argument_of(node)
        for target in targets:
            if argument is None:
                is_local = enclosing(node, *FUNCTIONS) is not None
                if node.type == "func_literal" and is_local and declares_local(node):
                    # Calls of the variable lead to it; the variable may be passed on as well.
                    continue
                home = OUTSIDE if is_set_outside(node, self._types) else VALUE
                yield Site(file, home, target, node, "")
                continue
            called = argument.child_by_field_name("function")
            if self.called(file, called):
                yield Site(file, VALUE, target, node, "")
            elif text_of(called).rpartition(".")[2] in _AT_ONCE:
                yield Site(file, function_around(file, node), target, argument, "")
            else:
                yield Site(file, OUTSIDE, target, node, "")

    def _possible_functions(self, file: str, node: Node) -> list[FunctionKey]:
        """Return the functions that a value may be."""
        if node.type == "func_literal":
            return [(file, node.start_byte)]
        if node.type == "identifier":
            if self._types.binding(node) is not None:
                literal = self._literal(file, node)
                return [literal] if literal is not None and not is_declared(node) else []
            return list(self._declared.get(text_of(node), ()))
        found = self._methods.get(text_of(node.child_by_field_name("field")), [])
        kind = self._types.type_of(node.child_by_field_name("operand")).lstrip("*")
        if kind and self._types.owner(kind, text_of(node.child_by_field_name("field"))):
            return []
        return [key for receiver, key in found if not kind or receiver == kind]

    def _literal(self, file: str, name: Node) -> FunctionKey | None:
        """Return the function that a local variable is, if it is declared as one."""
        function = enclosing(name, *FUNCTIONS)
        text = text_of(name)
        while function is not None:
            local = self._types.local(function, text)
            if local is not None:
                value = local[1]
                is_function = value is not None and value.type == "func_literal"
                return (file, value.start_byte) if is_function and value is not None else None
            function = enclosing(function, *FUNCTIONS)
        return None


def function_around(file: str, node: Node) -> FunctionKey:
    """Return the innermost function around a node."""
    function = enclosing(node, *FUNCTIONS)
    return (file, function.start_byte) if function is not None else _INIT
