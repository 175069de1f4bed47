"""The variable that both accesses of a data race touch, by the source of their two lines.

The race detector names an address, which no source has. But it states of each line whether it reads
or writes there, itself or within a function of another package that it calls. So the variable is
what the one line assigns to, or hands over, and the other names as well. Where that leaves several,
or none, nothing is returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.source.go_file import GoFile, short_name
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.operations import ELEMENT
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.types import PackageTypes
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key

_MAPS = ("runtime.map", "internal/runtime/maps.")
_CHANGING = ("inc_statement", "dec_statement")
_NAMES = ("identifier", "selector_expression")
_OF_BUILTINS = ("append", "copy", "delete", "clear", "len")


@dataclass(frozen=True)
class RacedLine:
    """One access of a race, as its report has it.

    Attributes:
        frame: the program's own frame.
        writes: whether it writes.
        inner: function of another package that it calls there, which did it; "" where it did so
            itself.
    """

    frame: StackFrame
    writes: bool
    inner: str


@dataclass(frozen=True)
class RacedVariable:
    """What both touch.

    Attributes:
        text: the expression, as the line that writes has it.
        handed_over: whether a line only hands it to a function that touches it or a part of it.
    """

    text: str
    handed_over: bool


@dataclass(frozen=True)
class _Touched:
    """A variable that a line touches.

    Attributes:
        key: what it is; None where only its type is known.
        text: its expression.
        kind: the type whose fields or elements are touched with it, ``type Config``; "" for none.
        handed: whether it is only handed to a function.
    """

    key: VariableKey | None
    text: str
    kind: str
    handed: bool


def raced_variable(package: GoPackage, one: RacedLine, other: RacedLine) -> RacedVariable | None:
    """Return the only variable that both accesses of a race may touch; None for none or several."""
    if not one.writes:
        one, other = other, one
    here, there = package.function_of(one.frame), package.function_of(other.frame)
    if here is None or there is None or not one.writes:
        return None
    mine = list(_touched(package, one, *here))
    others = list(_touched(package, other, *there))
    own = here[1].start_byte if here[1] == there[1] else -1
    for is_match in (_is_same, _is_part):
        found = {
            (first.key or second.key): RacedVariable(
                first.text if first.key else second.text, first.handed or second.handed
            )
            for first in mine
            for second in others
            if is_match(first, second) and not _is_of_one_call(first.key or second.key, own)
        }
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
    return None


def _is_same(one: _Touched, other: _Touched) -> bool:
    return one.key is not None and one.key == other.key


def _is_part(one: _Touched, other: _Touched) -> bool:
    """Return whether one is a field or an element of a value that the other hands over whole."""
    pairs = ((one, other), (other, one))
    return any(
        part.key is not None and not part.handed and bool(whole.kind) and part.key[0] == whole.kind
        for part, whole in pairs
    )


def _is_of_one_call(key: VariableKey | None, function: int) -> bool:
    """Return whether a variable is made anew by each call of the function that both are in."""
    return key is not None and key[0] in (f"local {function}", f"parameter {function}")


def _touched(package: GoPackage, line: RacedLine, name: str, function: Node) -> Iterator[_Touched]:
    """Yield what a line of a function may touch, as far as it has a name."""
    file, types = package.files[name], package.types
    nodes = [
        node
        for node in walk(function)
        if line_of(node) == line.frame.line and enclosing(node, *FUNCTIONS) == function
    ]
    if line.inner.startswith(_MAPS):
        operands = [each for node in nodes for each in _maps(node)]
        yield from (_whole(types, each, handed=False) for each in operands)
    elif line.inner.startswith("runtime."):
        operands = [each for node in nodes for each in _arguments_of_builtin(node)]
        yield from (_whole(types, each, handed=False) for each in operands)
        yield from _direct(types, file, nodes, writes=line.writes)
    elif line.inner:
        yield from (
            _whole(types, each, handed=True)
            for node in nodes
            for each in _handed_over(node, short_name(line.inner))
        )
    else:
        yield from _direct(types, file, nodes, writes=line.writes)


def _whole(types: PackageTypes, node: Node, *, handed: bool) -> _Touched:
    """Return a value that is handed over, with what its type has in it."""
    if node.type == "unary_expression" and text_of(node).startswith("&"):
        node = node.child_by_field_name("operand")
    kind = types.type_of(node).lstrip("*") if handed else ""
    return _Touched(_key(types, node), _text(node), f"type {kind}" if kind else "", handed)


def _direct(
    types: PackageTypes, file: GoFile, nodes: list[Node], *, writes: bool
) -> Iterator[_Touched]:
    """Yield what a line touches itself: what it assigns to, or all that it reads."""
    targets = [each for node in nodes for each in _targets(node)]
    if writes:
        for each in targets:
            yield _element_or_whole(types, each)
        return
    only_written = [each for node in nodes if not _reads_too(node) for each in _targets(node)]
    for node in nodes:
        around = node.parent
        if node.type == "index_expression" and node not in only_written:
            yield _element_or_whole(types, node)
        if node.type not in _NAMES or node in only_written or _is_function(file, node):
            continue
        is_operand = around is not None and around.type == "selector_expression"
        kind = types.type_of(node) if not is_operand else ""
        is_value = bool(kind) and not kind.startswith("*")
        yield _Touched(_key(types, node), _text(node), f"type {kind}" if is_value else "", False)


def _element_or_whole(types: PackageTypes, node: Node) -> _Touched:
    """Return an assigned or read expression; of an index expression, the elements of its list."""
    if node.type != "index_expression":
        return _Touched(_key(types, node), _text(node), "", False)
    operand = node.child_by_field_name("operand")
    kind = types.type_of(operand)
    key = _key(types, operand)
    if kind in types.fields or types.underlying(kind) != kind:
        key = (f"type {kind}", ELEMENT)
    elif key is not None:
        key = (key[0], f"{key[1]}{ELEMENT}")
    return _Touched(key, f"elements of {_text(operand)}", "", False)


def _key(types: PackageTypes, node: Node) -> VariableKey | None:
    """Return what an expression names: by types, or else by its text from one variable on."""
    known = variable_key(types, node)
    root = node
    while root.type == "selector_expression":
        root = root.child_by_field_name("operand")
    if known is not None or root.type != "identifier" or root == node:
        return known
    bound = types.binding(root)
    return (f"{bound[1]} {bound[0].start_byte}", _text(node)) if bound is not None else None


def _text(node: Node) -> str:
    return " ".join(text_of(node).split())


def _targets(node: Node) -> list[Node]:
    """Return the expressions that a statement assigns to."""
    if node.type in _CHANGING:
        return list(node.named_children[:1])
    left = node.child_by_field_name("left")
    is_assignment = node.type == "assignment_statement"
    is_received = node.type in ("range_clause", "receive_statement")
    if left is None or not (is_assignment or is_received):
        return []
    return list(left.named_children) if left.type == "expression_list" else [left]


def _reads_too(node: Node) -> bool:
    """Return whether a statement reads what it assigns to: ``n++``, ``n += 2``."""
    return node.type in _CHANGING or text_of(node.child_by_field_name("operator")) not in ("=", "")


def _maps(node: Node) -> list[Node]:
    """Return what is indexed, ranged over or handed to a function of maps."""
    if node.type == "index_expression":
        return [node.child_by_field_name("operand")]
    if node.type == "range_clause":
        right = node.child_by_field_name("right")
        return [right] if right is not None else []
    return _arguments_of_builtin(node)


def _arguments_of_builtin(node: Node) -> list[Node]:
    if node.type != "call_expression":
        return []
    called = text_of(node.child_by_field_name("function"))
    return list(node.child_by_field_name("arguments").named_children[:2]) * (called in _OF_BUILTINS)


def _handed_over(node: Node, name: str) -> list[Node]:
    """Return the receiver and the arguments of a call of a function of some name."""
    if node.type != "call_expression" or not name:
        return []
    called = node.child_by_field_name("function")
    if called.type != "selector_expression" or text_of(called.child_by_field_name("field")) != name:
        return []
    return [
        called.child_by_field_name("operand"),
        *node.child_by_field_name("arguments").named_children,
    ]


def _is_function(file: GoFile, node: Node) -> bool:
    """Return whether a name is what is called, or an import."""
    call = node.parent
    if call is not None and call.type == "call_expression" and node.type == "selector_expression":
        return bool(call.child_by_field_name("function") == node)
    return text_of(node) in file.imports
