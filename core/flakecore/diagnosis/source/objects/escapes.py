"""Which use of a name lets its object escape: whether it is used in a way that is not followed.

Sending on a channel, receiving from it, comparing it and calling a method of it pass nothing on. A
call's argument, an assignment, a return, an index, a value that is sent and what a literal holds
are followed from their own nodes. All other places let the object escape.
"""

from __future__ import annotations

from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import enclosing
from flakecore.diagnosis.source.types import PackageTypes

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
"""Nodes around a name that use its object where it stands."""
_ARE_FOLLOWED = ("argument_list", "index_expression", "for_statement")
"""Nodes around a name whose own parent is followed, or that use the name as an index."""
_LISTS_ARE_FOLLOWED = (
    *("short_var_declaration", "assignment_statement", "range_clause"),
    *("receive_statement", "return_statement", "var_spec"),
)
"""Statements whose lists of expressions are followed."""


def lets_escape(node: Node, types: PackageTypes) -> bool:
    """Return whether a name is used in a way that is not followed."""
    parent = node.parent
    while parent is not None and is_transparent(parent):
        node, parent = parent, parent.parent
    if parent is None or parent.type in _PASSES_ON_NOTHING:
        return False
    if parent.type == "expression_list":
        owner = parent.parent
        return owner is None or owner.type not in _LISTS_ARE_FOLLOWED
    if parent.type == "literal_element":
        literal = enclosing(parent, "composite_literal")
        is_keyed = parent.parent.type == "keyed_element"
        return not (is_keyed or _is_in_order(parent, literal, types))
    return parent.type not in _ARE_FOLLOWED


def fields_in_order(literal: Node, types: PackageTypes) -> tuple[str, ...]:
    """Return the fields of the struct that a literal is of; empty where it is of none here."""
    return tuple(types.fields.get(text_of(literal.child_by_field_name("type")), {}))


def _is_in_order(element: Node, literal: Node | None, types: PackageTypes) -> bool:
    """Return whether an element is of a slice, or the value of a field by its place."""
    body = literal.child_by_field_name("body") if literal is not None else None
    is_followed = literal and (fields_in_order(literal, types) or is_of_elements(literal, types))
    return element.parent == body and bool(is_followed)


def is_of_elements(literal: Node | None, types: PackageTypes) -> bool:
    """Return whether a literal is of a slice, an array or a map."""
    kind = literal.child_by_field_name("type") if literal is not None else None
    return types.underlying(text_of(kind)).startswith(("[", "map["))


def is_transparent(node: Node) -> bool:
    """Return whether a node passes on the object of its operand: ``&x``, ``(x)``, ``x[1:]``."""
    if node.type == "unary_expression":
        return text_of(node.children[0]) == "&"
    return node.type in ("parenthesized_expression", "slice_expression")


def bare(node: Node | None) -> Node | None:
    """Return an expression without what only passes it on."""
    while node is not None and (is_transparent(node) or node.type == "literal_element"):
        at = 0 if node.type == "slice_expression" else -1
        node = node.named_children[at] if node.named_children else None
    return node
