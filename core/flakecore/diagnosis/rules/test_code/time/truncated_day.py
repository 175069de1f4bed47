"""``test-itself``: a time that is truncated to a day of UTC where the machine has another zone.

``Truncate`` "works on the time as an absolute duration since the zero time" (package time): that of
24 hours ends at midnight in UTC, and in no other zone. Reports a failed assertion whose message has
a time with an offset from UTC, where exactly one function that the value comes from, or the test,
truncates or rounds a time to 24 hours. It is inferred from the source and the message. Silent where
the message has no such time, and where the source is not at hand.

Example: ``now.Truncate(24 * time.Hour)``, and ``2026-11-27 19:00:00 -0500 EST``.
Counterexample: the same with ``2026-11-28 00:00:00 +0000 UTC``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
)
from flakecore.diagnosis.rules.test_code.time.time_values import arguments_of, method_of
from flakecore.diagnosis.source.go_parser import line_of, text_of
from flakecore.diagnosis.source.syntax import walk

_DAY = re.compile(r"24 ?\* ?time\.Hour|time\.Hour ?\* ?24")
_ELSEWHERE = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)? ?([+-](?!00:?00)\d\d:?\d\d)\b")
"""A time with its offset from UTC, as ``String`` and RFC 3339 write it."""
_LOOKED_AT = 8_000


def _find(failing: FailingSource) -> Iterator[Finding]:
    zone = _ELSEWHERE.search(failing.message[:_LOOKED_AT])
    if zone is None:
        return
    found = [
        (file, node)
        for file, function in checked_functions(failing)
        for node in walk(function)
        if method_of(node)[0] in ("Truncate", "Round")
        and any(_DAY.fullmatch(text_of(each)) for each in arguments_of(node))
    ]
    if len(found) != 1:
        return
    ((file, node),) = found
    where, call = f"{file}:{line_of(node)}", " ".join(text_of(node).split())
    _, who = named_after(failing.test_name, node)
    depends = f"{failing.test_name} depends on the machine's time zone"
    yield assertion_finding(
        failing,
        (
            f"{depends}: {who} takes {call} ({where}), a day of UTC",
            f"{depends}: {call} is a day of UTC ({where})",
            f"{depends} ({where})",
            f"The test depends on the machine's time zone ({where})",
        ),
        (
            f"the message has a time at {zone[1]} from UTC",
            f"{call} at {where} ends at midnight in UTC, whatever the zone",
        ),
        "make midnight of the zone by time.Date(y, m, d, 0, 0, 0, 0, t.Location())",
        places=(failing.place(Role.RUNS, node, file),),
    )


RULE = source_rule("truncated-day", _find)
