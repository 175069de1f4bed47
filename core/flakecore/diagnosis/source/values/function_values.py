"""Where functions stand as values: as arguments, or as the values of local variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis.source.go_parser import Node
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.types import PackageTypes


def is_callee(node: Node, parent: Node) -> bool:
    """Return whether a name is called, selected from or declared, and so is no value."""
    if parent.type == "call_expression" and parent.child_by_field_name("function") == node:
        return True
    if parent.type == "selector_expression":
        return True
    return (
        parent.type
        in (
            "function_declaration",
            "method_declaration",
            "parameter_declaration",
            "type_spec",
            "parenthesized_expression",
        )
        and node.type != "func_literal"
    )


def argument_of(node: Node) -> Node | None:
    """Return the call that a value is an argument of; None if it is none's."""
    parent = node.parent
    if parent is not None and parent.type == "argument_list":
        call = parent.parent
        return call if call is not None and call.type == "call_expression" else None
    return None


def declares_local(node: Node) -> bool:
    """Return whether a function literal is the value of a new local variable."""
    listed = node.parent
    owner = listed.parent if listed is not None and listed.type == "expression_list" else listed
    return owner is not None and owner.type in ("short_var_declaration", "var_spec")


def is_declared(node: Node) -> bool:
    """Return whether a name stands on the left of its own declaration."""
    listed = node.parent
    owner = listed.parent if listed is not None and listed.type == "expression_list" else listed
    return (
        owner is not None
        and owner.type in ("short_var_declaration", "var_spec")
        and (owner.child_by_field_name("left") == listed or owner.type == "var_spec")
    )


def named_literals(functions: Sequence[Node]) -> Iterator[bytes]:
    """Yield the names of local variables that are declared as function literals, or may be."""
    for literal in functions:
        if literal.type == "func_literal":
            yield from names_given(literal)


def names_given(value: Node) -> Iterator[bytes]:
    """Yield the names of new variables that a value is given to, or may be one of."""
    if not declares_local(value):
        return
    listed = value.parent
    owner = listed.parent if listed.type == "expression_list" else listed
    names = owner.child_by_field_name("left") or owner
    for node in names.named_children:
        if node.type == "identifier":
            yield node.text


def is_set_again(function: Node, name: Node) -> bool:
    """Return whether a function assigns to a local variable of its own after its declaration."""
    return any(
        node.type == "assignment_statement"
        and any(each.text == name.text for each in node.child_by_field_name("left").named_children)
        for node in walk(function)
    )


def is_set_outside(value: Node, types: PackageTypes) -> bool:
    """Return whether a value goes into a struct that another package declares."""
    keyed = enclosing(value, "keyed_element", *FUNCTIONS)
    if keyed is not None and keyed.type == "keyed_element":
        literal = enclosing(keyed, "composite_literal")
        kind = literal.child_by_field_name("type") if literal is not None else None
        return kind is not None and kind.type == "qualified_type"
    listed = value.parent
    statement = listed.parent if listed is not None else None
    if statement is None or statement.type != "assignment_statement":
        return False
    left = statement.child_by_field_name("left")
    fields = [each for each in left.named_children if each.type == "selector_expression"]
    kinds = (types.type_of(each.child_by_field_name("operand")) for each in fields)
    return any("." in kind for kind in kinds)
