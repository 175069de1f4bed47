"""Messages that have two lists of the same elements in another order."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.rules.test_code.unspecified_order.reordered import in_another_order


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("got [b a], want [a b]", "b a and a b"),
        ('got "b,a", want "a,b"', "b,a and a,b"),
        ('expected: []string{"x"}\nactual: [c b]\nwant: [b c]', "c b and b c"),
        ("got [a b], want [a b]", ""),
        ("got [a b], want [a c]", ""),
        ("got [a a b], want [a b b]", ""),
        ("got [], want [a]", ""),
        ("", ""),
    ],
)
def test_lists_that_differ_in_order_alone_are_found(message: str, found: str) -> None:
    assert in_another_order(message) == found
