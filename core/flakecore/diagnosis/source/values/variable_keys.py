"""What a variable or a field is, so that equal ones are the same by the text of a package."""

from __future__ import annotations

from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.types import PackageTypes

VariableKey = tuple[str, str]
"""What holds it, ``type Pool``, ``local 1024``, ``parameter 1024`` or ``package``, and its name."""


def variable_key(types: PackageTypes, node: Node | None) -> VariableKey | None:
    """Return what an expression names; None where that is not known.

    A field is one of its type, whatever value it is of; a local variable or parameter is one of the
    function that declares it, which closures share.
    """
    if node is None:
        return None
    if node.type == "selector_expression":
        field = text_of(node.child_by_field_name("field"))
        kind = types.type_of(node.child_by_field_name("operand")).lstrip("*")
        owner = types.owner(kind, field) if kind else ""
        return (f"type {owner}", f".{field}") if owner else None
    if node.type != "identifier":
        return None
    bound = types.binding(node)
    if bound is not None:
        return f"{bound[1]} {bound[0].start_byte}", text_of(node)
    return ("package", text_of(node)) if types.is_variable(node) else None
