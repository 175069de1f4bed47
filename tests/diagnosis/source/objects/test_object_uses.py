"""An object is followed under all its names, and escapes where it cannot be followed."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, operation, package
from flakecore.diagnosis.source.objects.operations import OperationKind

FOLLOWED = """
type hub struct{ out chan int }
func newHub() *hub { return &hub{out: make(chan int)} }
func feed(to chan<- int) { to <- 1 } // by-parameter
func (h *hub) put() { h.out <- 2 } // by-field
func f() {
	h := newHub()
	alias := h.out
	go feed(h.out)
	go h.put()
	go func() { alias <- 3 }() // by-alias
	<-h.out
}
"""


def test_sends_are_found_under_all_names() -> None:
    parsed = package(FOLLOWED)
    receive = operation(parsed, OperationKind.RECEIVE, "h.out")
    assert not parsed.uses.escapes(FILE, receive)
    sends = {
        each.line for _, each in parsed.uses.of(FILE, receive) if each.kind is OperationKind.SEND
    }
    names = ("by-parameter", "by-field", "by-alias")
    assert sends == {line_with(FOLLOWED, f"// {name}") for name in names}


@pytest.mark.parametrize(
    "body",
    [
        "c := make(chan int); signal.Notify(c); <-c",
        "c := make(chan int); all[0] = c; <-c",
        "c := make(chan int); list = append(list, c); <-c",
        "c := make(chan int); all := []chan int{c}; use(all); <-c",
        "c := make(chan int); requests <- c; <-c",
        "c := make(chan int); x := other.Request{Reply: c}; use(x); <-c",
        "c := time.After(1); <-c",
        "c := <-channels; <-c",
        "for _, c := range channels { <-c }",
        "go g(time.After(1))",
    ],
)
def test_a_use_that_is_not_followed_lets_an_object_escape(body: str) -> None:
    parsed = package(f"func f() {{\n{body}\n}}\nfunc g(c <-chan time.Time) {{ <-c }}")
    receives = [
        each
        for each in parsed.files[FILE].operations
        if each.kind is OperationKind.RECEIVE and each.object.text == "c"
    ]
    at = -1 if body.startswith("go g") else 0
    assert parsed.uses.escapes(FILE, receives[at])


@pytest.mark.parametrize(
    "body",
    [
        "c := make(chan int); <-c",
        "c := make(chan int); d := c; use(len(d)); <-c",
        "var c chan int; c = make(chan int, 1); if c != nil { <-c }",
        "c := make(chan int); defer close(c); <-c",
        "c := make(chan int); func(d chan int) { d <- 1 }(c); <-c",
        "c := make(chan int); all := []chan int{c}; for _, d := range all { close(d) }; <-c",
        "all := map[string]chan int{}; c := make(chan int); all[`a`] = c; close(all[`a`]); <-c",
        "var all []chan int; c := make(chan int); all = append(all, c); <-c",
        "requests := make(chan chan int, 1); c := make(chan int); requests <- c; <-c",
        "all := map[chan int]bool{}; c := make(chan int); all[c] = true; <-c",
    ],
)
def test_a_use_that_is_followed_does_not(body: str) -> None:
    parsed = package(f"func f() {{\n{body}\n}}")
    receive = operation(parsed, OperationKind.RECEIVE, "c")
    assert not parsed.uses.escapes(FILE, receive)


ELEMENTS = """
type call struct{ reply chan int }
func merge(ins ...chan int) { for _, in := range ins { go func() { <-in }() } } // @merge
func both(a, b chan int) []chan int { return []chan int{a, b} }
func f(asks chan chan int, subs map[chan int]bool) {
	c := make(chan int)
	merge(c)
	asks <- c
	got := <-asks
	got <- 1 // by-channel
	select { case other := <-asks: other <- 2 } // by-case
	subs[c] = true
	for sub := range subs { sub <- 3 } // by-key
	alias := []chan int{c}
	again := alias[:1]
	again[0] <- 4 // by-index
	both(c, nil)[0] <- 5 // by-result
	if kept, ok := <-asks; ok { kept <- 6 } // by-pair
	<-c // asked
}
"""


def test_elements_go_by_the_names_that_they_are_taken_out_by() -> None:
    parsed = package(ELEMENTS)
    line = line_with(ELEMENTS, "// asked")
    (receive,) = (each for each in parsed.files[FILE].operations if each.line == line)
    found = {each.line for _, each in parsed.uses.of(FILE, receive)}
    names = ("by-channel", "by-case", "by-key", "by-index", "by-result", "by-pair")
    assert found >= {line_with(ELEMENTS, f"// {name}") for name in names}
    assert line_with(ELEMENTS, "// @merge") in found


RESULTS = """
type table struct{ ready map[string]chan int }
func (t *table) signal(name string) chan int {
	c, ok := t.ready[name]
	if !ok { c = make(chan int); t.ready[name] = c }
	return c
}
func wait(t *table) { <-t.signal("a") } // waits
func end(t *table) { close(t.signal("a")) } // closes
func send(t *table) { t.signal("a") <- 1 } // sends
"""


def test_what_a_call_returns_may_be_sent_on_and_closed() -> None:
    parsed = package(RESULTS)
    receive = operation(parsed, OperationKind.RECEIVE, "t.signal(…)")
    assert not parsed.uses.escapes(FILE, receive)
    found = {each.kind for _, each in parsed.uses.of(FILE, receive)}
    assert found == {OperationKind.RECEIVE, OperationKind.CLOSE, OperationKind.SEND}


def test_an_element_escapes_with_its_container() -> None:
    parsed = package("func f() { c := make(chan int); all := []chan int{c}; use(all); <-c }")
    assert parsed.uses.escapes(FILE, operation(parsed, OperationKind.RECEIVE, "c"))


def test_a_slice_that_is_in_itself_is_followed_to_an_end() -> None:
    parsed = package("func f(x []any) { for _, x := range x { x <- 1 }; x[0] = x; <-x }")
    assert parsed.uses.escapes(FILE, operation(parsed, OperationKind.RECEIVE, "x"))


def test_parameters_of_a_function_that_is_used_as_a_value_come_from_anywhere() -> None:
    parsed = package("func f() { each(g) }\nfunc g(c chan int) { <-c }")
    assert parsed.uses.escapes(FILE, operation(parsed, OperationKind.RECEIVE, "c"))


def test_a_field_of_another_packages_type_may_be_used_by_that_package() -> None:
    parsed = package("""
