"""The expressions that a value is made of, by the text of its package.

A name leads to what was assigned to it: by the declaration that is in scope, and by assignments
between that and the use. Conversions, arithmetic, comparisons, elements and arguments of functions
lead to their operands; a call of one of the package's own functions leads to what it returns, too.
A method leads to what it returns and not to its receiver: what an object was made from proves
little of what it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from flakecore.diagnosis.source.calls.call_graph import CallGraph
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.types import PackageTypes

_MOST = 400
"""Expressions that one value is traced to at most; what is made of more is left out."""
_CALLS = 3
"""Calls of the package's own functions that a value is followed through, one in another."""
_SCOPES = (
    *("block", "if_statement", "for_statement", "communication_case", "expression_case"),
    *("type_case", "default_case", "expression_switch_statement", "type_switch_statement"),
    *FUNCTIONS,
)
_SPECS = ("var_spec", "const_spec")
_ASSIGNING = ("short_var_declaration", "assignment_statement", "range_clause", *_SPECS)
_THROUGH = (
    *("parenthesized_expression", "unary_expression", "binary_expression", "index_expression"),
    *("slice_expression", "type_conversion_expression", "expression_list", "argument_list"),
    *("composite_literal", "literal_value", "literal_element", "keyed_element"),
    "type_assertion_expression",
)
_KEEPS_FIELD = ("parenthesized_expression", "unary_expression")
_CONVERSIONS = ("int", "int64", "uint64", "float64", "string", "time.Duration")

Origin = tuple[str, Node]
"""The name of a file and an expression in it."""


class _Asked(NamedTuple):
    """A value that is to be traced.

    Attributes:
        file: the name of its file.
        node: its expression.
        depth: calls that lead to it, one in another.
        field: the field of it that is asked for; "" for all of it.
        result: which of several results of a call, from 0.
    """

    file: str
    node: Node
    depth: int
    field: str
    result: int = 0


@dataclass(frozen=True, slots=True)
class _Assignment:
    """One name on the left of an assignment.

    Attributes:
        name: the name.
        statement: the assignment.
        value: what is assigned.
        at: its place among several results of one call, or of a range clause, from 0; 0 of a value
            of its own.
        declares: whether it declares the name.
        replaces: whether nothing is left of the value before; ``+=`` leaves it.
    """

    name: str
    statement: Node
    value: Node
    at: int
    declares: bool
    replaces: bool


class ValueOrigins:
    """Where the values of one package come from."""

    def __init__(self, types: PackageTypes, calls: CallGraph) -> None:
        """Take the package's types and its calls."""
        self._types = types
        self._calls = calls
        self._assignments = lru_cache(maxsize=256)(_assignments)

    def of(
        self,
        file: str,
        node: Node,
        *,
        arguments: bool = True,
        fields: bool = False,
    ) -> list[Origin]:
        """Return the expressions that a value is made of, itself first; at most ``_MOST``.

        Args:
            file: the name of the file.
            node: the value's expression.
            arguments: whether a call leads to its arguments; those of a conversion always count.
            fields: whether a field leads to what it is a field of.
        """
        found: list[Origin] = []
        seen: set[tuple[str, str, int, int, str, int]] = set()
        waiting: list[_Asked] = [_Asked(file, node, 0, "")]
        while waiting and len(found) < _MOST:
            asked = waiting.pop(0)
            at, each, depth, field, result = asked
            key = (at, each.type, each.start_byte, each.end_byte, field, result)
            if key in seen:
                continue
            seen.add(key)
            found.append((at, each))
            if each.type == "identifier":
                waiting += [
                    _Asked(at, value, depth, field, nth if manner == "value" else 0)
                    for value, nth, manner in self.given(each)
                ]
            elif each.type == "call_expression":
                waiting += self._of_call(asked, arguments=arguments)
            elif each.type == "selector_expression" and fields:
                operand, name = (
                    each.child_by_field_name("operand"),
                    each.child_by_field_name("field"),
                )
                waiting.append(_Asked(at, operand, depth, text_of(name)))
            elif each.type == "composite_literal" and field:
                waiting += [_Asked(at, value, depth, "") for value in _values_of(each, field)]
            elif each.type in _THROUGH:
                kept = field if each.type in _KEEPS_FIELD else ""
                waiting += [_Asked(at, child, depth, kept) for child in each.named_children]
        return found

    def assigned(self, name: Node) -> list[Node]:
        """Return what may have been assigned to a local variable where a name uses it."""
        return [value for value, _, _ in self.given(name)]

    def given(self, name: Node) -> list[tuple[Node, int, str]]:
        """Return the same, each with which result of it, from 0, and ``range`` or ``value``."""
        bound = self._types.binding(name)
        if bound is None or bound[1] != "local":
            return []
        text = text_of(name)
        here = [each for each in self._assignments(bound[0]) if each.name == text]
        # What was assigned before, in a block around the use, is not there any more.
        anew = [each for each in here if each.replaces and _is_in_scope(each.statement, name)]
        since = max((each.statement.start_byte for each in anew), default=bound[0].start_byte)
        found = []
        for each in here:
            statement = each.statement
            before = since <= statement.start_byte and (
                statement.end_byte <= name.start_byte or _loop_around(statement, name)
            )
            if before and (not each.declares or statement.start_byte == since):
                manner = "range" if statement.type == "range_clause" else "value"
                found.append((each.value, each.at, manner))
        return found

    def _of_call(self, asked: _Asked, *, arguments: bool) -> Iterator[_Asked]:
        file, call, depth, field, result = asked
        given = call.child_by_field_name("arguments")
        follows = arguments or text_of(call.child_by_field_name("function")) in _CONVERSIONS
        for argument in given.named_children if follows and given is not None else ():
            if argument.type != "func_literal":
                yield _Asked(file, argument, depth, "")
        if depth >= _CALLS:
            return
        for home, function in self._calls.called_by(file, call) or ():
            for value, nth in _results(function, result):
                yield _Asked(home, value, depth + 1, field, nth)


