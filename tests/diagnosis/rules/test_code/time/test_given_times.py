"""Times and rates that a test gives to its package, with who takes them."""

from __future__ import annotations

import pytest

from diagnosis.failing_sources import failing_source
from flakecore.diagnosis.rules.test_code.time.given_times import given_times

TEXT = """
import ("testing"; "time")
type pool struct {
	Idle time.Duration
	Rate int
	Size int
}
func open(name string, limit time.Duration) *pool
func limited(perSecond, burst int) *pool
func (p *pool) keep(idle time.Duration)
func TestX(t *testing.T) {
	%s
	if p.Size != 1 {
		t.Fatal("size")
	}
	p.keep(time.Hour)
}
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('p := open("a", 5*time.Millisecond)', [("open", "5ms", 5_000_000)]),
        ("p := limited(2000, 10)", [("limited", "2000 a second", 500_000)]),
        ("p := &pool{Idle: time.Second}", [("pool", "1s", 1_000_000_000)]),
        ("p := &pool{Rate: 100, Size: 7}", [("pool", "100 a second", 10_000_000)]),
        ("var p pool; p.keep(2 * time.Second)", [("p.keep", "2s", 2_000_000_000)]),
        ("p := limited(0, 10)", []),
        ("p := open(name, given)", []),
        ("p := &other{Idle: time.Second}", []),
        ("p := elsewhere.Open(time.Second)", []),
    ],
)
def test_what_is_given_before_the_failing_line(
    body: str, expected: list[tuple[str, str, int]]
) -> None:
    found = given_times(failing_source(TEXT % body, "size"))
    assert [(each.taker, each.text, each.ns) for each in found] == expected
