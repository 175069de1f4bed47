"""The one variable that a condition asks for, and all that sets it in its package.

What is reported is of names: a field of a type, a variable of the package, or one of a function. It
is left open where others may set it, by its address or by a method that is handed on.
"""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import declared_around, enclosing, walk
from flakecore.diagnosis.source.values.busy_loops import ATOMIC, STORES
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key

_NAMES = ("identifier", "selector_expression")


@dataclass(frozen=True, slots=True)
class Setter:
    """A place that sets what a loop asks for.

    Attributes:
        function: the declared function that it stands in.
        file: the name of its file.
        line: where, from 1.
    """

    function: str
    file: str
    line: int


def asked_value(condition: Node) -> Node | None:
    """Return the one variable or field that a condition asks for; None for none or several."""
    calls = [each for each in walk(condition) if each.type == "call_expression"]
    if len(calls) == 1:
        return _loaded(calls[0])
    bare = condition
    while bare.type in ("unary_expression", "parenthesized_expression"):
        bare = bare.named_children[-1]
    if bare.type == "binary_expression":
        sides = (bare.child_by_field_name("left"), bare.child_by_field_name("right"))
        named = [each for each in sides if each.type in ("identifier", "selector_expression")]
        return named[0] if len(named) == 1 else None
    return bare if not calls and bare.type in ("identifier", "selector_expression") else None


def setters_of(package: GoPackage, name: Node) -> list[Setter] | None:
    """Return what sets a variable or a field; None if that is not to be reported.

    The value that it is declared with is none. What others may reach is not to be reported.
    """
    known = _name(package, name)
    if (
        not package.is_whole
        or known is None
        or (not known[0].startswith("local") and known[1].strip(".")[0].isupper())
    ):
        return None
    is_field = known[0].startswith("type ")
    field, owner = (known[1].strip("."), known[0].removeprefix("type ")) if is_field else ("", "")
    found = []
    for file, parsed in package.files.items():
        for node in walk(parsed.root):
            if owner and _sets_whole(package, node, owner):
                return None
            for target in _changed(node):
                if _name(package, target) == known:
                    around = _declared(parsed.function_at(line_of(node)))
                    found.append(Setter(around, file, line_of(node)))
            if _hands_on(node, field) and (
                node.type == "keyed_element" or _name(package, node) == known
            ):
                return None
    return found


def _loaded(call: Node) -> Node | None:
    """Return what a call of ``Load`` or of ``atomic.LoadX`` loads."""
    function, arguments = call.child_by_field_name("function"), _arguments(call)
    if function.type != "selector_expression":
        return None
    if not arguments:
        return function.child_by_field_name("operand")
    first = arguments[0]
    is_address = first.type == "unary_expression" and text_of(first).startswith("&")
    return first.named_children[-1] if is_address else None


def _arguments(call: Node) -> list[Node]:
    listed = call.child_by_field_name("arguments")
    return list(listed.named_children) if listed is not None else []


def _changed(node: Node) -> list[Node]:
    """Return what a statement or a call changes."""
    if node.type == "assignment_statement":
        return list(node.child_by_field_name("left").named_children)
    if node.type in ("inc_statement", "dec_statement"):
        return list(node.named_children[:1])
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is None or function.type != "selector_expression":
        return []
    name = text_of(function.child_by_field_name("field"))
    if name in STORES:
        return [function.child_by_field_name("operand")]
    first = _arguments(node)[:1]
    if name.startswith(STORES) and first and text_of(first[0]).startswith("&"):
        return [first[0].named_children[-1]]
    return []


def _sets_whole(package: GoPackage, node: Node, owner: str) -> bool:
    """Return whether a node sets all fields of a type at once, by their order or by a value."""
    if node.type == "composite_literal":
        kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
        return text_of(kind) == owner and any(
            each.type != "comment" and each.type != "keyed_element" for each in body.named_children
        )
    if node.type != "assignment_statement":
        return False
    for target in _changed(node):
        is_behind = target.type == "unary_expression" and text_of(target).startswith("*")
        kind = package.types.type_of(target.named_children[-1] if is_behind else target)
        if kind == (f"*{owner}" if is_behind else owner):
            return True
    return False


def _hands_on(node: Node, field: str) -> bool:
    """Return whether a node lets others set a value: by its address, or by a method's value."""
    around = node.parent
    if node.type == "keyed_element":
        return text_of(node.named_children[0]) == field
    if around is None or node.type not in _NAMES:
        return False
    if around.type == "selector_expression":
        is_store = text_of(around.child_by_field_name("field")) in STORES
        return is_store and around.parent is not None and around.parent.type != "call_expression"
    if around.type != "unary_expression" or not text_of(around).startswith("&"):
        return False
    call = enclosing(around, "call_expression")
    function = call.child_by_field_name("function") if call is not None else None
    name = text_of(function).rpartition(".")[2] if function is not None else ""
    return not name.startswith(ATOMIC)


def _name(package: GoPackage, node: Node | None) -> VariableKey | None:
    """Return what a variable or field is; None for a parameter, which others may set as well."""
    key = variable_key(package.types, node)
    return None if key is not None and key[0].startswith("parameter") else key


def _declared(function: Node | None) -> str:
    around = declared_around(function) if function is not None else None
    return text_of(around.child_by_field_name("name")) if around is not None else ""
