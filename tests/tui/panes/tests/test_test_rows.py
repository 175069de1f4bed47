"""The rows of the Tests pane: packages, tests and the time around them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.timeline import TestSpan, TestStatus
from flaketui.panes.tests.test_rows import Around, Entry, Listing, PackageEntry, list_tests
from flaketui.view.arrangement import TestOrder, TestsShown
from tui.scenario import deadlock

CASE = deadlock()


def named(entry: Entry) -> str:
    if isinstance(entry, TestSpan):
        return entry.name
    return entry.text if isinstance(entry, Around) else entry.package


def listed(
    shown: TestsShown = TestsShown.ALL, order: TestOrder = TestOrder.TREE
) -> tuple[list[str], Listing]:
    listing = list_tests(CASE, (CASE,), shown, order)
    return [named(entry) for entry in listing.entries], listing


def test_tests_stand_in_their_tree_between_what_was_before_and_after() -> None:
    names, listing = listed()
    assert names == [
        "before the tests",
        "TestDrain",
        "TestDrain/fast",
        "TestFill",
        "TestReset",
        "after the tests",
    ]
    assert listing.note == "2 of 4 failed"
    assert [listing.place(key) for key in ("before", 0, "after", "no such key")] == [0, 1, 5, -1]


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        (TestsShown.FAILED, ["TestDrain", "TestFill"]),
        (TestsShown.SLOW, ["TestDrain"]),
        (TestsShown.SKIPPED, []),
    ],
)
def test_a_filter_leaves_tests_and_the_time_around_them_out(
    shown: TestsShown, names: list[str]
) -> None:
    assert listed(shown)[0] == names


def test_a_subtest_that_is_shown_hangs_below_its_parent() -> None:
    skipped = replace(CASE.tests[1], status=TestStatus.SKIP)
    case = replace(CASE, tests=(CASE.tests[0], skipped, *CASE.tests[2:]))
    listing = list_tests(case, (case,), TestsShown.SKIPPED, TestOrder.TREE)
    assert [named(entry) for entry in listing.entries] == ["TestDrain", "TestDrain/fast"]
    assert listing.note == "only the 1 skipped of 4"


def test_the_longest_first_has_no_tree() -> None:
    names, _ = listed(order=TestOrder.LONGEST)
    assert names == ["TestDrain", "TestFill", "TestDrain/fast", "TestReset"]


def test_of_several_packages_the_one_on_screen_is_open() -> None:
    other = replace(CASE, package="example.com/other", failures=(), tests=CASE.tests[3:])
    listing = list_tests(CASE, (other, CASE), TestsShown.ALL, TestOrder.LONGEST)
    packages = [entry for entry in listing.entries if isinstance(entry, PackageEntry)]
    assert [(one.case, one.open, one.failed) for one in packages] == [
        (0, False, False),
        (1, True, True),
    ]
    assert isinstance(listing.entries[1], PackageEntry)
    assert len(listing.entries) == 2 + len(CASE.tests)
