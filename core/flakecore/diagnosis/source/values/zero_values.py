"""Whether a comparison keeps out the zero value, and whether a change may give one."""

from __future__ import annotations

import re

from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.values.assertions import Comparison

_ZERO = re.compile(r"-?0+(?:\.0*)?|nil|false|\"\"|``|[\w.\[\]]*\{\}")
_EMPTIES = re.compile(r"\[:0\]")
_ABOVE = ("!=", ">")
_BELOW = ("!=", "<")


def is_above_zero(found: Comparison) -> bool:
    """Return whether a comparison holds for a value that is no zero value."""
    if _ZERO.fullmatch(text_of(found.right)):
        return found.operator in _ABOVE
    return bool(_ZERO.fullmatch(text_of(found.left))) and found.operator in _BELOW


def may_give_zero(changed: Node) -> bool:
    """Return whether a change may bring a variable back to its zero value, by its text.

    Args:
        changed: what is changed, in the statement or the call that does so.
    """
    around = changed.parent
    while around is not None and around.type not in (
        *("assignment_statement", "inc_statement", "dec_statement", "call_expression"),
    ):
        around = around.parent
    if around is None or around.type == "inc_statement":
        return around is None
    if around.type == "dec_statement":
        return True
    if around.type == "call_expression":  # x.Store(0), atomic.AddInt64(&x, -1), delete(m, k)
        values = around.child_by_field_name("arguments").named_children[-1:]
        is_less = any(text_of(each).startswith("-") for each in values)
        return is_less or any(_ZERO.fullmatch(text_of(each)) for each in values) or not values
    operator = text_of(around.child_by_field_name("operator"))
    right = text_of(around.child_by_field_name("right"))
    if operator != "=":
        return operator in ("-=", "&=", "&^=", ">>=", "*=", "/=", "%=")
    return bool(_ZERO.fullmatch(right) or _EMPTIES.search(right))
