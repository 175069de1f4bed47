"""Where times come from: what a name was given, the zone of the machine, a fixed date."""

from __future__ import annotations

from datetime import date

import pytest

from diagnosis.failing_sources import FILE, call_of, failing_source
from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.rules.test_code.time.time_values import (
    arguments_of,
    fixed_date,
    given_to,
    is_local,
    method_of,
)
from flakecore.diagnosis.source.go_parser import Node, text_of

_TEXT = """import (
	"testing"
	"time"
)

type item struct{ due, end time.Time }

func day() time.Time { return (time.Unix(7, 0)) }

func either(early bool) time.Time {
	if early {
		return time.Unix(1, 0)
	}
	return time.Unix(2, 0)
}

func isOver(limit, other time.Time) bool { return use(limit, other) }

func (i item) isOver(until time.Time) bool { return see(until) }

func latest(times ...time.Time) time.Time { return last(times) }

func TestX(t *testing.T) {
	once := time.Unix(3, 0)
	twice := time.Unix(4, 0)
	if isOver(once, twice) {
		twice = time.Unix(5, 0)
	}
	i := item{due: time.Unix(6, 0)}
	check(VALUE)
	i.isOver(once)
	latest(once, twice)
	t.Fatal(i)
}

func TestY(t *testing.T) { isOver(time.Now(), time.Now()) }
"""


def _value(text: str) -> tuple[FailingSource, Node]:
    """Return a test that uses a value, and its node."""
    failing = failing_source(_TEXT.replace("VALUE", text))
    (value,) = arguments_of(call_of(failing, f"check({text})"))
    return failing, value


@pytest.mark.parametrize(
    ("call", "method", "operand", "arguments"),
    [
        ("at.Add(1, 2)", "Add", "at", ["1", "2"]),
        ("now().Local()", "Local", "now()", []),
        ("add(1)", "", None, ["1"]),
    ],
)
def test_a_method_is_called_of_its_operand(
    call: str, method: str, operand: str | None, arguments: list[str]
) -> None:
    _, node = _value(call)
    name, of = method_of(node)
    assert (name, None if of is None else text_of(of)) == (method, operand)
    assert [text_of(each) for each in arguments_of(node)] == arguments


def test_a_comment_is_no_argument() -> None:
    _, node = _value("at.Add(/* one */ 1, 2)")
    assert [text_of(each) for each in arguments_of(node)] == ["1", "2"]


def test_what_is_no_call_has_no_method() -> None:
    assert method_of(_value("at.Added")[1]) == ("", None)


@pytest.mark.parametrize(
    ("value", "given"),
    [
        ("once", "time.Unix(3, 0)"),
        ("twice", "twice"),
        ("i.due", "time.Unix(6, 0)"),
        ("i.end", "i.end"),
        ("day()", "time.Unix(7, 0)"),
        ("either(true)", "either(true)"),
        ("time.Now()", "time.Now()"),
        ("unknown", "unknown"),
    ],
)
def test_a_value_is_what_it_was_given_if_that_is_one(value: str, given: str) -> None:
    failing, node = _value(value)
    file, found = given_to(failing, FILE, node)
    assert (file, text_of(found)) == (FILE, given)


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("use(limit, other)", ["once", "twice"]),
        ("see(until)", ["once"]),
        ("last(times)", ["times"]),
    ],
)
def test_a_parameter_is_what_the_test_hands_its_function(call: str, given: list[str]) -> None:
    failing = failing_source(_TEXT.replace("VALUE", "0"))
    values = arguments_of(call_of(failing, call))
    assert [text_of(given_to(failing, FILE, each)[1]) for each in values] == given


@pytest.mark.parametrize(
    ("value", "local"),
    [
        ("time.Unix(1, 0)", True),
        ("time.UnixMilli(1)", True),
        ("time.Date(2026, 1, 2, 0, 0, 0, 0, time.Local)", True),
        ("time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)", False),
        ('time.ParseInLocation(form, "2026-01-02", time.Local)', True),
        ('time.Parse(form, "2026-01-02")', False),
        ("at.In(time.Local)", True),
        ("at.In(time.UTC)", False),
        ("at.Local()", True),
        ("at.UTC()", False),
        ("time.Now()", False),
        ("at", False),
    ],
)
def test_a_time_is_in_the_zone_of_the_machine_by_what_makes_it(value: str, *, local: bool) -> None:
    failing, node = _value(value)
    assert is_local(failing, FILE, node) is local


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)", date(2026, 3, 2)),
        ("time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)", date(2026, 12, 31)),
        ("time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)", None),
        ("time.Date(2026, 2, 30, 0, 0, 0, 0, time.UTC)", None),
        ('time.Parse(time.RFC3339, "2026-01-02T03:04:05Z")', date(2026, 1, 2)),
        ('time.ParseInLocation(form, "2026-01-02", zone)', date(2026, 1, 2)),
        ("time.Parse(form, text)", None),
        ('time.Parse(form, "2 Jan 2026")', None),
        ("time.Now()", None),
        ("at", None),
    ],
)
def test_a_date_that_stands_in_the_source_is_known(value: str, day: date | None) -> None:
    failing, node = _value(value)
    assert fixed_date(failing, FILE, node) == day
