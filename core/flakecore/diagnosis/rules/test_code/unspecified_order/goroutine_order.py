"""``test-itself``: an assertion on the order in which goroutines come to their results.

Reports a failed assertion whose message has two lists of the same elements in another order, or
that asks for an element by a constant index and shows another text of a list in the test's source,
where exactly one function that the checked value comes from, or the test, starts goroutines in a
loop which append to one list of it, or send on one channel that it fills a list from, and sorts
nothing behind that; or whose goroutines print or log what the message has, in a loop or beside it.
Which goroutine is first is up to the scheduler. Silent where elements differ,
where each goroutine has an element of its own, where something is sorted behind it, where several
places do so, and where the source is not at hand.

Example: ``for _, u := range urls { go func() { out <- get(u) }() }``, then ``append(all, <-out)``.
Counterexample: the same with ``all[i] = get(u)`` in the goroutines.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.filled_places import filled_by_any
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
    reordered,
    sorts_after,
    sorts_elsewhere,
)
from flakecore.diagnosis.rules.test_code.orders.sibling_values import is_of_index, siblings
from flakecore.diagnosis.source.go_parser import line_of


def _find(failing: FailingSource) -> Iterator[Finding]:
    differ, pair = reordered(failing), siblings(failing)
    if differ:
        differ = f"the same elements in another order: {differ}"
    elif pair is not None and is_of_index(failing):
        differ = f"{pair.found} for {pair.wanted}, which it stands beside in the source"
    if not differ or sorts_after(failing.function, failing.function):
        return
    functions = checked_functions(failing, filled=True)
    filled = [
        each
        for file, function in functions
        for each in filled_by_any(failing, file, function)
        if not sorts_after(function, each.node)
    ]
    if len(filled) != 1 or sorts_elsewhere(functions, filled[0].node):
        return
    ((file, node, does),) = filled
    name, who = named_after(failing.test_name, node)
    where = f"{file}:{line_of(node)}"
    depends = f"{failing.test_name} depends on which goroutine is first"
    yield assertion_finding(
        failing,
        (
            f"{depends}: {who} {does} ({where})",
            f"{depends} ({where})",
            f"The test depends on which goroutine is first ({where})",
        ),
        (
            differ,
            f"{name} {does}, and sorts nothing there",
        ),
        "give each goroutine an element of its own, sort, or compare without order",
        places=(failing.place(Role.RUNS, node, file),),
    )


RULE = source_rule("goroutine-order", _find)
