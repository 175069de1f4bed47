"""Which call of a test fails it without a message, by the source alone."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.failing.silent_failures import silent_call
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import line_of, text_of

HELPERS = """
import "testing"
func must(t *testing.T, ok bool) {
	if !ok {
		t.FailNow()
	}
}
func twice(t *testing.T, ok bool) { must(t, ok) }
func prints(t *testing.T, ok bool) { t.Log(ok) }
"""


def _package(text: str) -> GoPackage:
    parsed = GoPackage.parsed("/p", {"p_test.go": f"package p\n{text}"})
    assert parsed is not None
    return parsed


def _found(body: str) -> tuple[str, str] | None:
    """Return the call of a test, and where it fails: ``itself``, or the helper's call."""
    text = f"{HELPERS}func TestX(t *testing.T) {{\n{body}\n}}\n"
    found = silent_call(_package(text), "TestX")
    if found is None:
        return None
    _, call, helper = found
    assert line_of(call) > HELPERS.count("\n")
    return text_of(call), text_of(helper.fails) if helper is not None else "itself"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if bad() { t.FailNow() }", ("t.FailNow()", "itself")),
        ("t.Fail()", ("t.Fail()", "itself")),
        ("must(t, false)", ("must(t, false)", "t.FailNow()")),
        ("twice(t, false)", ("twice(t, false)", "t.FailNow()")),
        ("prints(t, true); t.FailNow()", ("t.FailNow()", "itself")),
        ("must(t, true); must(t, false)", None),
        ("t.FailNow(); t.Fail()", None),
        ('t.Fatal("why")', None),
        ("other.Check(t); t.FailNow()", None),
        ("var p pump; p.FailNow()", None),
    ],
)
def test_the_only_call_that_fails_without_a_message(
    body: str, expected: tuple[str, str] | None
) -> None:
    assert _found(body) == expected


def test_a_test_that_is_not_in_the_package_has_none() -> None:
    assert silent_call(_package(HELPERS), "TestX") is None
