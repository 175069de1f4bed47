"""A node that passes a value on joins the names on both its sides, or lets the value escape."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.objects.alias_sets import Key
from flakecore.diagnosis.source.objects.aliases import Aliases
from flakecore.diagnosis.source.syntax import walk

HELPERS = """
type box struct { c chan int }
func g(to chan int) { to <- 1 }
func made() chan int { return make(chan int, 8) }
"""


def _looked_at(body: str) -> tuple[GoPackage, Aliases]:
    """Return the aliases of a function's body, all of whose nodes were looked at."""
    parsed = package(f"{HELPERS}func f(c chan int) {{\n{body}\n}}")
    aliases = Aliases(parsed.types, parsed.calls)
    for node in walk(parsed.files[FILE].root):
        aliases.look_at(FILE, node)
    return parsed, aliases


def _names(keys: Iterable[Key]) -> set[str]:
    return {key[-1] for key in keys if key[0] != "result"}


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("d := c", {"c", "d"}),
        ("var d chan int = c", {"c", "d"}),
        ("g(c)", {"c", "to"}),
        ("b := box{c: c}", {"c", ".c"}),
        ("b := box{c}", {"c", ".c"}),
        ("d := make(chan int)", {"c"}),
        ("d := c == nil", {"c"}),
    ],
)
def test_names_between_which_a_value_is_passed_are_aliases(body: str, names: set[str]) -> None:
    parsed, aliases = _looked_at(body)
    (used,) = (each for each in parsed.files[FILE].functions if b"func f(" in each.text)
    parameter = ("bound", FILE, str(used.start_byte), "c")
    assert _names(aliases.sets.aliases_of(parameter)) == names


def test_a_value_that_comes_from_a_call_of_another_package_escapes() -> None:
    assert _names(_looked_at("d := other.Made()")[1].escaped) == {"d"}
    assert not _looked_at("d := made()")[1].escaped


def test_the_calls_of_make_are_kept_for_the_name_that_they_go_to() -> None:
    makes = _looked_at("d := made()")[1].makes
    assert [len(found) for found in makes.values()] == [1]
