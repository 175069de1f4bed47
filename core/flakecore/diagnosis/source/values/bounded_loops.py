"""Loops that come to an end by their text: over what is there, and towards a limit.

A range over a slice, a map, a string or a number ends; one over a channel or a function may not. A
``for`` clause counts if its variable goes by steps of one sign towards a limit, and nothing in
the loop sets the variable or the limit, or may do so by an address. All others stay open: one that
follows links, as ``n = n.next``, goes round for ever where they form a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import enclosing, walk

_UPWARDS = {"<": True, "<=": True, ">": False, ">=": False}
"""Whether the left side of a condition has to grow for the condition to fail."""
_SIDES_CHANGED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_STEPS = {"inc_statement": True, "dec_statement": False}
_ASSIGNED = {"+=": True, "-=": False}
_NAMES = ("identifier", "selector_expression")
_FINITE = ("[", "*[", "...", "map[", "string", "int", "uint", "byte", "rune")
_NUMBERS = ("binary_expression", "parenthesized_expression", "int_literal")
_LENGTHS = ("len", "cap", "min", "max")
_SETS = (
    "assignment_statement",
    "short_var_declaration",
    "inc_statement",
    "dec_statement",
    "range_clause",
)


def is_over_what_is_there(package: GoPackage, ranged: Node) -> bool:
    """Return whether what a loop ranges over is known to have an end."""
    kind = package.types.type_of(ranged)
    if kind:
        return kind.startswith(_FINITE)
    return all(each.type in _NUMBERS for each in walk(ranged) if each.is_named)


def counts_to_a_limit(package: GoPackage, loop: Node, clause: Node) -> bool:
    """Return whether a ``for`` statement's clause counts towards a limit that stays.

    Args:
        package: the package of the loop.
        loop: the ``for`` statement.
        clause: its ``for_clause``.
    """
    update = clause.child_by_field_name("update")
    step = _step(update) if update is not None else None
    condition = clause.child_by_field_name("condition")
    return step is not None and condition is not None and _ends(package, loop, condition, *step)


def _step(update: Node) -> tuple[str, bool] | None:
    """Return the variable that an update changes, and whether it grows."""
    if update.type in _STEPS:
        variable = update.named_children[0]
        return (text_of(variable), _STEPS[update.type]) if _is_name(variable) else None
    if update.type != "assignment_statement":
        return None
    left = update.child_by_field_name("left").named_children
    right = update.child_by_field_name("right").named_children
    grows = _ASSIGNED.get(text_of(update.child_by_field_name("operator")))
    is_plain = len(left) == 1 and _is_name(left[0]) and right[0].type == "int_literal"
    if grows is None or not is_plain or not text_of(right[0]).strip("0_"):
        return None
    return text_of(left[0]), grows


def _ends(package: GoPackage, loop: Node, condition: Node, variable: str, grows: bool) -> bool:
    """Return whether a condition fails at last when a variable grows, or shrinks."""
    return any(
        _one_ends(package, loop, each, variable, grows=grows) for each in _conjuncts(condition)
    )


def _conjuncts(condition: Node) -> Iterator[Node]:
    """Yield the comparisons that all have to hold for a condition to hold."""
    waiting = [condition]
    while waiting:
        each = waiting.pop()
        if each.type == "parenthesized_expression":
            waiting += each.named_children
        elif each.type == "binary_expression":
            if text_of(each.child_by_field_name("operator")) == "&&":
                waiting += [each.child_by_field_name("left"), each.child_by_field_name("right")]
            else:
                yield each


def _one_ends(
    package: GoPackage, loop: Node, condition: Node, variable: str, *, grows: bool
) -> bool:
    left = condition.child_by_field_name("left")
    right = condition.child_by_field_name("right")
    operator = text_of(condition.child_by_field_name("operator"))
    if text_of(left) != variable:
        left, right = right, left
        operator = _SIDES_CHANGED.get(operator, "")
    if text_of(left) != variable or _UPWARDS.get(operator) is not grows:
        return False
    if operator == ">=" and not _has_a_sign(package, loop, left):
        return False  # a number without a sign never falls below 0
    return _stays(package, loop.child_by_field_name("body"), variable, right)


def _has_a_sign(package: GoPackage, loop: Node, variable: Node) -> bool:
    """Return whether a variable is known to go below 0, by its type or by what it begins with."""
    kind = package.types.type_of(variable)
    if kind:
        return kind.startswith("int")
    begins = next((each for each in walk(loop) if each.type == "short_var_declaration"), None)
    if begins is None or text_of(begins.child_by_field_name("left")) != text_of(variable):
        return False
    value = begins.child_by_field_name("right")
    return all(each.type not in _NAMES or _is_of_a_length(each) for each in walk(value))


def _is_of_a_length(name: Node) -> bool:
    call = enclosing(name, "call_expression")
    return call is not None and _is_length(call)


def _stays(package: GoPackage, body: Node, variable: str, limit: Node) -> bool:
    """Return whether nothing in a loop sets its variable or what its limit is made of."""
    named = {text_of(each) for each in walk(limit) if each.type in _NAMES}
    if any(not _is_length(each) for each in walk(limit) if each.type == "call_expression"):
        return False
    named.add(variable)
    return not any(
        text_of(each) in named
        for node in walk(body)
        for target in _set_by(package, node)
        for each in walk(target)
        if each.type in _NAMES
    )


def _set_by(package: GoPackage, node: Node) -> Iterator[Node]:
    """Yield what a node sets, or lets others set; an element of a slice sets no variable."""
    if node.type == "unary_expression" and text_of(node).startswith("&"):
        yield node
    if node.type not in _SETS:
        return
    left = node.child_by_field_name("left")
    for each in left.named_children if left is not None else node.named_children[:1]:
        if each.type != "index_expression":
            yield each
            continue
        operand = each.child_by_field_name("operand")
        if not package.types.type_of(operand).startswith("["):
            yield operand


def _is_length(call: Node) -> bool:
    return text_of(call.child_by_field_name("function")) in _LENGTHS


def _is_name(node: Node) -> bool:
    return bool(node.type == "identifier")
