"""A name's use is followed, or uses its object where it stands, or lets it escape."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node
from flakecore.diagnosis.source.objects.escapes import bare, fields_in_order, lets_escape

TYPES = "type request struct { reply chan int; size int }"


def _last_use(body: str) -> tuple[GoPackage, Node]:
    parsed = package(f"{TYPES}\nfunc f(c chan int) {{\n{body}\n}}")
    return parsed, parsed.files[FILE].named("c")[-1]


@pytest.mark.parametrize(
    "body",
    ["c <- 1", "<-c", "d := c", "use(c)", "if c != nil {}", "return c", "r := request{reply: c}"],
)
def test_a_use_that_passes_nothing_on_or_is_followed_lets_nothing_escape(body: str) -> None:
    parsed, used = _last_use(body)
    assert not lets_escape(used, parsed.types)


@pytest.mark.parametrize("body", ["x := [][]chan int{{c}}", "x := other.T{c}", "x := c.(T)"])
def test_a_value_that_is_stored_in_what_is_not_followed_or_converted_escapes(body: str) -> None:
    parsed, used = _last_use(body)
    assert lets_escape(used, parsed.types)


def test_a_structs_literal_without_names_gives_its_fields_in_order() -> None:
    parsed, used = _last_use("r := request{c, 1}")
    assert not lets_escape(used, parsed.types)
    literal = used.parent.parent.parent
    assert fields_in_order(literal, parsed.types) == ("reply", "size")


def test_parentheses_and_addresses_are_taken_off_an_expression() -> None:
    _, used = _last_use("use((&c))")
    assert bare(used.parent.parent) == used


@pytest.mark.parametrize("body", ["out <- c", "out <- (c)", "x := []chan int{c}", "all[c] = true"])
def test_an_element_is_followed_from_what_puts_it_there(body: str) -> None:
    parsed, used = _last_use(body)
    assert not lets_escape(used, parsed.types)
