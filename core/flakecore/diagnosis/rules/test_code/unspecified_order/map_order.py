"""``test-itself``: an assertion on an order that a range over a map leaves open.

Reports a failed assertion whose message has two lists of the same elements in another order, one
of them wanted, where exactly one function that the checked value comes from, or the test, fills a
list or a text in a range over a map and sorts nothing. Go begins such a range anywhere (the
language leaves the order open). Silent where elements differ, where something is sorted behind the
range, where several places range over maps, and where the source is not at hand.

Example: ``got [b a], want [a b]`` of ``for name := range set { names = append(names, name) }``.
Counterexample: the same with ``sort.Strings(names)`` behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.open_orders import open_orders
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
    reordered,
    sorts_after,
    sorts_elsewhere,
)
from flakecore.diagnosis.source.go_parser import line_of


def _find(failing: FailingSource) -> Iterator[Finding]:
    differ = reordered(failing)
    if not differ or sorts_after(failing.function, failing.function):
        return
    functions = checked_functions(failing, filled=True)
    found = [
        (file, each)
        for file, function in functions
        for each in open_orders(failing.package, file, function)
    ]
    if len(found) != 1:
        return
    ((file, (node, does, shortly)),) = found
    if sorts_elsewhere(functions, node):
        return
    name, who = named_after(failing.test_name, node)
    where = f"{file}:{line_of(node)}"
    yield assertion_finding(
        failing,
        (
            f"{failing.test_name} depends on map order: {who} {does} ({where})",
            f"{failing.test_name} depends on map order: {who} {shortly} ({where})",
            f"The test depends on map order: {who} {shortly} ({where})",
            f"The test depends on map order ({where})",
        ),
        (
            f"the same elements in another order: {differ}",
            f"{name} {does.removesuffix(', a map')} and sorts nothing there",
        ),
        "sort before the comparison, or compare without order",
        places=(failing.place(Role.RUNS, node, file),),
    )


RULE = source_rule("map-order", _find)
