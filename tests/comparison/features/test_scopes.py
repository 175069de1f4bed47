"""Tests are put in an order in which a range of rows is a test with its subtests."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flakecore.comparison.features.scopes import order_of_tests, sums_with_subtests
from flakecore.timeline import TestSpan, TestStatus


def spans_of(parents: list[int]) -> list[TestSpan]:
    return [
        TestSpan(
            index=index,
            name=f"Test{index}",
            parent=parent,
            attempt=1,
            status=TestStatus.PASS,
            start_ns=10 * index,
            end_ns=10 * index + 5,
            waits=(),
            goroutine=0,
            short_name=f"Test{index}",
            depth=0,
        )
        for index, parent in enumerate(parents)
    ]


def descendants(parents: list[int], index: int) -> set[int]:
    found = {index}
    for at, parent in enumerate(parents):
        if parent in found:
            found.add(at)
    return found


@st.composite
def forests(draw: st.DrawFn) -> list[int]:
    """Return the parent of each test, -1 for none; it stands before its subtests."""
    count = draw(st.integers(0, 12))
    return [draw(st.integers(-1, index - 1)) for index in range(count)]


@given(forests(), st.data())
def test_a_sum_over_a_test_is_that_of_it_and_its_subtests(
    parents: list[int], data: st.DataObject
) -> None:
    order = order_of_tests(spans_of(parents))
    values = data.draw(st.lists(st.integers(0, 99), min_size=len(parents), max_size=len(parents)))
    by_place = np.zeros(len(parents), np.int64)
    by_place[order.place] = values
    expected = [
        sum(values[at] for at in descendants(parents, index)) for index in range(len(parents))
    ]
    assert sums_with_subtests(order, by_place).tolist() == expected


@given(forests())
def test_the_places_of_a_test_are_those_of_its_subtests(parents: list[int]) -> None:
    order = order_of_tests(spans_of(parents))
    for index in range(len(parents)):
        places = order.places(index)
        found = {at for at, place in enumerate(order.place) if places.start <= place < places.stop}
        assert found == descendants(parents, index)
        assert order.start_ns[order.place[index]] == 10 * index
