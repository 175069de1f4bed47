"""What a test wanted and what its message shows, where both are texts of one list in its source.

A list is a composite literal, ``[]string{"ann", "bob"}`` or one of structs, or what calls of one
function are given in the test: ``b.Add("ann", 20)`` and ``b.Add("bob", 20)``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import walk

_TEXTS = ("interpreted_string_literal", "raw_string_literal")
_NUMBERS = ("int_literal", "float_literal")
_SHORTEST = 2
"""Characters of a text from which on it is looked for in a message."""


class Siblings(NamedTuple):
    """Two texts of one list.

    Attributes:
        wanted: that which the test compares with.
        found: that which its message shows.
        node: of the latter.
        numbers: those beside each of both, where they are equal; empty where they differ, or where
            there are none.
    """

    wanted: str
    found: str
    node: Node
    numbers: tuple[str, ...]


class _Row(NamedTuple):
    texts: dict[str, Node]
    numbers: tuple[tuple[str, str], ...]


def siblings(failing: FailingSource) -> Siblings | None:
    """Return what was wanted and what there is; None where that is not certain.

    Each stands in one row of the list alone, and the message shows no other one of its texts but
    the wanted one.
    """
    wanted = {
        text_of(side)[1:-1]
        for each in failing.comparisons
        for side in (each.left, each.right)
        if side.type in _TEXTS
    }
    if len(wanted) != 1:
        return None
    (want,) = wanted
    for rows in _lists(failing).values():
        for at in {at for row in rows for at in row.texts}:
            listed = [(text_of(row.texts[at])[1:-1], row) for row in rows if at in row.texts]
            ours = [row for text, row in listed if text == want]
            shown = [
                (text, row)
                for text, row in listed
                if text != want and _is_shown(text, failing.message)
            ]
            if len(ours) == 1 and len(shown) == 1:
                ((text, row),) = shown
                equal = ours[0].numbers == row.numbers
                numbers = tuple(number for _, number in row.numbers) if equal else ()
                return Siblings(want, text, row.texts[at], numbers)
    return None


def is_of_index(failing: FailingSource) -> bool:
    """Return whether what a failing line asks for is an element of a list at a constant index."""
    return any(
        node.type == "index_expression" and node.child_by_field_name("index").type == "int_literal"
        for condition in failing.innermost
        for _, node in failing.origins.of(failing.name, condition, fields=True)
    )


def _is_shown(text: str, message: str) -> bool:
    if len(text) < _SHORTEST:
        return False
    return re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", message) is not None


def _lists(failing: FailingSource) -> dict[str, list[_Row]]:
    """Return the rows of each list before the failing line; of calls by what they call."""
    found: dict[str, list[_Row]] = defaultdict(list)
    for node in walk(failing.function):
        if node.start_byte >= failing.call.start_byte:
            break
        if node.type == "call_expression":
            arguments = node.child_by_field_name("arguments")
            name = text_of(node.child_by_field_name("function"))
            row = _row(arguments.named_children if arguments is not None else [])
            if row.texts:
                found[f"call {name}"].append(row)
        elif node.type == "literal_value":
            for each in node.named_children:
                inner = _unwrapped(each)
                is_row = inner.type in ("literal_value", "composite_literal")
                body = inner.child_by_field_name("body") if is_row else None
                row = _row((body or inner).named_children if is_row else [each])
                if row.texts:
                    found[f"literal {node.start_byte}"].append(row)
    return found


def _row(values: list[Node]) -> _Row:
    """Return the texts of a row by their place or field, and its numbers."""
    texts: dict[str, Node] = {}
    numbers: list[tuple[str, str]] = []
    for at, each in enumerate(values):
        is_keyed = each.type == "keyed_element"
        key = text_of(each.named_children[0]) if is_keyed else str(at)
        value = _unwrapped(each.named_children[-1] if is_keyed else each)
        if value.type in _TEXTS:
            texts[key] = value
        elif value.type in _NUMBERS:
            numbers.append((key, text_of(value)))
    return _Row(texts, tuple(numbers))


def _unwrapped(node: Node) -> Node:
    return node.named_children[0] if node.type == "literal_element" else node
