"""Expressions have the types that the package declares, and none where it does not say."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.syntax import walk

TEXT = """
type base struct{ mu sync.Mutex }
type shard[K comparable] struct{ base; keys map[K]int }
type table struct {
	shards map[string]*shard[string]
	list   []shard[int]
	feed   chan *base
	subs   map[*base]time.Time
	sync.RWMutex
}
var global = &table{}

func open() (*table, error) { return nil, nil }
func (t *table) first() *shard[string] { return t.shards["a"] }

func f(t *table, many ...base) {
	one := t.shards["a"]
	two := t.first()
	three, err := open()
	var four table
	five := <-t.feed
	six := four
	seven := outside()
	for _, each := range t.list {
		use(each)
	}
	for item := range t.feed {
		use(item)
	}
	for sub, since := range t.subs {
		use(sub, since)
	}
	for at := range t.list {
		use(at)
	}
	use(one, two, three, err, four, five, six, seven, many, global, &four, t.list[0])
}
"""


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("one", "*shard"),
        ("two", "*shard"),
        ("three", "*table"),
        ("err", "error"),
        ("four", "table"),
        ("five", "*base"),
        ("six", "table"),
        ("seven", ""),
        ("many", "[]base"),
        ("global", "*table"),
        ("&four", "*table"),
        ("t.list[0]", "shard"),
        ("each", "shard"),
        ("item", "*base"),
        ("sub", "*base"),
        ("since", "time.Time"),
        ("at", ""),
    ],
)
def test_an_expression_has_the_type_of_its_declaration(expression: str, kind: str) -> None:
    parsed = package(TEXT)
    found = {
        parsed.types.type_of(node)
        for node in walk(parsed.files[FILE].root)
        if node.parent is not None
        and node.parent.type == "argument_list"
        and text_of(node) == expression
    }
    assert found == {kind}


def test_a_field_belongs_to_the_struct_that_declares_it() -> None:
    types = package(TEXT).types
    assert types.owner("*shard", "mu") == "base"
    assert types.owner("shard", "keys") == "shard"
    assert types.owner("shard", "other") == ""


def test_an_embedded_lock_is_a_field() -> None:
    types = package(TEXT).types
    assert types.sync_field("*table", "Mutex", "RWMutex") == ("table", "RWMutex")
    assert types.sync_field("shard", "Mutex") == ("", "")
