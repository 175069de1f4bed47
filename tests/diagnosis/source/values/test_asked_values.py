"""What sets the variable that a condition asks for, as far as its package tells."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.syntax import walk
from flakecore.diagnosis.source.values.asked_values import asked_value, setters_of

_TEXT = """import "sync/atomic"

type gate struct {
	open atomic.Bool
	done bool
	Seen bool
}

var level int

func F(g *gate, count *int32, rows []int) {
	for CONDITION {
	}
}
"""


def _setters(condition: str, more: str) -> list[str] | None:
    parsed = package(f"{_TEXT.replace('CONDITION', condition)}\n{more}")
    (loop,) = (each for each in walk(parsed.files[FILE].root) if each.type == "for_statement")
    name = asked_value(loop.named_children[0])
    if name is None:
        return None
    found = setters_of(parsed, name)
    return None if found is None else [each.function for each in found]


@pytest.mark.parametrize(
    ("condition", "more", "told"),
    [
        ("!g.open.Load()", "", []),
        ("!g.open.Load()", "func (g *gate) Open() { g.open.Store(true) }", ["Open"]),
        (
            "!g.open.Load()",
            "func Open(g *gate) { set(&g.open) }\nfunc set(b *atomic.Bool) {}",
            None,
        ),
        (
            "!g.open.Load()",
            "func Open(g *gate) { run(g.open.Store) }\nfunc run(f func(bool)) {}",
            None,
        ),
        (
            "!g.open.Load()",
            "type o struct{ open atomic.Bool }\nfunc (x *o) S() { x.open.Store(true) }",
            [],
        ),
        ("!g.done", "func (g *gate) End() { g.done = true }", ["End"]),
        ("!g.done", "func New() *gate { return &gate{done: true} }", None),
        ("!g.done", "func End(g *gate) { *g = gate{} }", None),
        ("!g.done", "type p struct{ g gate }\nfunc (x *p) End(o gate) { x.g = o }", None),
        ("!g.done", "func New() gate { return gate{atomic.Bool{}, true, true} }", None),
        ("!g.done", "type two struct{ done bool }\nfunc New() *two { return &two{true} }", []),
        ("!g.Seen", "", None),
        ("level < 3", "func Up() { level++ }", ["Up"]),
        ("atomic.LoadInt32(count) == 0", "", None),
        ("g.done == g.Seen", "", None),
        ("len(rows) == 0", "", None),
    ],
)
def test_what_sets_a_value_is_all_that_may(
    condition: str, more: str, told: list[str] | None
) -> None:
    assert _setters(condition, more) == told
