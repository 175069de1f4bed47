"""Texts whose elements, those of lists in them too, stand in another order."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.rules.test_code.orders.element_lists import (
    differ_in_order,
    sorted_elements,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a":1,"b":2}', '{"b":2,"a":1}'),
        ('{"n":"x","t":[{"k":"b"},{"k":"a"}]}', '{"n":"x","t":[{"k":"a"},{"k":"b"}]}'),
        ("?page=2&q=go", "?q=go&page=2"),
        ("[{cid 9} {bob 7}]", "[{bob 7} {cid 9}]"),
        ("antbeecat", "catantbee"),
    ],
)
def test_the_same_elements_in_another_order(one: str, other: str) -> None:
    assert differ_in_order(one, other) and differ_in_order(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a":1,"b":2}', '{"a":2,"b":1}'),
        ("[{cid 9} {bob 7}]", "[{cid 7} {bob 9}]"),
        ("[a a b]", "[a b b]"),
        ("a b", "a  b"),
        ("[a b", "[b a"),
        ("ab", "ba"),
        ("10", "01"),
        ("", ""),
        ("[" * 2_000, "]" * 2_000),
    ],
)
def test_other_elements_are_not(one: str, other: str) -> None:
    assert not differ_in_order(one, other)


def test_a_text_with_too_many_lists_in_one_another_is_none() -> None:
    assert sorted_elements("[" * 100 + "]" * 100) is None
    assert sorted_elements('a "b c') == ("", (('"b', ()), ("a", ()), ("c", ())))
