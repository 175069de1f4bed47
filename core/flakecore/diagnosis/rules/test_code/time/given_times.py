"""Durations and rates that a test gives to functions and structs of its package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource, duration_text
from flakecore.diagnosis.rules.test_code.time.time_values import arguments_of
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import parameters, walk
from flakecore.times import SECOND, parse_duration

_RATE = re.compile(r"(?i).*(?:rate|persec(?:ond)?|rps|qps|hz|freq\w*)")
"""Parameters and fields that take how often a second something is done."""


class GivenTime(NamedTuple):
    """A time that the test gives.

    Attributes:
        node: the call, or the literal of a struct.
        taker: the function that is called, or the type, for a person.
        text: the time, for a person: ``5ms``, ``2000 a second``.
        ns: the time, or that of one of so many a second.
    """

    node: Node
    taker: str
    text: str
    ns: int


def given_times(failing: FailingSource) -> Iterator[GivenTime]:
    """Yield the durations and rates that the test gives before its failing line."""
    for node in walk(failing.function):
        if node.start_byte >= failing.call.start_byte:
            continue
        if node.type == "call_expression":
            taker, given = text_of(node.child_by_field_name("function")), _arguments(failing, node)
        elif node.type == "composite_literal":
            taker, given = _fields(failing, node)
        else:
            continue
        for name, value in given:
            text = text_of(value)
            ns = parse_duration(duration_text(value)) if "time." in text else None
            if ns:
                yield GivenTime(node, taker, duration_text(value), ns)
            elif _RATE.fullmatch(name) and text.isdecimal() and int(text) > 0:
                yield GivenTime(node, taker, f"{text} a second", SECOND // int(text))


def _arguments(failing: FailingSource, call: Node) -> list[tuple[str, Node]]:
    """Return the arguments of a call of a function of the package by their parameters' names."""
    called = failing.package.calls.called_by(failing.name, call) or ()
    if len(called) != 1:
        return []
    names = [name for name, _ in parameters(called[0][1])]
    names = names[called[0][1].type == "method_declaration" :]
    return list(zip(names, arguments_of(call), strict=False))


def _fields(failing: FailingSource, literal: Node) -> tuple[str, list[tuple[str, Node]]]:
    """Return the type of a struct's literal, and the values of its named fields."""
    kind, body = literal.child_by_field_name("type"), literal.child_by_field_name("body")
    name = text_of(kind) if kind is not None else ""
    if name not in failing.package.types.fields or body is None:
        return name, []
    return name, [
        (text_of(each.named_children[0]), _inner(each.named_children[-1]))
        for each in body.named_children
        if each.type == "keyed_element"
    ]


def _inner(element: Node) -> Node:
    return element.named_children[0] if element.type == "literal_element" else element
