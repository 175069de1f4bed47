"""Where a value that was nil came from, as far as the text of its package leaves one way only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import returned

_NAMES = ("identifier", "selector_expression")
_MAKERS = ("new", "make")
_ERRORS = ("errors.New", "fmt.Errorf")
_DEPTH = 4
"""Names that one leads to at most."""


@dataclass(frozen=True, slots=True)
class NilOrigin:
    """What the source states of a value that was nil.

    Attributes:
        words: the end of a sentence about it, ``, which nothing in the package sets``.
        file: the name of the file that shows it; "" where no place does.
        line: the line that shows it, from 1; 0 for none.
        aside: what else is known; "" for nothing.
        sets: whether the line is the only one that sets the value.
    """

    words: str
    file: str = ""
    line: int = 0
    aside: str = ""
    sets: bool = False


def nil_origin(package: GoPackage, file: str, line: int, expression: str) -> NilOrigin | None:
    """Return where an expression of a line had its nil from; None where the text leaves it open.

    Args:
        package: the package.
        file: the name of the file.
        line: the line that the panic happened in.
        expression: the text of a name or of a field there.
    """
    for node in walk(package.files[file].root):
        if node.type in _NAMES and line_of(node) == line and text_of(node) == expression:
            return _origin(package, file, node, 0)
    return None


def call_origin(package: GoPackage, file: str, line: int, expression: str) -> NilOrigin | None:
    """Return which call alone gave a local variable of a line its value; None for anything else.

    Args:
        package: the package.
        file: the name of the file.
        line: the line that the panic happened in.
        expression: the text of a name there.
    """
    for node in walk(package.files[file].root):
        if node.type == "identifier" and line_of(node) == line and text_of(node) == expression:
            given = package.origins.given(node)
            value, at, manner = given[0] if len(given) == 1 else (node, 0, "")
            if value.type != "call_expression" or manner != "value" or at:
                return None
            return NilOrigin(f", which {_short(value)} gave", file, line_of(value))
    return None


def _origin(package: GoPackage, file: str, node: Node, depth: int) -> NilOrigin | None:
    if depth > _DEPTH:
        return None
    if node.type == "selector_expression":
        return _field_origin(package, node)
    if package.types.is_variable(node):
        return _variable_origin(package, node)
    given = package.origins.given(node)
    if not given:
        return _declared(node, file, package)
    if len(given) != 1:
        return None
    value, at, manner = given[0]
    if manner == "range":
        is_element = at == 1 or "chan" in package.types.type_of(value)[:6]
        words = f", an element of {_short(value)}"
        return NilOrigin(words, file, line_of(value)) if is_element else None
    if value.type in _NAMES and text_of(value) != "nil":
        return _origin(package, file, value, depth + 1)
    if value.type == "index_expression":
        return NilOrigin(f", which {_short(value)} gave", file, line_of(value))
    if value.type == "call_expression":
        return _returned_origin(package, file, value, at)
    return NilOrigin(", which is set to nil", file, line_of(value)) if _is_nil(value) else None


def _returned_origin(package: GoPackage, file: str, call: Node, at: int) -> NilOrigin | None:
    """Return that a function of the package gave nil, and where it does so if in one place.

    Args:
        package: the package.
        file: the name of the file that the call stands in.
        call: the call.
        at: which of its results is meant, from 0.
    """
    called = package.calls.called_by(file, call)
    if called is None or len(called) != 1:
        return None
    home, function = called[0]
    name = text_of(function.child_by_field_name("name"))
    values = list(returned(function, at))
    places = [line_of(each) for each in values if _is_nil(each)]
    # What else it returns may be nil as well, unless it is made there and then.
    if (
        len(places) != 1
        or not name
        or not all(_is_nil(e) or is_made(e, home, package) for e in values)
    ):
        return None
    aside = f"the error that came with it is dropped at {file}:{line_of(call)}"
    words = f", which {name} returns as nil"
    return NilOrigin(words, home, places[0], aside if at == 0 and _drops_error(call) else "")


def _drops_error(call: Node) -> bool:
    statement = call.parent.parent if call.parent is not None else None
    left = statement.child_by_field_name("left") if statement is not None else None
    names = [text_of(each) for each in left.named_children] if left is not None else []
    return len(names) == 2 and names[1] == "_"


def _declared(name: Node, file: str, package: GoPackage) -> NilOrigin | None:
    """Return that a local variable was declared without a value, and is given none."""
    bound = package.types.binding(name)
    if bound is None or bound[1] != "local":
        return None
    for node in walk(bound[0]):
        if node.type != "var_spec" or node.child_by_field_name("value") is not None:
            continue
        if text_of(name) in [text_of(each) for each in node.children_by_field_name("name")]:
            return NilOrigin(", which is declared without a value", file, line_of(node))
    return None


def _variable_origin(package: GoPackage, name: Node) -> NilOrigin | None:
    """Return that nothing sets a variable of the package, or what alone does."""
    text = text_of(name)
    places: list[tuple[str, int]] = []
    for file, parsed in package.files.items():
        for node in walk(parsed.root) if parsed.mentions(text) else ():
            if node.type == "assignment_statement":
                left = node.child_by_field_name("left").named_children
                if any(text_of(each) == text and package.types.is_variable(each) for each in left):
                    places.append((file, line_of(node)))
            elif node.type == "var_spec" and enclosing(node, *FUNCTIONS) is None:
                named = [text_of(each) for each in node.children_by_field_name("name")]
                if text in named and node.child_by_field_name("value") is not None:
                    places.append((file, line_of(node)))
    return _set_in(package, places)


def _field_origin(package: GoPackage, node: Node) -> NilOrigin | None:
    """Return that nothing sets a field, or what alone does."""
    field = text_of(node.child_by_field_name("field"))
    kind = package.types.type_of(node.child_by_field_name("operand")).lstrip("*")
    owner = package.types.owner(kind, field) if kind else ""
    if not owner:
        return None
    places = [(home, at) for home, at, _ in sets_of_field(package, owner, field)]
    return _set_in(package, places)


def _set_in(package: GoPackage, places: list[tuple[str, int]]) -> NilOrigin | None:
    if not package.is_whole:
        return None
    if not places:
        return NilOrigin(", which nothing in the package sets")
    if len(places) != 1:
        return None
    file, line = places[0]
    inner = package.files[file].function_at(line)
    around = declared_around(inner) if inner is not None else None
    if around is None:
        return None
    name = text_of(around.child_by_field_name("name"))
    return NilOrigin(f", which only {name} sets", file, line, sets=True)


def sets_of_field(package: GoPackage, owner: str, field: str) -> Iterator[tuple[str, int, bool]]:
    """Yield where a field of a type is set: file, line, and whether in a literal of the type."""
    for file, parsed in package.files.items():
        # A literal may set a field without its name.
        named = parsed.mentions(field) or parsed.mentions(owner)
        for node in walk(parsed.root) if named else ():
            if node.type == "assignment_statement":
                for each in node.child_by_field_name("left").named_children:
                    if _is_field(package, each, owner, field):
                        yield file, line_of(node), False
            elif node.type == "unary_expression" and text_of(node).startswith("&"):
                if _is_field(package, node.child_by_field_name("operand"), owner, field):
                    yield file, line_of(node), False
            elif node.type == "composite_literal":
                kind = text_of(node.child_by_field_name("type")).lstrip("*&").partition("[")[0]
                if kind == owner and _literal_sets(node.child_by_field_name("body"), field):
                    yield file, line_of(node), True


def _is_field(package: GoPackage, node: Node, owner: str, field: str) -> bool:
    if node.type != "selector_expression":
        return False
    if text_of(node.child_by_field_name("field")) != field:
        return False
    kind = package.types.type_of(node.child_by_field_name("operand")).lstrip("*")
    return not kind or package.types.owner(kind, field) == owner


def _literal_sets(body: Node, field: str) -> bool:
    """Return whether a literal gives a field a value, by its name or in its turn."""
    elements = body.named_children if body is not None else []
    if any(each.type == "literal_element" for each in elements):
        return True
    return any(
        each.type == "keyed_element" and text_of(each.named_children[0]) == field
        for each in elements
    )


def is_made(node: Node, file: str, package: GoPackage, depth: int = 0) -> bool:
    """Return whether a value is made where it stands, or in what is called there: it is not nil."""
    if node.type == "unary_expression":
        return text_of(node).startswith("&")
    if node.type == "identifier":
        given = package.origins.given(node) if depth < _DEPTH else []
        return bool(given) and all(
            manner == "value" and at == 0 and is_made(value, file, package, depth + 1)
            for value, at, manner in given
        )
    if node.type != "call_expression":
        return node.type in ("composite_literal", "func_literal")
    called = text_of(node.child_by_field_name("function"))
    if called in _MAKERS or package.files[file].library_function(node) in _ERRORS:
        return True
    functions = package.calls.called_by(file, node) if depth < _DEPTH else None
    results = [(home, each) for home, function in functions or () for each in returned(function)]
    return bool(results) and all(is_made(each, home, package, depth + 1) for home, each in results)


def _is_nil(node: Node) -> bool:
    return text_of(node) == "nil"


def _short(node: Node) -> str:
    return " ".join(text_of(node).split())