def _values_of(literal: Node, field: str) -> list[Node]:
    """Return the values of a composite literal that a field of it may be."""
    body = literal.child_by_field_name("body")
    elements = [each for each in body.named_children if each.type != "comment"] if body else []
    keyed = [each for each in elements if each.type == "keyed_element"]
    named = [each for each in keyed if text_of(each.named_children[0]) == field]
    return [each.named_children[-1] for each in named] if keyed else elements


def returned(function: Node, at: int = 0) -> Iterator[Node]:
    """Yield one value of each return of a function, by default its first, not of literals in it."""
    for node in walk(function):
        if node.type != "return_statement" or enclosing(node, *FUNCTIONS) != function:
            continue
        values = node.named_children[0] if node.named_children else None
        if values is not None and at < len(values.named_children):
            yield values.named_children[at]


def _results(function: Node, at: int) -> Iterator[tuple[Node, int]]:
    """Yield one result of each return of a function, and which result that is of a call in it."""
    for value in returned(function, at):
        yield value, 0
    for value in returned(function) if at else ():
        is_alone = len(value.parent.named_children) == 1
        if is_alone and value.type == "call_expression":  # return g(), which has as many
            yield value, at


def _assignments(function: Node) -> list[_Assignment]:
    """Return the assignments in a function."""
    found: list[_Assignment] = []
    for node in walk(function):
        if node.type not in _ASSIGNING:
            continue
        if node.type in _SPECS:
            left = node.children_by_field_name("name")
            value = node.child_by_field_name("value")
        else:
            listed = node.child_by_field_name("left")
            left = listed.named_children if listed is not None else []
            value = node.child_by_field_name("right")
        if value is None:
            continue
        values = value.named_children if value.type == "expression_list" else [value]
        declares = node.type in ("short_var_declaration", *_SPECS) or (
            node.type == "range_clause" and any(each.type == ":=" for each in node.children)
        )
        for at, name in enumerate(left):
            is_own = len(values) == len(left) and node.type != "range_clause"
            given = values[at] if is_own else values[0]
            operator = text_of(node.child_by_field_name("operator"))
            replaces = declares or operator == "="
            of_several = 0 if is_own else at
            found.append(_Assignment(text_of(name), node, given, of_several, declares, replaces))
    return found


def _is_in_scope(statement: Node, use: Node) -> bool:
    """Return whether a declaration is in scope, and over, where a name is used."""
    scope = enclosing(statement, *_SCOPES)
    if scope is None or statement.end_byte > use.start_byte:
        return False
    return bool(scope.start_byte <= use.start_byte < scope.end_byte)


def _loop_around(statement: Node, use: Node) -> bool:
    """Return whether a loop goes around both an assignment and a use that stands before it."""
    loop = enclosing(statement, "for_statement", *FUNCTIONS)
    while loop is not None and loop.type == "for_statement":
        if loop.start_byte <= use.start_byte < loop.end_byte:
            return True
        loop = enclosing(loop, "for_statement", *FUNCTIONS)
    return False
