"""What a function may still come to from a line on, and what others may call at any time."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, operation, package
from flakecore.diagnosis.source.objects.operations import OperationKind

TEXT = """
type w struct{ out chan int; task func() }
type i interface{ send() }

func (x *w) send() { x.out <- 1 }

func before(x *w) {
	x.send()
	wait() // before
}
func behind(x *w) {
	wait() // behind
	x.send()
}
func deferred(x *w) {
	defer x.send()
	wait() // deferred
}
func looped(x *w) {
	for {
		x.send()
		wait() // looped
	}
}
func literal(x *w) {
	do := func() { x.send() }
	wait() // literal
	do()
}
func unused(x *w) {
	do := func() { x.send() }
	do()
	wait() // unused
}
func started(x *w) {
	go func() { x.send() }()
	wait() // started
}
func dynamic(y i) {
	wait() // dynamic
	y.send()
}
func returned(x *w) {
	if x != nil {
		wait() // returned
		return
	}
	x.send()
}
func broken(x *w) {
	for {
		wait() // broken
		if x == nil {
			break
		}
		return
	}
	x.send()
}
func argued(x *w) {
	wait(x.send()) // argued
}
func after(x *w) {
	wait() // after
	go x.send()
}
func another(z *strings.Builder) {
	wait() // another
	z.Reset()
}
"""


@pytest.mark.parametrize(
    ("name", "reaches"),
    [
        ("before", False),
        ("behind", True),
        ("deferred", True),
        ("looped", True),
        ("literal", True),
        ("unused", False),
        ("started", False),
        ("dynamic", True),
        ("returned", False),
        ("broken", True),
        ("another", False),
    ],
)
def test_what_lies_ahead_may_be_reached(name: str, reaches: bool) -> None:
    parsed = package(TEXT)
    send = operation(parsed, OperationKind.SEND, "x.out")
    leading = parsed.calls.leading_to([(FILE, send.function)])
    line = line_with(TEXT, f"// {name}")
    function = parsed.files[FILE].function_at(line)
    assert function is not None
    found = parsed.calls.may_reach(FILE, function, line, "wait", leading, [send.node])
    assert found is reaches


@pytest.mark.parametrize(
    ("name", "comes"),
    [
        ("before", False),
        ("behind", True),
        ("deferred", True),
        ("looped", True),
        ("returned", False),
        ("argued", False),
        ("after", False),
    ],
)
def test_who_waits_comes_itself_to_what_a_later_statement_does(name: str, comes: bool) -> None:
    parsed = package(TEXT)
    send = operation(parsed, OperationKind.SEND, "x.out")
    leading = parsed.calls.leading_to([(FILE, send.function)], started=False)
    line = line_with(TEXT, f"// {name}")
    function = parsed.files[FILE].function_at(line)
    assert function is not None
    assert parsed.calls.comes_to(FILE, function, line, leading, [send.node]) is comes


def _is_open(body: str) -> bool:
    text = f"type w struct{{ out chan int }}\nfunc (x *w) send() {{ x.out <- 1 }}\n{body}"
    parsed = package(text)
    send = operation(parsed, OperationKind.SEND, "x.out")
    return parsed.calls.is_open(parsed.calls.leading_to([(FILE, send.function)]))


def test_what_another_package_is_given_may_be_called_at_any_time() -> None:
    assert _is_open("func f(x *w) { time.AfterFunc(time.Minute, func() { x.send() }) }")
    assert _is_open("func f(x *w) { time.AfterFunc(time.Minute, x.send) }")
    assert _is_open("func g(x *w) { x.send() }\nfunc f() { registry.Add(g) }")


def test_what_is_called_at_once_may_not() -> None:
    assert not _is_open("func f(x *w, o *sync.Once) { o.Do(func() { x.send() }) }")
    assert not _is_open("func f(x *w) { go x.send() }")


def test_a_function_that_calls_values_leads_to_all_values() -> None:
    text = """
type w struct{ out chan int }
func (x *w) send() { x.out <- 1 }
func give(x *w, tasks chan func()) { tasks <- func() { x.send() } }
func serve(tasks chan func()) {
	for task := range tasks {
		task() // serve
	}
}
"""
    parsed = package(text)
    send = operation(parsed, OperationKind.SEND, "x.out")
    leading = parsed.calls.leading_to([(FILE, send.function)])
    line = line_with(text, "// serve")
    function = parsed.files[FILE].function_at(line)
    assert function is not None
    assert parsed.calls.may_reach(FILE, function, line, "", leading, [send.node])
