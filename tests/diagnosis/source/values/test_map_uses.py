"""What a package does with its maps, line by line."""

from __future__ import annotations

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.values.map_uses import map_uses
from flakecore.diagnosis.source.values.variable_keys import variable_key

_TEXT = """
type store struct{ rows map[string]int }

var names = map[int]string{}

func (s *store) get(key string) int { return s.rows[key] }

func (s *store) put(key string) { s.rows[key] = len(names[1]) }

func (s *store) count(key string) { s.rows[key]++ }

func drop(s *store) { delete(s.rows, "a") }

func all() {
	for range names {
	}
}

func own() {
	names := map[int]string{}
	names[1] = "a"
}
"""


def test_each_use_is_told_with_what_it_does_and_whose_it_is() -> None:
    found = [(each.function, each.text, each.does) for each in map_uses(package(_TEXT))]
    assert found == [
        ("get", "s.rows", "reads"),
        ("put", "s.rows", "writes"),
        ("put", "names", "reads"),
        ("count", "s.rows", "writes"),
        ("drop", "s.rows", "writes"),
        ("all", "names", "ranges over"),
        ("own", "names", "writes"),
    ]


def test_equal_maps_have_equal_keys_and_others_do_not() -> None:
    keys: dict[tuple[str, str], set[str]] = {}
    for each in map_uses(package(_TEXT)):
        keys.setdefault(each.key, set()).add(each.function)
    assert sorted(map(sorted, keys.values())) == [
        ["all", "put"],
        ["count", "drop", "get", "put"],
        ["own"],
    ]
    assert variable_key(package(_TEXT).files[FILE].types, None) is None
