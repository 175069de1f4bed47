"""A number is traced through arithmetic and lengths to the calls that it is counted from."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.go_parser import nodes_of, text_of
from flakecore.diagnosis.source.values.counted_numbers import counted_from


def _counted(body: str) -> set[str]:
    """Return the calls that the argument of the only call of ``check`` is counted from."""
    parsed = package(f"func f() {{\n{body}\n}}")
    calls = nodes_of(parsed.files[FILE].root, frozenset(("call_expression",)))
    (check,) = (each for each in calls if text_of(each).startswith("check("))
    (number,) = check.child_by_field_name("arguments").named_children
    return {text_of(each) for _, each in counted_from(parsed, FILE, number, [])}


@pytest.mark.parametrize(
    "body",
    [
        "check(rand.Intn(9))",
        "n := rand.Intn(9); check(n + 1)",
        "list := make([]int, rand.Intn(9)); check(len(list))",
    ],
)
def test_what_changes_the_number_is_what_it_is_counted_from(body: str) -> None:
    assert "rand.Intn(9)" in _counted(body)


@pytest.mark.parametrize(
    "body",
    [
        "check(3)",
        "list := []int{rand.Intn(9)}; check(len(list))",
        "n := rand.Intn(9); m := 4; check(m); use(n)",
    ],
)
def test_what_is_in_a_list_is_not(body: str) -> None:
    assert "rand.Intn(9)" not in _counted(body)
