"""``test-itself``: an assertion on the date or the time of day, or on the machine's time zone.

Reports a failed comparison of which one side comes from ``time.Now`` by methods such as ``Year``,
``Hour`` or ``Format``, or from a time in the machine's zone (``t.Local()``, ``time.Local``) that is
written out, and the other side is a constant. It is inferred from the source: what is compared
changes with the clock, or with the zone. Reports, too, where the failing line asks whether the
clock is before or after a date that stands in the source, and that is within a year of the run, as
the bundle has it: a test that has failed for longer fails by something else. Silent where both
sides come from the clock, on durations (they are reported by ``wall-time``), in bubbles of package
testing/synctest, and on times in UTC.

Example: ``if got := Day(at); got != "2026-03-01"``, where Day formats ``t.Local()``.
Counterexample: the same with ``t.UTC()``; ``if y := time.Now().Year(); got != y``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.time.time_values import (
    arguments_of,
    fixed_date,
    given_to,
    is_local,
    method_of,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.values.assertions import Comparison
from flakecore.diagnosis.source.values.value_origins import Origin

_READS = frozenset(
    (
        *("Year", "Month", "Day", "Weekday", "YearDay", "Hour", "Minute", "Second", "Unix"),
        *("UnixNano", "UnixMilli", "Format", "String", "Date", "Clock", "ISOWeek"),
    )
)
"""Methods of time.Time that make a value of a moment that a test may compare."""
_WRITES = frozenset(("Format", "String", "Hour", "Day", "Weekday", "YearDay", "Month", "Year"))
"""Those whose value depends on the zone."""
_KEEPS = frozenset(("Add", "AddDate", "Truncate", "Round"))
"""Methods of time.Time that give another time in the same zone."""
_ORDERS = ("After", "Before", "Compare")
_NAMED = re.compile(
    r"time\.(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April"
    r"|May|June|July|August|September|October|November|December)"
)
"""Days and months by name, which a test may want or not."""
_CONSTANTS = (
    *("interpreted_string_literal", "raw_string_literal", "int_literal", "float_literal", "true"),
    *("false", "unary_expression", "parenthesized_expression", "binary_expression"),
    *("rune_literal", "expression_list", "literal_element"),
)
_NOTHING = ('""', "``", "0", "nil")
"""Constants with which a test asks whether there is a value at all."""
_A_YEAR = 366
_CLOCK_OF_ITS_OWN = "give the code a clock that the test sets"
_STEPS = 8
"""Calls of methods in a row, at most."""


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble:
        return
    for condition in failing.comparisons:
        found = _read(failing, condition)
        if found is None:
            continue
        file, node, of_zone = found
        what = "the machine's time zone" if of_zone else "the date and time of the run"
        remedy = "compare in UTC, or set TZ for the tests" if of_zone else _CLOCK_OF_ITS_OWN
        asks = condition.text
        yield _finding(failing, (file, node), what, " is compared with a constant", asks, remedy)
        return
    for asked in failing.innermost:
        for file, node, day in _against_date(failing, asked):
            days = _days_since(question, day)
            if days is not None:
                asks, day_asked = " ".join(text_of(asked).split()), f" asks for {day.isoformat()}"
                when = f"{abs(days)} days {'before' if days >= 0 else 'after'} the run"
                yield _finding(
                    failing,
                    (file, node),
                    "the date of the run",
                    day_asked,
                    f"{asks}, and {day.isoformat()} is {when}",
                    _CLOCK_OF_ITS_OWN,
                )
                return


def _finding(
    failing: FailingSource, read: Origin, what: str, day_asked: str, asks: str, remedy: str
) -> Finding:
    file, node = read
    value, at = " ".join(text_of(node).split()), f"({file}:{line_of(node)})"
    depends = f"{failing.test_name} depends on {what}"
    return assertion_finding(
        failing,
        (
            f"{depends}: {value} {at}{day_asked}",
            f"{depends}: {value} {at}",
            f"{depends} {at}",
            f"The test depends on {what} {at}",
        ),
        (
            f"the condition of the failing line is {asks}",
            f"{value} stands at {file}:{line_of(node)}, and leads to it",
        ),
        remedy,
        places=(failing.place(Role.READS, node, file),),
    )


def _days_since(question: Question, day: date) -> int | None:
    """Return how many days before a run a date was, of one year at most; None if unknown."""
    began = question.manifest.started_unix_ns if question.manifest is not None else 0
    if began <= 0:
        return None
    days = (datetime.fromtimestamp(began // 1_000_000_000, UTC).date() - day).days
    return days if abs(days) <= _A_YEAR else None


def _read(failing: FailingSource, condition: Comparison) -> tuple[str, Node, bool] | None:
    """Return where one side of a comparison reads the clock or the zone, and whether the zone."""
    sides = (condition.left, condition.right)
    for side, other in (sides, sides[::-1]):
        is_named = _NAMED.fullmatch(text_of(other)) is not None
        if not is_named and (condition.operator == "==" or not _is_constant(failing, other)):
            continue
        for file, node in failing.origins.of(failing.name, side):
            found = _of_clock(failing, file, node)
            if found is not None:
                return file, node, found
    return None


def _is_constant(failing: FailingSource, side: Node) -> bool:
    """Return whether a value is made of literals alone."""
    made = [node for _, node in failing.origins.of(failing.name, side)]
    if any(text_of(node) in _NOTHING for node in made):
        return False
    return all(
        node.type in _CONSTANTS or (node.type == "identifier" and failing.origins.assigned(node))
        for node in made
    )


def _of_clock(failing: FailingSource, file: str, node: Node) -> bool | None:
    """Return whether a call reads a time in the machine's zone, or the clock; None for neither."""
    method, operand = method_of(node)
    if method not in _READS or operand is None:
        return None
    for _ in range(_STEPS):
        if _is_now(failing, file, operand):
            return False
        if is_local(failing, file, operand):
            return True if method in _WRITES else None
        inner, further = method_of(operand)
        if inner in _KEEPS and further is not None:
            operand = further
            continue
        file, given = given_to(failing, file, operand)
        if given == operand:
            return None
        operand = given
    return None


def _against_date(failing: FailingSource, condition: Node) -> Iterator[tuple[str, Node, date]]:
    """Yield where a condition asks whether the clock is before or after a date of the source."""
    for file, node in failing.origins.of(failing.name, condition):
        method, operand = method_of(node)
        given = arguments_of(node)
        if method not in _ORDERS or operand is None or len(given) != 1:
            continue
        sides = [_made(failing, file, each) for each in (operand, given[0])]
        days = [fixed_date(failing, *each) for each in sides]
        day = days[0] or days[1]
        if day is not None and any(_is_now(failing, *each) for each in sides):
            yield file, node, day


def _made(failing: FailingSource, file: str, value: Node) -> Origin:
    """Return what a name or a field of a condition stands for; a call as it is."""
    return (file, value) if value.type == "call_expression" else given_to(failing, file, value)


def _is_now(failing: FailingSource, file: str, node: Node) -> bool:
    is_call = node.type == "call_expression"
    return is_call and failing.library_function(node, file) == "time.Now"


RULE = assertion_rule("clock-value", _find)
