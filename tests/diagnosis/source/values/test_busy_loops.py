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
	"net"
	"runtime"
	"sync/atomic"
	"testing"
)

type gate struct {
	open atomic.Bool
	done bool
}

var level int

func leave() { runtime.Goexit() }

func F(t *testing.T, g *gate, in chan int, rows []int, l net.Listener) {
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
    ],
)
def test_a_loop_is_what_its_text_has_it_be(body: str, kind: str) -> None:
    assert _kind(body) == kind
