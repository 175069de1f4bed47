"""Names that were joined are aliases of each other, in whatever order they were joined."""

from __future__ import annotations

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.objects.alias_sets import AliasSets, Key, element_of, key_at

A, B, C, D = (("package", name) for name in "abcd")


def test_joined_names_are_aliases_also_of_those_joined_before() -> None:
    sets = AliasSets()
    sets.join(A, B)
    sets.join(C, D)
    assert sets.aliases_of(A) == sets.aliases_of(B) and set(sets.aliases_of(A)) == {A, B}
    sets.join(B, D)
    sets.join(A, C)
    assert sorted(sets.aliases_of(C)) == [A, B, C, D]


def test_a_name_that_was_never_joined_is_its_own_alias() -> None:
    assert AliasSets().aliases_of(A) == [A]


def test_what_is_in_containers_that_are_joined_is_joined_before_or_after() -> None:
    sets = AliasSets()
    sets.join(C, element_of(A))
    sets.join(A, B)
    assert sets.are_aliases(C, element_of(B))
    sets.join(element_of(element_of(B)), D)
    assert sets.are_aliases(element_of(C), D)
    assert set(sets.with_containers(C)) >= {A, B, C}


def test_what_is_in_itself_has_an_end() -> None:
    sets = AliasSets()
    sets.join(A, element_of(A))
    assert sets.are_aliases(element_of(element_of(A)), A)


def test_a_local_is_known_by_its_function_and_a_field_by_its_type() -> None:
    parsed = package("""
type box struct { c chan int }
func f(b *box) { <-b.c; c := b.c; <-c }
func g(b *box) { <-b.c; c := b.c; <-c }
""")
    names: dict[str, set[Key]] = {"b.c": set(), "c": set()}
    for each in parsed.files[FILE].named("c"):
        node = each.parent if each.parent.type == "selector_expression" else each
        key = key_at(FILE, node, parsed.types)
        if key is not None:
            names["b.c" if node != each else "c"].add(key)
    assert names["b.c"] == {("field", "type box", ".c")}
    assert len(names["c"]) == 2
