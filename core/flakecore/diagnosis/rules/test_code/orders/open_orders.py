"""Places that take the elements of a map in whatever order it gives them.

Go leaves open in which order a range over a map goes round (the Go specification, "For statements
with range clause"), and with it that of the iterators of package maps, of an iterator of the
package's own that yields in such a range, and of ``sync.Map.Range``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.rules.test_code.orders.reordered import sorts_after
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk

_FILLS = re.compile(r"append|Write\w*|F?[Pp]rint\w*")
_STRINGS = ("interpreted_string_literal", "raw_string_literal")
_ITERATORS = re.compile(r"(?:maps|golang\.org/x/exp/maps)\.(?:Keys|Values|All)")
_COLLECTS = re.compile(r"slices\.(?:Collect|AppendSeq)|append")
_PULLS = ("iter.Pull", "iter.Pull2")


class OpenOrder(NamedTuple):
    """A place that leaves an order open.

    Attributes:
        node: what takes the elements: a range clause or a call.
        does: what its function does there, for a person.
        shortly: the same in fewer words.
    """

    node: Node
    does: str
    shortly: str


def open_orders(
    package: GoPackage, file: str, function: Node, *, sorted_too: bool = False
) -> Iterator[OpenOrder]:
    """Yield where a function fills or prints something in the order of a map, unsorted behind.

    Args:
        package: the package that it stands in.
        file: the name of its file.
        function: its node.
        sorted_too: whether to yield what is sorted behind, too.
    """
    for node in walk(function):
        if node.type == "range_clause":
            found = _range(package, file, node)
            place = enclosing(node, "for_statement")
            if found is None or place is None or not _fills(place):
                continue
        elif node.type == "call_expression":
            found, place = _call(package, file, node), node
            if found is None:
                continue
        else:
            continue
        if sorted_too or not sorts_after(function, place):
            yield found


def open_ranges(package: GoPackage, file: str, function: Node) -> Iterator[Node]:
    """Yield the range clauses among such places."""
    for each in open_orders(package, file, function):
        if each.node.type == "range_clause":
            yield each.node


def is_map(package: GoPackage, node: Node | None) -> bool:
    """Return whether an expression is a map, or a pointer to one, by its type."""
    kind = package.types.underlying(package.types.type_of(node).lstrip("*"))
    return kind.startswith("map[")


def _range(package: GoPackage, file: str, clause: Node) -> OpenOrder | None:
    """Return the open order of a range clause; None where it has one, or its elements have none."""
    right = clause.child_by_field_name("right")
    over = " ".join(text_of(right).split())
    if is_map(package, right):
        return OpenOrder(clause, f"ranges over {over}, a map", "ranges over a map")
    if right is not None and right.type == "call_expression":
        if _ITERATORS.fullmatch(package.files[file].library_function(right)):
            return OpenOrder(clause, f"ranges over {over}", "ranges over a map")
        if _is_own_iterator(package, file, right):
            return OpenOrder(clause, f"ranges over {over}, in a map's order", "ranges over a map")
    return None


def _call(package: GoPackage, file: str, call: Node) -> OpenOrder | None:
    """Return the open order of a call that takes elements of a map; None for any other call."""
    parsed, text = package.files[file], " ".join(text_of(call).split())
    called = parsed.library_function(call)
    if _ITERATORS.fullmatch(called):
        around = call.parent.parent if call.parent is not None else None
        if around is None or around.type != "call_expression":
            return None
        taker = parsed.library_function(around) or text_of(around.child_by_field_name("function"))
        if _COLLECTS.fullmatch(taker):
            return OpenOrder(call, f"collects {text} in any order", "collects a map in any order")
        return None
    if called in _PULLS:
        (given,) = call.child_by_field_name("arguments").named_children[:1] or (None,)
        if given is not None and given.type == "call_expression":
            of_maps = _ITERATORS.fullmatch(parsed.library_function(given))
            if of_maps or _is_own_iterator(package, file, given):
                over = " ".join(text_of(given).split())
                return OpenOrder(call, f"pulls from {over}, in a map's order", "pulls from a map")
        return None
    function = call.child_by_field_name("function")
    if function is not None and function.type == "selector_expression" and not called:
        operand = function.child_by_field_name("operand")
        is_range = text_of(function.child_by_field_name("field")) == "Range"
        if is_range and package.types.type_of(operand).lstrip("*") == "sync.Map" and _fills(call):
            over = text_of(operand)
            return OpenOrder(call, f"ranges over {over}, a sync.Map", "ranges over a sync.Map")
    return None


def _is_own_iterator(package: GoPackage, file: str, call: Node) -> bool:
    """Return whether a call makes an iterator that yields in a range over a map."""
    functions = package.calls.called_by(file, call) or ()
    return len(functions) == 1 and any(
        node.type == "range_clause"
        and is_map(package, node.child_by_field_name("right"))
        and enclosing(node, *FUNCTIONS) != function
        for _, function in functions
        for node in walk(function)
    )


def _fills(loop: Node) -> bool:
    """Return whether a loop's body appends to a list, prints, or writes to a text or a channel.

    A function literal that is called for each element is such a body.
    """
    for node in walk(loop.child_by_field_name("body") or loop.child_by_field_name("arguments")):
        if node.type == "send_statement":
            return True
        if node.type == "call_expression" and _FILLS.fullmatch(_short_name(node)):
            return True
        if node.type == "assignment_statement":
            operator = node.child_by_field_name("operator")
            is_text = any(each.type in _STRINGS for each in walk(node))
            if operator is not None and text_of(operator) == "+=" and is_text:
                return True
    return False


def _short_name(call: Node) -> str:
    return text_of(call.child_by_field_name("function")).rpartition(".")[2]
