"""``test-itself``: an assertion on the order of elements that the only sort of them finds equal.

Reports a failed assertion whose message has two lists of the same elements in another order, where
exactly one function that they come from takes them from a map, or from goroutines as these come to
it, and exactly one sorts them behind that, by one part of them alone. It is the cause where both
lists have the same keys at the same places, as ``fmt`` writes structs: they differ in what is
equal. So it is where the line asks for an element by a constant index, and the message shows a
text beside the wanted one of a list in the test's source with the same numbers. Where the keys do
not show, it states as a circumstance what stays open. Silent where the keys differ, where the sort
compares elements as a whole or more than one part, and where the source is not at hand.

Example: ``for _, p := range byID { all = append(all, p) }``, sorted by ``a.Score < b.Score``.
Counterexample: the same where the lists are ``[{ann 7} {bob 9}]`` and ``[{bob 9} {ann 7}]``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role, Weight
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.filled_places import filled_by_any
from flakecore.diagnosis.rules.test_code.orders.open_orders import open_orders
from flakecore.diagnosis.rules.test_code.orders.partial_sorts import (
    PartialSort,
    keys_of,
    partial_sorts,
)
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
    reordered,
    sorts_after,
    stated_sides,
)
from flakecore.diagnosis.rules.test_code.orders.sibling_values import is_of_index, siblings
from flakecore.diagnosis.source.go_parser import line_of


def _find(failing: FailingSource) -> Iterator[Finding]:
    differ, pair = reordered(failing), siblings(failing)
    if not differ and pair is not None and pair.numbers and is_of_index(failing):
        equal = " and ".join(pair.numbers)
        differ = f"{pair.found} for {pair.wanted}, which have both {equal} in the source"
    elif differ:
        pair = None
    if not differ or sorts_after(failing.function, failing.function):
        return
    functions = checked_functions(failing, filled=True)
    found = [
        (file, each.node, each.does)
        for file, function in functions
        for each in open_orders(failing.package, file, function, sorted_too=True)
    ]
    found += [
        (file, each.node, each.does)
        for file, function in functions
        for each in filled_by_any(failing, file, function)
    ]
    sorts = [
        (file, function, each)
        for file, function in functions
        for each in partial_sorts(failing.package, file, function)
    ]
    sorting = [function for _, function in functions if sorts_after(function, function)]
    if len(found) != 1 or len(sorts) != 1 or sorting != [sorts[0][1]]:
        return
    ((file, node, does),) = found
    ((home, _, sort),) = sorts
    are_equal = pair is not None or _are_equal(failing, sort)
    if are_equal is False:
        return
    at, where = f"{file}:{line_of(node)}", f"{home}:{line_of(sort.call)}"
    taker, _ = named_after(failing.test_name, node)
    name, who = named_after(failing.test_name, sort.call)
    before = f"{'it' if taker == name else taker} {does} ({at})"
    depends = f"{failing.test_name} depends on the order of equals"
    if are_equal:
        claims = [
            f"{depends}: {who} sorts by {sort.key} alone ({where}); before, {before}",
            f"{depends}: {who} sorts by {sort.key} alone ({where})",
            f"{depends} ({where})",
            f"The test depends on the order of equals ({where})",
        ]
    else:
        claims = [
            f"{name} sorts by {sort.key} alone ({where}); what is equal stays as {before}",
            f"{name} sorts by {sort.key} alone ({where}), and leaves the order of equals open",
            f"A sort by one part alone leaves the order of equals open ({where})",
        ]
    yield assertion_finding(
        failing,
        claims,
        (
            f"{'' if pair else 'the same elements in another order: '}{differ}",
            f"{name} sorts by {sort.key} at {where}, and compares nothing else",
            f"{taker} {does} at {at}",
        ),
        "compare a second part where the first is equal, such as a name",
        places=(failing.place(Role.RUNS, sort.call, home), failing.place(Role.RUNS, node, file)),
        weight=Weight.CAUSE if are_equal else Weight.CIRCUMSTANCE,
    )


def _are_equal(failing: FailingSource, sort: PartialSort) -> bool | None:
    """Return whether the lists of a message have the same keys in a row; None if unknown."""
    for one, other in stated_sides(failing.message):
        keys = keys_of(failing.package, sort, one), keys_of(failing.package, sort, other)
        if keys[0] is not None and keys[1] is not None:
            return keys[0] == keys[1]
    return None


RULE = source_rule("tied-order", _find)
