"""Loops that have no way out, that only ask, and that come to an end, by their text."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.values.busy_loops import (
    Loop,
    asked_for,
    has_no_way_out,
    is_bounded,
    loops_at,
)

_HEAD = """import (
	"iter"
	"net"
	"runtime"
	"sync/atomic"
	"testing"
)

type gate struct {
	open atomic.Bool
	done bool
	all  iter.Seq[int]
}

var level int

func leave() { runtime.Goexit() }

func F(
	t *testing.T, g *gate, in chan int, rows []int, l net.Listener, by map[int]int,
	seq iter.Seq[int],
) {
"""


def _loop(body: str, more: str = "") -> tuple[GoPackage, Loop]:
    """Return a package, and the only loop around the line of a function's body."""
    text = f"{_HEAD}{body}\n}}\n{more}"
    parsed = package(text)
    frame = StackFrame("p.F", f"{parsed.folder}/{FILE}", line_with(text, body.partition("\n")[0]))
    (loop,) = loops_at(parsed, frame)
    return parsed, loop


def _kind(body: str) -> str:
    parsed, loop = _loop(body)
    found = {
        "endless": has_no_way_out(parsed, loop),
        "asks": asked_for(parsed, loop) is not None,
        "bounded": is_bounded(parsed, loop),
    }
    return " ".join(name for name, holds in found.items() if holds)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("for { level++ }", "endless"),
        ("for i := 0; ; i++ { level += i }", "endless"),
        ("for true { level++ }", "endless"),
        ("for { switch level { case 1: break }; level++ }", "endless"),
        ("for { level--\nfunc() { return }() }", "endless"),
        ("for { if level > 3 { return }; level++ }", ""),
        ("for { if level > 3 { break }; level++ }", ""),
        ("for { if level > 3 { goto out } }; out: level = 0", ""),
        ("for { if level > 3 { t.Fatal() } }", ""),
        ("for { if level > 3 { panic(1) } }", ""),
        ("for { leave() }", ""),
        ("for { level += <-in }", ""),
        ("for { select { case <-in: } }", ""),
        ("for { l.Accept() }", ""),
        ("for !g.open.Load() {}", "asks"),
        ("for !g.done { runtime.Gosched() }", "asks"),
        ("for { if g.open.Load() { break } }", "asks"),
        ("for !g.done { level++ }", ""),
        ("for len(in) == 0 { <-in }", ""),
        ("for range rows { level++ }", "bounded"),
        ("for range 1 << 30 { level++ }", "bounded"),
        ("for range by { level++ }", "bounded"),
        ("for range numbers() { level++ }", ""),
        ("for range seq { level++ }", ""),
        ("for range g.all { level++ }", ""),
        ("for range unknown { level++ }", ""),
        ("for i := 0; i < 9; i++ { level++ }", "bounded"),
        ("for i := 9; i >= 0; i-- { level++ }", "bounded"),
        ("for i := 0; len(rows) > i; i += 2 { level++ }", "bounded"),
        ("for i := 0; i < len(rows) && rows[i] != 7; i++ { level++ }", "bounded"),
        ("for i := 0; i < 9; i++ { rows[i] = level }", "bounded"),
        ("for i := len(rows) - 1; i >= 0; i-- { level++ }", "bounded"),
        ("for i := waiting(); i >= 0; i-- { level++ }", ""),
        ("for i := 0; i < len(by); i++ { by[i] = level }", ""),
        ("for n := g; n != nil; n = n.next { level++ }", ""),
        ("for i := 0; i < 9; i++ { if rows[i] == 0 { i-- } }", ""),
        ("for i := 0; i < 9; i++ { reset(&i) }", ""),
        ("for i := 0; i < len(rows); i++ { rows = append(rows, i) }", ""),
        ("for i := 0; i < level; i++ { level++ }", ""),
        ("for i := 0; i < waiting(); i++ { level++ }", ""),
        ("for i := 9; i > 0; i++ { level++ }", ""),
        ("for i := 0; i < 9; i += 0 { level++ }", ""),
        ("for i := 0; i != 9; i += 2 { level++ }", ""),
        ("for i := uint(9); i >= 0; i-- { level++ }", ""),
        ("for range in { level++ }", ""),
    ],
)
def test_a_loop_is_what_its_text_has_it_be(body: str, kind: str) -> None:
    assert _kind(body) == kind
