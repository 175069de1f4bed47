"""What holds where a test fails: conditions, comparisons, the case of a select, loops."""

from __future__ import annotations

import pytest

from diagnosis.failing_sources import failing_source
from flakecore.diagnosis.failing.failing_source import duration_text
from flakecore.diagnosis.source.go_parser import parse, text_of

TEXT = """
import ("testing"; "time")
func TestX(t *testing.T) {
	%s
}
"""


@pytest.mark.parametrize(
    ("body", "conditions", "compared"),
    [
        ('if a > 1 && b == "x" { t.Fatal("no") }', ["a > 1", 'b == "x"'], 2),
        ('if outer { if inner != 0 { t.Fatal("no") } }', ["inner != 0"], 1),
        ('if fine { a() } else { t.Fatal("no") }', [], 0),
        ('if err := f(); err != nil { t.Fatal("no") }', ["err != nil"], 1),
        ('if (a && (b)) { t.Fatal("no") }', ["a", "b"], 0),
        ('t.Fatal("no")', [], 0),
    ],
)
def test_the_innermost_condition_is_what_it_asks_for(
    body: str, conditions: list[str], compared: int
) -> None:
    failing = failing_source(TEXT % body, "no")
    assert [text_of(each) for each in failing.innermost] == conditions
    assert len(failing.comparisons) == compared


def test_conditions_are_all_that_hold_the_innermost_first() -> None:
    failing = failing_source(TEXT % 'if outer { for { if inner { t.Fatal("no") } } }', "no")
    assert [text_of(each) for each in failing.conditions] == ["inner", "outer"]
    failing = failing_source(TEXT % 'if outer { run(func() { t.Fatal("no") }) }', "no")
    assert failing.conditions == ()


def test_the_case_of_a_select_and_the_loops_around_it() -> None:
    text = TEXT % 'for { select { case <-time.After(1): t.Fatal("no") } }'
    failing = failing_source(text, "no")
    assert failing.chosen_case is not None
    assert text_of(failing.chosen_case).startswith("case <-time.After(1)")
    assert failing_source(TEXT % 'for i := range 3 { t.Fatal("no") }', "no").chosen_case is None
    assert len(failing_source(TEXT % 'for i := range 3 { t.Fatal("no") }', "no").loops) == 1


def test_a_bubble_has_a_clock_of_its_own() -> None:
    text = """
import ("testing"; "testing/synctest")
func TestX(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { t.Fatal("no") })
}
"""
    assert failing_source(text, "no").is_in_bubble
    assert not failing_source(TEXT % 'run(t, func() { t.Fatal("no") })', "no").is_in_bubble


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("10 * time.Millisecond", "10ms"),
        ("time.Second", "1s"),
        ("time.Minute*2", "2m"),
        ("limit", "limit"),
        ("3 * limit", "3 * limit"),
        ("time.Duration(n) * time.Second", "time.Duration(n) * time.Second"),
    ],
)
def test_a_duration_is_told_as_go_prints_it(source: str, told: str) -> None:
    root = parse(f"package p\nvar d = {source}\n".encode())
    assert root is not None
    value = root.named_children[-1].named_children[0].child_by_field_name("value")
    assert duration_text(value.named_children[0]) == told
