"""Functions that take whatever element of a map a range over it comes upon first."""

from __future__ import annotations

import pytest

from diagnosis.failing_sources import FILE, asked
from diagnosis.source.go_text import line_with
from flakecore.diagnosis import Certainty, Role
from flakecore.diagnosis.rules.test_code.unspecified_order.any_of_map import RULE

_TEXT = """import (
	"iter"
	"maps"
	"testing"
)

var known = map[string]int{"a": 1, "b": 2}

func Any(set map[string]int, list []string) (found string) {
	BODY
	return found
}

func TestX(t *testing.T) {
	if got := Any(known, nil); got OPERATOR "WANTED" {
		t.Fatal(got)
	}
}
"""


def _text(body: str, wanted: str = "a", operator: str = "!=") -> str:
    return _TEXT.replace("BODY", body).replace("WANTED", wanted).replace("OPERATOR", operator)


@pytest.mark.parametrize(
    ("body", "does"),
    [
        ("for name := range set { return name }", "takes the first of set, a map"),
        ("for name := range set {\n\tfound = name\n\tbreak\n\t}", "takes the first of set, a map"),
        (
            "for name := range set {\n\tuse(name)\n\treturn name // whichever\n\t}",
            "takes the first of set, a map",
        ),
        (
            "next, stop := iter.Pull(maps.Keys(set))\n\tdefer stop()\n\tfound, _ = next()",
            "pulls from maps.Keys(set), in a map's order",
        ),
    ],
)
def test_the_first_of_a_map_is_told_whatever_it_is(body: str, does: str) -> None:
    text = _text(body)
    (found,) = asked(RULE, text, "b")
    line = line_with(text, body.partition("\n")[0])
    assert found.claim == f"TestX depends on map order: Any {does} ({FILE}:{line})"
    assert found.certainty is Certainty.INFERRED
    assert [(each.role, each.line) for each in found.places] == [
        (Role.FAILS, line_with(text, "t.Fatal")),
        (Role.RUNS, line),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "for name, n := range set { if n > 1 { return name } }",
        "for name, n := range set {\n\tif n > 1 {\n\tcontinue\n\t}\n\treturn name\n\t}",
        "for name := range set { found = name }",
        "for _, name := range list { return name }",
        "for name := range set { return name }\n\tfor other := range set { return other }",
    ],
)
def test_a_round_that_asks_or_goes_on_is_not(body: str) -> None:
    assert asked(RULE, _text(body), "b") == []


def test_what_is_wanted_has_to_stand_elsewhere_and_to_be_what_is_compared() -> None:
    body = "for name := range set { return name }"
    assert asked(RULE, _text(body, "c"), "b") == []
    assert asked(RULE, _text(body, operator="=="), "b") == []
