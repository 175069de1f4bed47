"""Sorts that compare one part of their elements alone, so that what is equal in it stays open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk
from flakecore.diagnosis.source.values.value_origins import returned

_BY_INDEX = ("sort.Slice", "sort.SliceStable")
_BY_ELEMENT = ("slices.SortFunc", "slices.SortStableFunc")
_COMPARES = ("cmp.Compare", "strings.Compare")
_ORDERS = ("<", ">", "-")
_GROUP = re.compile(r"\{([^{}]*)\}")
_NAMED = re.compile(r"(\w+):(.*)\Z", re.DOTALL)


class PartialSort(NamedTuple):
    """A sort by one part of its elements.

    Attributes:
        call: the call that sorts.
        key: what is compared, for a person: ``Score``.
        kind: the type of the elements, if the key is a field of them; "" if it is not.
    """

    call: Node
    key: str
    kind: str


def partial_sorts(package: GoPackage, file: str, function: Node) -> Iterator[PartialSort]:
    """Yield the sorts of a function whose only comparison is of one part of the elements."""
    for call in walk(function):
        if call.type != "call_expression" or enclosing(call, *FUNCTIONS) != function:
            continue
        name = package.files[file].library_function(call)
        given = call.child_by_field_name("arguments").named_children
        if name not in (*_BY_INDEX, *_BY_ELEMENT) or len(given) != 2:
            continue
        compared = _compared(package, file, given[1])
        if compared is None:
            continue
        if name in _BY_INDEX:
            found = _of_index(package, given[0], compared)
        else:
            found = _of_element(given[1], compared)
        if found is not None:
            yield PartialSort(call, *found)


def _compared(package: GoPackage, file: str, less: Node) -> Node | None:
    """Return the first side of the only comparison of a literal; None where there are more."""
    values = list(returned(less)) if less.type == "func_literal" else []
    if len(values) != 1:
        return None
    (value,) = values
    if value.type == "binary_expression":
        is_one = text_of(value.child_by_field_name("operator")) in _ORDERS
        left: Node | None = value.child_by_field_name("left")
        return left if is_one else None
    if value.type == "call_expression":
        given = value.child_by_field_name("arguments").named_children
        is_one = package.files[file].library_function(value) in _COMPARES and len(given) == 2
        return given[0] if is_one else None
    return None


def _of_index(package: GoPackage, listed: Node, compared: Node) -> tuple[str, str] | None:
    """Return key and type of ``list[i].Key``, or the text of ``counts[list[i]]``; None for all."""
    inner = compared
    if inner.type == "selector_expression":
        inner = inner.child_by_field_name("operand")
        if inner.type == "index_expression" and _indexed(inner) == text_of(listed):
            kind = package.types.type_of(inner).lstrip("*")
            return text_of(compared.child_by_field_name("field")), kind
        return None
    is_of_other = inner.type == "index_expression" and _indexed(inner) != text_of(listed)
    return (" ".join(text_of(compared).split()), "") if is_of_other else None


def _indexed(expression: Node) -> str:
    return text_of(expression.child_by_field_name("operand"))


def _of_element(less: Node, compared: Node) -> tuple[str, str] | None:
    """Return key and type of ``a.Key``, or the text of ``counts[a]``; None for ``a`` itself."""
    kinds = dict(parameters(less))
    if compared.type == "selector_expression":
        operand = text_of(compared.child_by_field_name("operand"))
        if operand in kinds:
            return text_of(compared.child_by_field_name("field")), kinds[operand].lstrip("*")
        return None
    if compared.type == "index_expression" and _indexed(compared) not in kinds:
        return " ".join(text_of(compared).split()), ""
    return None


def keys_of(package: GoPackage, sort: PartialSort, text: str) -> list[str] | None:
    """Return the keys of the structs in a text, as ``fmt`` writes them; None where it is another.

    ``[{ann 7} {bob 7}]`` and ``[{Name:ann Score:7}]`` have the keys 7 and 7.
    """
    fields = list(package.types.fields.get(sort.kind, ()))
    if sort.key not in fields:
        return None
    found = []
    for group in _GROUP.findall(text):
        values = group.split()
        if len(values) != len(fields):
            return None
        value = values[fields.index(sort.key)]
        named = _NAMED.match(value)
        found.append(named[2] if named is not None and named[1] == sort.key else value)
    return found or None
