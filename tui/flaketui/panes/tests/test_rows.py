"""The rows of the Tests pane: packages, tests in their tree or by duration, time around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.text.counted import counted
from flakecore.timeline import Case, TestSpan, TestStatus
from flakecore.times import format_duration
from flaketui.view.arrangement import TestOrder, TestsShown
from flaketui.view.scene import case_name
from flaketui.view.test_tree import tree_order

SLOW_PART = 10
"""A test is slow that takes at least this part, a tenth, of what the slowest does."""


@dataclass(frozen=True, slots=True)
class PackageEntry:
    """A package of a bundle that has several.

    Attributes:
        case: index in the bundle's cases.
        open: whether it is the one on screen, whose tests are listed below it.
    """

    case: int
    package: str
    note: str
    failed: bool
    open: bool

    @property
    def key(self) -> str:
        """Its name among the entries."""
        return f"package {self.case}"


@dataclass(frozen=True, slots=True)
class Around:
    """What a package's run did before its first test began, or after its last had ended."""

    key: str
    text: str
    start_ns: int
    end_ns: int


Entry = TestSpan | PackageEntry | Around


class Listing:
    """The entries of the Tests pane, a note on them, and where each stands."""

    def __init__(self, entries: Sequence[Entry], note: str) -> None:
        self.entries = entries
        self.note = note
        self._places: dict[int | str, int] = {
            one.index if isinstance(one, TestSpan) else one.key: row
            for row, one in enumerate(entries)
        }

    def place(self, wanted: int | str) -> int:
        """Return the row of a test's index or of another entry's key; -1 where it is not."""
        return self._places.get(wanted, -1)


def list_tests(case: Case, cases: tuple[Case, ...], shown: TestsShown, order: TestOrder) -> Listing:
    """List the packages, what ran around the tests of one, and those of its tests to be shown."""
    wanted, note = _chosen_tests(case.tests, shown)
    tests: list[Entry]
    if order is TestOrder.LONGEST:
        tests = [*sorted(wanted, key=lambda test: -test.duration_ns)]
    else:
        kept = _with_parents(wanted, case.tests)
        tests = [test for test in tree_order(case.tests) if test.index in kept]
    own: list[Entry] = tests
    if shown is TestsShown.ALL and order is TestOrder.TREE:
        own = [*_before(case), *tests, *_after(case)]
    if len(cases) < 2:
        return Listing(own, note)
    entries: list[Entry] = []
    for index, each in enumerate(cases):
        here = each is case
        failed = sum(test.status is TestStatus.FAIL for test in each.tests)
        words = (
            f"{failed} of {len(each.tests)} failed" if failed else counted(len(each.tests), "test")
        )
        entries.append(PackageEntry(index, case_name(each), words, bool(each.failures), here))
        entries += own if here else []
    return Listing(entries, note)


def _chosen_tests(tests: tuple[TestSpan, ...], shown: TestsShown) -> tuple[Sequence[TestSpan], str]:
    failed = [test for test in tests if test.status is TestStatus.FAIL]
    match shown:
        case TestsShown.FAILED:
            return failed, f"only the {len(failed)} failed of {len(tests)}"
        case TestsShown.SKIPPED:
            skipped = [test for test in tests if test.status is TestStatus.SKIP]
            return skipped, f"only the {len(skipped)} skipped of {len(tests)}"
        case TestsShown.SLOW:
            bound = max((test.duration_ns for test in tests), default=0) // SLOW_PART
            slow = [test for test in tests if test.duration_ns >= bound]
            return slow, f"only the {len(slow)} slow, from {format_duration(bound)}"
        case _:
            return tests, f"{len(failed)} of {len(tests)} failed" if failed else f"{len(tests)}"


def _with_parents(tests: Sequence[TestSpan], all_tests: Sequence[TestSpan]) -> set[int]:
    """Return the indices of tests and of all above them, so that they hang in their tree."""
    found: set[int] = set()
    for test in tests:
        index = test.index
        while index >= 0 and index not in found:
            found.add(index)
            index = all_tests[index].parent
    return found


def _before(case: Case) -> list[Entry]:
    first = min((test.start_ns for test in case.tests), default=0)
    return [Around("before", "before the tests", 0, first)] if first > 0 else []


def _after(case: Case) -> list[Entry]:
    last = max((test.end_ns for test in case.tests), default=case.end_ns)
    if last >= case.end_ns:
        return []
    return [Around("after", "after the tests", last, case.end_ns)]
