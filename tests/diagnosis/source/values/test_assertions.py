"""Calls of testify by their text: the values that they assert, and what holds where they fail."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.values.assertions import asserted_values, comparisons_of

_TEXT = """import (
	"testing"

	"github.com/stretchr/testify/assert"
	must "github.com/stretchr/testify/require"
)

type own struct{}

func (o own) Equal(a, b int) {}

func TestX(t *testing.T, a, b int) {
	check, mine := assert.New(t), own{}
	CALL
	_, _ = check, mine
}
"""


@pytest.mark.parametrize(
    ("call", "values", "holds"),
    [
        ("assert.Equal(t, a, b)", ["a", "b"], ["a != b"]),
        ('must.Equal(t, a, b, "why")', ["a", "b"], ["a != b"]),
        ('must.Lessf(t, a, b, "why %d", 1)', ["a", "b"], ["a >= b"]),
        ("assert.GreaterOrEqual(t, a, b)", ["a", "b"], ["a < b"]),
        ("assert.True(t, a < b)", ["a < b"], ["a >= b"]),
        ("assert.False(t, a < b)", ["a < b"], ["a < b"]),
        ("assert.True(t, a < b && b < 3)", ["a < b && b < 3"], []),
        ("assert.NoError(t, run(a))", ["run(a)"], []),
        ("check.NotEqual(a, b)", ["a", "b"], ["a == b"]),
        ("mine.Equal(a, b)", [], []),
        ("assert.Fail(t, a)", [], []),
        ("t.Fatal(a)", [], []),
    ],
)
def test_a_call_asserts_its_first_values(call: str, values: list[str], holds: list[str]) -> None:
    parsed = package(_TEXT.replace("CALL", call))
    (node,) = (each for each in parsed.files[FILE].calls_of if text_of(each) == call)
    found = asserted_values(parsed, FILE, node)
    assert [text_of(each) for each in found] == values
    assert [each.text for each in (comparisons_of(node, found) if found else ())] == holds
