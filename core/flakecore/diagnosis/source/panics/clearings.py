"""Where a package empties a field or a variable of its own: sets it to nil, or cuts a slice short.

That is a fact of the text, reported where one place does so and the test's own function may come to
it by the package's calls; whether it did is for whoever asks to decide, or to leave open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.panics.nil_origin import NilOrigin
from flakecore.diagnosis.source.panics.test_reach import may_be_called
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, walk

_NAMES = ("identifier", "selector_expression")


def clearing(
    package: GoPackage, at: tuple[str, int], expression: str, test: str, *, cuts: bool = False
) -> NilOrigin | None:
    """Return what alone empties a field or a variable of the package; None for several, or none.

    Args:
        package: the package.
        at: the file and the line that the panic happened in.
        expression: the text of a field, or of a name, there.
        test: name of the test's function, that it must be in reach of.
        cuts: whether a slice that is cut short is empty, too.
    """
    file, line = at
    nodes = walk(package.files[file].root) if package.is_whole else iter(())
    node = next(
        (e for e in nodes if e.type in _NAMES and line_of(e) == line and text_of(e) == expression),
        None,
    )
    is_same = _same(package, node) if node is not None else None
    if node is None or is_same is None:
        return None
    field = text_of(node.child_by_field_name("field") or node)
    found = [
        (name, target, verb)
        for name, parsed in package.files.items()
        if parsed.mentions(field)
        for target, value in _assigned(parsed.root)
        if is_same(target) and (verb := _verb(target, value, cuts=cuts))
    ]
    if len(found) != 1:
        return None
    home, target, verb = found[0]
    inner = enclosing(target, *FUNCTIONS)
    around = declared_around(inner) if inner is not None else None
    if (
        inner is None
        or around is None
        or not may_be_called(package, home, inner, (test,), surely=True)
    ):
        return None
    name = text_of(around.child_by_field_name("name"))
    return NilOrigin(f", which {name} {verb}", home, line_of(target))


def _same(package: GoPackage, node: Node) -> Callable[[Node], bool] | None:
    """Return what shows the names of a field, or of a variable of the package; None for others."""
    types = package.types
    if node.type == "identifier":
        text = text_of(node)
        if not types.is_variable(node):
            return None
        return lambda each: (
            each.type == "identifier" and text_of(each) == text and types.is_variable(each)
        )
    owner = _owner(package, node)
    return (lambda each: _owner(package, each) == owner) if owner else None


def _owner(package: GoPackage, node: Node) -> tuple[str, str] | None:
    """Return a field's struct and name; None where the type of what it is of is not known."""
    if node.type != "selector_expression":
        return None
    field = text_of(node.child_by_field_name("field"))
    kind = package.types.type_of(node.child_by_field_name("operand")).lstrip("*")
    owner = package.types.owner(kind, field) if kind else ""
    return (owner, field) if owner else None


def _assigned(root: Node) -> Iterator[tuple[Node, Node]]:
    """Yield what is assigned to, each with its own value."""
    for node in walk(root):
        if node.type == "assignment_statement":
            left = node.child_by_field_name("left").named_children
            right = node.child_by_field_name("right").named_children
            if text_of(node.child_by_field_name("operator")) == "=" and len(left) == len(right):
                yield from zip(left, right, strict=True)


def _verb(target: Node, value: Node, *, cuts: bool) -> str:
    """Return how an assignment empties what it assigns to; "" if it does not."""
    if text_of(value) == "nil":
        return "sets to nil"
    is_cut = value.type == "slice_expression" and value.child_by_field_name("end") is not None
    operand = text_of(value.child_by_field_name("operand"))
    return "cuts short" if cuts and is_cut and operand == text_of(target) else ""
