"""Where a package closes the channels of a list or map, one of which is sent on or closed.

An element goes by the name of the loop that hands it out, and escapes whoever follows names; the
field or variable that both loops go over ties them together. Nothing is told where the package
closes another channel of the type, which may be such an element under another name.
"""

from __future__ import annotations

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import walk

Container = tuple[str, str]
"""The struct and name of a field, or "" and the name of a variable of the package."""


def closed_elements(
    package: GoPackage, file: str, line: int, name: str
) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Return what a channel is an element of, and where elements of that are closed.

    Args:
        package: the package.
        file: the name of the file.
        line: where the channel is used.
        name: its name there.

    Returns:
        The text of what it is an element of, a field or variable of the package, and file and line
        of each close; "" and none where there is no such thing, or another may be closed.
    """
    used = (
        node
        for node in walk(package.files[file].root)
        if node.type == "identifier" and line_of(node) == line and text_of(node) == name
    )
    node = next(used, None)
    whole = _element_of(package, node) if node is not None else None
    container = _container(package, whole) if whole is not None else None
    if whole is None or container is None:
        return "", ()
    kind = package.types.type_of(node)
    found = []
    for home, parsed in package.files.items():
        for call in parsed.named("close"):
            closed = _argument(call)
            if closed is None:
                continue
            other = _element_of(package, closed)
            if other is not None and _container(package, other) == container:
                found.append((home, line_of(closed)))
            elif package.types.type_of(closed) in ("", kind):
                return "", ()  # it may have been handed out under another name
    return " ".join(text_of(whole).split()), tuple(found)


def _argument(name: Node) -> Node | None:
    """Return the only argument of a call of a name; None if it is not called."""
    call = name.parent
    if call is None or call.type != "call_expression":
        return None
    given = call.child_by_field_name("arguments").named_children
    return given[0] if len(given) == 1 else None


def _element_of(package: GoPackage, node: Node) -> Node | None:
    """Return what an expression is an element of, by its index or by the name of one."""
    if node.type == "index_expression":
        return node.child_by_field_name("operand")
    if node.type != "identifier":
        return None
    given = package.origins.given(node)
    value, at, manner = given[0] if len(given) == 1 else (node, 0, "")
    if manner == "value" and value.type == "index_expression":
        return value.child_by_field_name("operand")
    return value if manner == "range" and at == 1 else None


def _container(package: GoPackage, node: Node) -> Container | None:
    if node.type == "identifier":
        return ("", text_of(node)) if package.types.is_variable(node) else None
    if node.type != "selector_expression":
        return None
    field = text_of(node.child_by_field_name("field"))
    kind = package.types.type_of(node.child_by_field_name("operand")).lstrip("*")
    owner = package.types.owner(kind, field) if kind else ""
    return (owner, field) if owner else None
