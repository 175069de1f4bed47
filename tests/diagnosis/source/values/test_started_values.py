"""Function values that a go statement starts lead to the literals that they may be."""

from __future__ import annotations

from diagnosis.source.go_text import line_with
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import line_of
from flakecore.diagnosis.source.values.started_values import started_functions

SOURCE = """
type bus struct{ wanted []func(string) }

func (b *bus) subscribe(wants func(string)) { b.wanted = append(b.wanted, wants) }
func (b *bus) publish(event string) {
	for _, each := range b.wanted {
		go each(event)
	}
}

type hooks struct{ by map[string][]func() }

func (h *hooks) on(event string, f func()) { h.by[event] = append(h.by[event], f) }
func (h *hooks) fire(event string) {
	for _, f := range h.by[event] {
		go f( /* hook */ )
	}
}
func apply(f func()) {
	go f()
}
func start(given chan func()) {
	go (<-given)()
}
func run(b *bus) {
	b.subscribe(func(string) { println("first") })
	b.subscribe(func(string) { println("second") })
	apply( /* last */ func() { println("third") })
	(&hooks{}).on("up", func() { println("hook") })
	go func() { println("fourth") }()
}
"""


def _started(text: str) -> set[int]:
    package = GoPackage.parsed("/p", {"p.go": f"package p\n{SOURCE}"})
    assert package is not None
    started = started_functions(package, "p.go", line_with(SOURCE, text))
    functions = (package.calls.function_at(each) for each in started)
    return {line_of(each) for each in functions if each is not None}


def test_a_value_leads_through_fields_and_parameters_to_literals() -> None:
    assert _started("go each(event)") == {
        line_with(SOURCE, '"first"'),
        line_with(SOURCE, '"second"'),
    }
    assert _started("go f( /* hook */ )") == {line_with(SOURCE, 'println("hook")')}
    assert _started("go f()") == {line_with(SOURCE, '"third"')}
    assert _started("go func()") == {line_with(SOURCE, '"fourth"')}


def test_a_value_that_nobody_follows_leads_nowhere() -> None:
    assert _started("go (<-given)()") == set()
