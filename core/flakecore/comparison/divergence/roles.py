"""Which goroutine of one run is which of another.

Numbers differ from run to run. What stays is who a goroutine is: the test's own, or the one that
was started at a certain ``go`` statement, by which function, and the how-manieth of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flakecore.timeline import Case, Schedule, Stack, own_frame, with_subtests

_MOST = 512
"""Goroutines of a test that have a role, the first ones created; a bound, not measured."""


@dataclass(frozen=True, slots=True)
class GoroutineRole:
    """Who a goroutine is, whatever its number.

    Attributes:
        test: name of the test whose own goroutine it is; "" for others.
        function: what it was started with.
        file, line: its ``go`` statement.
        order: how many of the same were created before it in this test.
    """

    test: str
    function: str = ""
    file: str = ""
    line: int = 0
    order: int = 0

    def words(self) -> str:
        """Return it for a person: ``TestX``, ``(*Pool).work, started at pool.go:40, the 2nd``."""
        if self.test:
            return self.test
        name = self.function.rpartition("/")[2].partition(".")[2] or "a goroutine"
        place = f" started at {self.file.rpartition('/')[2]}:{self.line}" if self.file else ""
        which = f", number {self.order + 1}" if self.order else ""
        return f"{name}{place}{which}"


def roles_of_test(case: Case, test: int) -> dict[int, GoroutineRole]:
    """Return the role of each goroutine of a test and its subtests, by number.

    Those count too that a timer started, with a function literal of the test: nobody created them.

    Args:
        case: one with a trace.
        test: index of the test.
    """
    schedule = case.schedule
    if schedule is None:
        return {}
    within = with_subtests(case.tests, test)
    own = {case.tests[index].goroutine: case.tests[index].name for index in within}
    numbers = [each for index in within for each in schedule.goroutines_of(index)]
    numbers += _of_timers(case, schedule, test)
    known = [schedule.goroutine(number) for number in dict.fromkeys(numbers)]
    found: dict[int, GoroutineRole] = {}
    counts: Counter[GoroutineRole] = Counter()
    created = sorted((each for each in known if each is not None), key=lambda each: each.created_ns)
    for each in created[:_MOST]:
        if each.id in own:
            found[each.id] = GoroutineRole(own[each.id])
            continue
        frame = own_frame(each.creation_stack, case.package)
        alike = (
            GoroutineRole("", each.function, frame.file, frame.line)
            if frame is not None
            else GoroutineRole("", each.function)
        )
        found[each.id] = GoroutineRole("", alike.function, alike.file, alike.line, counts[alike])
        counts[alike] += 1
    return found


def is_elsewhere(case: Case, role: GoroutineRole, known: Sequence[int]) -> bool:
    """Return whether a case has a goroutine of the same ``go`` statement besides those known."""

    def is_alike(stack: Stack) -> bool:
        frame = own_frame(stack, case.package)
        return frame is not None and (frame.file, frame.line) == (role.file, role.line)

    if case.schedule is None or not role.file:
        return False
    return bool(set(case.schedule.tree.created_at(is_alike)) - set(known))


def _of_timers(case: Case, schedule: Schedule, test: int) -> list[int]:
    """Return goroutines that timers started while a test ran, and those that they created.

    ``time.AfterFunc`` starts its function from within the runtime. Which test a function literal
    is of is in its name: ``pool.TestDrain.func1``.
    """
    span = case.tests[test]
    function = f"{span.name.partition('/')[0]}."
    columns = schedule.tree.columns()
    alone = (columns.creator == 0) & (columns.creation >= 0) & (columns.test < 0)
    roots = columns.goroutine[alone & ~np.isin(columns.goroutine, schedule.tree.system)]
    found = np.zeros(0, np.int64)
    for number in roots.tolist():
        root = schedule.goroutine(number)
        if root is not None and span.start_ns <= root.created_ns <= span.end_ns:
            name = root.function.rpartition("/")[2].partition(".")[2]
            found = np.append(found, number) if name.startswith(function) else found
    members, newest = found, found
    while len(newest):
        newest = columns.goroutine[np.isin(columns.creator, newest)]
        members = np.append(members, newest)
    return members.tolist()
