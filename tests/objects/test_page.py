"""What a page tells of itself."""

from __future__ import annotations

import pytest

from flakecore.objects import ObjectKind, PageObject, read_pages
from objects.made_pages import lines, page


@pytest.mark.parametrize(
    ("address", "shown"), [(0xC000012140, "0x…140"), (0xFFF, "0xfff"), (0x10, "0x10")]
)
def test_an_address_is_shortened_to_its_last_digits(address: int, shown: str) -> None:
    assert PageObject(address, ObjectKind.MUTEX).short_address == shown


def test_of_two_goroutines_with_one_number_the_first_counts() -> None:
    twice = [{"id": 8, "test": "TestA"}, {"id": 8, "test": "TestB"}]
    (found,), _ = read_pages(lines(page(goroutines=twice)), name="x")
    assert found.by_number[8].test == "TestA"


def test_a_page_that_left_goroutines_out_is_not_whole() -> None:
    (cut, whole), _ = read_pages(lines(page(lost={"goroutines": 1}), page()), name="x")
    assert (cut.is_whole, whole.is_whole) == (False, True)
