"""A finding on shared state names the variable, both places, and the counts of runs if any."""

from __future__ import annotations

from diagnosis.source.go_text import line_with
from flakecore.diagnosis import Certainty, Evidence, Role, Weight
from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.rules.order.order_counts import OrderCounts
from flakecore.diagnosis.rules.order.shared_state_findings import shared_state, with_counts
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import nodes_of, text_of
from flakecore.timeline import Failure, FailureKind

FILE = "p_test.go"
SOURCE = """
var limit = 10
func TestLimit(t *testing.T) { limit = 3 }
func TestDefault(t *testing.T) {
	if limit != 10 {
		t.Fatal("another limit")
	}
}
"""
FAILURE = Failure(
    0,
    1,
    "TestDefault",
    FailureKind.ASSERTION,
    5,
    "another limit",
    FILE,
    7,
    goroutine=7,
    output_line=0,
)


def _failing() -> FailingSource:
    parsed = GoPackage.parsed("/p", {FILE: f"package p\n{SOURCE}"})
    assert parsed is not None
    calls = nodes_of(parsed.files[FILE].root, frozenset(("call_expression",)))
    (call,) = (each for each in calls if text_of(each).startswith("t.Fatal"))
    line = line_with(SOURCE, "t.Fatal")
    return FailingSource(parsed, FILE, f"/p/{FILE}", line, call, FAILURE)


def test_it_rests_on_the_failing_line_and_on_the_change() -> None:
    failing = _failing()
    writes = failing.package.writes.of_test("TestLimit")
    fact = Evidence("TestLimit ran before", 2, 6)
    found = shared_state(failing, ["x" * 500, "TestLimit set it"], writes, [fact], "reset")
    assert (found.rule, found.certainty, found.claim) == (
        "shared-state",
        Certainty.INFERRED,
        "TestLimit set it",
    )
    assert [(place.role, place.line) for place in found.places] == [
        (Role.FAILS, line_with(SOURCE, "t.Fatal")),
        (Role.WRITES, line_with(SOURCE, "limit = 3")),
    ]
    comes_from, other = found.evidence
    assert comes_from.text == "the condition of the failing line comes from limit"
    assert other == fact
    assert found.next == "reset"


def test_counts_of_runs_make_it_the_cause_that_is_a_matter_of_order() -> None:
    failing = _failing()
    writes = failing.package.writes.of_test("TestLimit")
    found = shared_state(failing, ["TestLimit set it"], writes, [], "reset")
    counted = with_counts(found, OrderCounts("TestDefault", "TestLimit", 3, 4, 0.03))
    assert (counted.rule, counted.weight) == ("order-dependent", Weight.CAUSE)
    assert counted.evidence[-1].text.startswith("over the runs of the bundle it ")