import "time"
type watch struct { timer *time.Timer; own chan int }
func (w *watch) wait() { <-w.timer.C; <-w.own }
func (w *watch) send() { w.own <- 1 }
func made() { timer := time.NewTimer(1); <-timer.C }
""")
    by_name = {each.object.text: each for each in parsed.files[FILE].operations}
    assert parsed.uses.escapes(FILE, by_name["w.timer.C"])
    assert parsed.uses.escapes(FILE, by_name["timer.C"])
    assert not parsed.uses.escapes(FILE, by_name["w.own"])


SUBSCRIBES = """
type hub struct{ subs []chan int }
func (h *hub) Subscribe() <-chan int {
	ch := make(chan int)
	h.subs = append(h.subs, ch); share(h.subs)
	return ch
}
func f(h *hub) {
	c := h.Subscribe()
	<-c
}
"""


@pytest.mark.parametrize("name", ["Subscribe", "subscribe"])
def test_what_a_function_returns_escapes_as_it_does_within_it(name: str) -> None:
    parsed = package(SUBSCRIBES.replace("Subscribe", name))
    assert parsed.uses.escapes(FILE, operation(parsed, OperationKind.RECEIVE, "c"))
    alone = SUBSCRIBES.replace("Subscribe", name).replace("; share(h.subs)", "")
    parsed = package(alone)
    receive = operation(parsed, OperationKind.RECEIVE, "c")
    assert not parsed.uses.escapes(FILE, receive)
    assert parsed.uses.is_returned_to_importers(FILE, receive) == name[0].isupper()
