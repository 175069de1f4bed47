"""Which expression of a line a panic is about, where its text leaves one only."""

from __future__ import annotations

from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.syntax import walk

_DIVIDING = ("/", "%", "/=", "%=")
_NUMBERS = ("int_literal", "float_literal")
_ASSIGNING = ("assignment_statement", "inc_statement", "dec_statement")


def written_map(file: GoFile, line: int) -> str:
    """Return the operand of the only index expression that a line assigns to; "" for none."""
    found = set()
    for node in walk(file.root):
        if node.type not in _ASSIGNING or line_of(node) != line:
            continue
        left = node.child_by_field_name("left") or node.named_children[0]
        targets = left.named_children if left.type == "expression_list" else [left]
        found |= {_operand(each) for each in targets if each.type == "index_expression"}
    return found.pop() if len(found) == 1 else ""


def indexed(file: GoFile, line: int) -> str:
    """Return the operand of the only index or slice expression of a line; "" for none.

    Any key may be asked of a map, so none of a map counts.
    """
    kinds = ("index_expression", "slice_expression")
    found = {
        _operand(node)
        for node in walk(file.root)
        if node.type in kinds and line_of(node) == line and not _is_of_map(file, node)
    }
    return found.pop() if len(found) == 1 else ""


def _is_of_map(file: GoFile, node: Node) -> bool:
    kind = file.types.type_of(node.child_by_field_name("operand"))
    return file.types.underlying(kind).startswith("map[")


def made_with(file: GoFile, line: int) -> tuple[str, str, str]:
    """Return type, length and capacity of the only ``make`` of a line; three "" for none.

    The length and the capacity are "" where none is given.
    """
    calls = [each for each in file.calls_at(line) if _called(each) == "make"]
    if len(calls) != 1:
        return "", "", ""
    given = calls[0].child_by_field_name("arguments").named_children
    kind, length, capacity = (*(" ".join(text_of(each).split()) for each in given), "", "", "")[:3]
    return kind, length, capacity


def _called(call: Node) -> str:
    return text_of(call.child_by_field_name("function"))


def divisor(file: GoFile, line: int) -> str:
    """Return the only expression that a line divides by, numbers left out; "" for none."""
    found = set()
    for node in walk(file.root):
        if line_of(node) != line or node.type not in ("binary_expression", "assignment_statement"):
            continue
        if text_of(node.child_by_field_name("operator")) in _DIVIDING:
            right = node.child_by_field_name("right")
            listed = right.named_children if right.type == "expression_list" else [right]
            found |= {text_of(each) for each in listed if each.type not in _NUMBERS}
    return found.pop() if len(found) == 1 else ""


def asserted_type(file: GoFile, line: int) -> tuple[str, str]:
    """Return operand and type of the only type assertion of a line; two "" for none."""
    found = {
        (_operand(node), text_of(node.child_by_field_name("type")))
        for node in walk(file.root)
        if node.type == "type_assertion_expression" and line_of(node) == line
    }
    return found.pop() if len(found) == 1 else ("", "")


def closed(file: GoFile, line: int) -> str:
    """Return the only channel that a line closes; "" for none."""
    found = {each.object.text for each in file.at(line, OperationKind.CLOSE)}
    return found.pop() if len(found) == 1 else ""


def all_dereferenced(file: GoFile, line: int) -> list[Node]:
    """Return the expressions of a line that a nil pointer can be, in the order of the source.

    Names of imports and of functions are none. An index does not count: a nil slice has no element
    to ask for, which is another panic.
    """
    found: list[Node] = []
    for node in walk(file.root):
        if line_of(node) != line:
            continue
        if node.type == "selector_expression":
            operand = node.child_by_field_name("operand")
            is_import = text_of(operand) in file.imports and file.types.binding(operand) is None
            found += [] if is_import else [operand]
            if not is_import and _is_called(node) and _may_be_function(file, node):
                found.append(node)
        elif node.type == "unary_expression" and text_of(node).startswith("*"):
            found.append(node.child_by_field_name("operand"))
        elif node.type == "call_expression":
            called = node.child_by_field_name("function")
            if called is not None and called.type == "identifier":
                is_value = file.types.binding(called) or file.types.is_variable(called)
                found += [called] if is_value else []
            elif called is not None and called.type == "index_expression":
                # Of a function with type parameters the brackets are no index.
                of = file.types.type_of(called.child_by_field_name("operand"))
                is_listed = file.types.underlying(of).startswith(("map[", "["))
                found += [called] if is_listed else []
    return found


def _is_called(node: Node) -> bool:
    call = node.parent
    if call is None or call.type != "call_expression":
        return False
    return bool(call.child_by_field_name("function") == node)


def _may_be_function(file: GoFile, node: Node) -> bool:
    """Return whether a selector may lead to a field that is a function, and to no method."""
    types, field = file.types, text_of(node.child_by_field_name("field"))
    kind = types.type_of(node.child_by_field_name("operand")).lstrip("*")
    return any(field in fields for fields in types.fields.values()) and (
        not kind or bool(types.owner(kind, field))
    )


def _operand(node: Node) -> str:
    return text_of(node.child_by_field_name("operand"))
