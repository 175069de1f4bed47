"""Which changes may bring a variable back to its zero value, by their text."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.source.go_parser import nodes_of, parse, text_of
from flakecore.diagnosis.source.values.assertions import comparison
from flakecore.diagnosis.source.values.zero_values import is_above_zero, may_give_zero


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("x--", True),
        ("x -= n", True),
        ("x = 0", True),
        ("x = nil", True),
        ('x = ""', True),
        ("x = x[:0]", True),
        ("x = config{}", True),
        ("x.Store(0)", True),
        ("atomic.AddInt64(&x, -1)", True),
        ("x++", False),
        ("x += n", False),
        ("x = n", False),
        ("x = 10", False),
        ("x.Store(n)", False),
        ("x = append(x, n)", False),
    ],
)
def test_a_change_is_known_by_its_text(statement: str, *, expected: bool) -> None:
    root = parse(f"package p\nfunc f() {{\n\t{statement}\n}}\n".encode())
    changed = next(e for e in nodes_of(root, frozenset(("identifier",))) if text_of(e) == "x")
    assert may_give_zero(changed) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x != 0", True),
        ("nil != x", True),
        ("x > 0", True),
        ("0 < x", True),
        ("x != 3", False),
        ("x == 0", False),
        ("x < 0", False),
    ],
)
def test_a_comparison_that_a_zero_value_does_not_meet(text: str, *, expected: bool) -> None:
    root = parse(f"package p\nvar _ = {text}\n".encode())
    (node,) = nodes_of(root, frozenset(("binary_expression",)))
    found = comparison(node)
    assert found is not None
    assert is_above_zero(found) is expected
