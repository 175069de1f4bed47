"""Which parts of a chain such as ``a.pool.conn.addr`` can be the nil pointer that was followed.

A part is left out where it cannot be nil: a struct of its own, a field that every literal of its
struct sets to something made there and that nothing sets to anything else, a name that was just
made. A fault's address shows more: following a nil pointer to a field faults at the field's offset,
as far as the sizes of the fields before it are known (64 bits; ``go/types`` StdSizes). A fault at 0
proves nothing: the compiler checks the pointer itself where a field's address is taken or a struct
is copied, and everywhere with ``-race`` (seen with Go 1.27.3, linux/amd64).
"""

from __future__ import annotations

import re

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.panics.expressions import all_dereferenced
from flakecore.diagnosis.source.panics.nil_origin import is_made, sets_of_field
from flakecore.diagnosis.source.syntax import walk
from flakecore.diagnosis.source.types import PackageTypes

_WORD = 8
_SIZES = {
    **dict.fromkeys(("bool", "byte", "int8", "uint8"), 1),
    **dict.fromkeys(("int16", "uint16"), 2),
    **dict.fromkeys(("int32", "uint32", "rune", "float32"), 4),
    **dict.fromkeys(("int", "uint", "int64", "uint64", "float64", "uintptr", "time.Duration"), 8),
    **dict.fromkeys(("string", "error", "any", "context.Context"), 16),
}
_OF_ONE_WORD = ("*", "map[", "chan ", "chan<-", "<-chan", "func(")
_DEEP = 6
"""Structs in one another whose sizes are added up."""
_BLANK = "_"
"""The name of any number of fields of a struct, of which the last one's type is known."""
_POINTED = re.compile(r"\*(\w+)")


def nil_parts(
    package: GoPackage, file: str, line: int, not_nil: str = "", address: int | None = None
) -> list[str]:
    """Return the expressions of a line that may have been nil, each once, in the order read.

    Args:
        package: the package.
        file: the name of the file.
        line: where a nil pointer was followed.
        not_nil: a name that is known not to be nil there; "" for none.
        address: where the fault was; None if unknown, as 0 is, too.
    """
    may_be: dict[str, bool] = {}
    nodes = sorted(
        all_dereferenced(package.files[file], line), key=lambda each: (each.end_byte, each.id)
    )
    for node in nodes:
        text = " ".join(text_of(node).split())
        if text == not_nil or _is_there(package, file, node):
            continue
        faults = not address or _may_fault_at(package.types, node, address)
        may_be[text] = may_be.get(text, False) or faults
    return [text for text, faults in may_be.items() if faults]


def _is_there(package: GoPackage, file: str, node: Node) -> bool:
    """Return whether an expression cannot be nil, as far as the package's text shows."""
    types = package.types
    kind = types.type_of(node)
    if kind in types.fields or kind.startswith("struct"):
        return True
    if node.type == "selector_expression":
        field = text_of(node.child_by_field_name("field"))
        owner = types.owner(types.type_of(node.child_by_field_name("operand")).lstrip("*"), field)
        return bool(owner) and _is_always_made(package, owner, field)
    if node.type == "identifier" and not types.is_variable(node):
        return is_made(node, file, package)
    return False


def _is_always_made(package: GoPackage, owner: str, field: str) -> bool:
    """Return whether whatever makes a struct sets a field of it, and nothing else sets that."""
    if not package.is_whole or any(
        owner in (each.lstrip("*") for each in embedded)
        for embedded in package.types.embedded.values()
    ):
        return False
    as_value = any(
        kind == owner or kind.endswith(f"]{owner}")
        for fields in package.types.fields.values()
        for kind in fields.values()
    )
    if as_value:
        return False
    made, anew = 0, re.compile(rf"new\(\s*{re.escape(owner)}\s*\)")
    for name, parsed in package.files.items():
        for node in walk(parsed.root) if parsed.mentions(owner) else ():
            if node.type == "composite_literal" and _names(node, owner):
                value = _value_in(node, field)
                if value is None or not is_made(value, name, package):
                    return False
                made += 1
            is_empty = node.type == "call_expression" and anew.fullmatch(text_of(node))
            kind = node.child_by_field_name("type") if node.type == "var_spec" else None
            if is_empty or text_of(kind) == owner:
                return False
    by_literal = [is_literal for _, _, is_literal in sets_of_field(package, owner, field)]
    return made > 0 and all(by_literal) and len(by_literal) == made


def _names(literal: Node, owner: str) -> bool:
    return bool(text_of(literal.child_by_field_name("type")).lstrip("*&") == owner)


def _value_in(literal: Node, field: str) -> Node | None:
    """Return the value that a literal with names gives a field; None for none."""
    body = literal.child_by_field_name("body")
    for each in body.named_children if body is not None else ():
        if each.type == "keyed_element" and text_of(each.named_children[0]) == field:
            value = each.named_children[-1]
            return value.named_children[0] if value.type == "literal_element" else value
    return None


def _may_fault_at(types: PackageTypes, node: Node, address: int) -> bool:
    """Return whether following an expression that is nil may fault at an address."""
    around = node.parent
    if around is not None and around.type == "call_expression":
        return address == 0  # a function value points to the address of its code
    if around is None or around.type != "selector_expression":
        return True
    kind = _POINTED.fullmatch(types.type_of(node))
    field = text_of(around.child_by_field_name("field"))
    if kind is None or field not in types.fields.get(kind[1], {}):
        return True
    offset = _offset(types, kind[1], field)
    if offset is None:
        return True
    size = _size(types, types.fields[kind[1]][field], 0)
    return offset <= address and (size is None or address < offset + max(size[0], 1))


def _offset(types: PackageTypes, struct: str, field: str) -> int | None:
    """Return where in a struct a field begins, in bytes; None where a size before it is unknown."""
    at = 0
    for name, kind in types.fields[struct].items():
        size = _size(types, kind, 0) if name != _BLANK else None
        if size is None:
            return at if name == field and at == 0 else None
        at += -at % size[1]
        if name == field:
            return at
        at += size[0]
    return None


def _size(types: PackageTypes, kind: str, depth: int) -> tuple[int, int] | None:
    """Return size and alignment of a type in bytes; None if unknown."""
    if kind in _SIZES:
        return _SIZES[kind], min(_SIZES[kind], _WORD)
    if kind.startswith(_OF_ONE_WORD):
        return _WORD, _WORD
    if kind.startswith("[]"):
        return 3 * _WORD, _WORD
    if kind not in types.fields or depth > _DEEP or _BLANK in types.fields[kind]:
        return None
    total, widest = 0, 1
    for inner in types.fields[kind].values():
        size = _size(types, inner, depth + 1)
        if size is None:
            return None
        total += -total % size[1] + size[0]
        widest = max(widest, size[1])
    return total + -total % widest, widest
