"""Which ``go`` statement a sleep stands in for, by the text alone."""

from __future__ import annotations

import pytest

from diagnosis.failing_sources import failing_source
from flakecore.diagnosis.rules.test_code.time.sleep_stand_ins import last_sleep, unawaited_start
from flakecore.diagnosis.source.go_parser import text_of

TEXT = """
import ("testing"; "time")
type box struct{ n int }
func (b *box) add() { b.n++ }
func wrap(b *box) *box { return b }
func TestX(t *testing.T) {
	var b box
	%s
	time.Sleep(time.Millisecond)
	%s
	if b.n != 2 {
		t.Fatal("n")
	}
}
"""


@pytest.mark.parametrize(
    ("before", "started"),
    [
        ("go b.add()", "go b.add()"),
        ("go func() { b.n++ }()", "go func() { b.n++ }()"),
        ("w := wrap(&b); go w.add()", "go w.add()"),
        ("go func() { go b.add(); b.add() }()", "go func() { go b.add(); b.add() }()"),
        ("var c box; go c.add()", None),
        ("c := wrap(nil); go c.add()", None),
        ("go b.add(); go b.add()", None),
        ("go func() { for { b.n++ } }()", None),
    ],
)
def test_the_only_one_that_has_what_is_checked_is_found(before: str, started: str | None) -> None:
    failing = failing_source(TEXT % (before, ""), "n")
    sleep = last_sleep(failing)
    assert sleep is not None
    found = unawaited_start(failing, sleep)
    assert (text_of(found.started) if found is not None else None) == started
    assert found is None or found.duration == "1ms"


def test_a_sleep_that_a_wait_follows_stands_in_for_nothing() -> None:
    assert (
        last_sleep(failing_source(TEXT % ("c := make(chan int); go b.add()", "<-c"), "n")) is None
    )
