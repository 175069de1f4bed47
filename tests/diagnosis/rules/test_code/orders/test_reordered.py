"""Messages that have two lists of the same elements in another order."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.rules.test_code.orders.reordered import in_another_order

MOVED = '{"k":1},{"k":2} and {"k":2},{"k":1}'


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
        ('got {"a":1,"b":2}, want {"b":2,"a":1}', '{"a":1,"b":2} and {"b":2,"a":1}'),
        ('got {"a":1,"b":2}, want {"a":2,"b":1}', ""),
        ('= {"t":[{"k":1},{"k":2}]}\nwant {"t":[{"k":2},{"k":1}]}', MOVED),
        ("log:\n\tb\n\ta\nwant:\n\ta\n\tb", "b before a"),
        ("log:\n\tb\n\ta\nwant:\n\ta\n\tc", ""),
        ("", ""),
    ],
)
def test_lists_that_differ_in_order_alone_are_found(message: str, found: str) -> None:
    assert in_another_order(message) == found
