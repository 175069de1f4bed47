"""Strings and stacks under a generation's own numbers, and strings that the file's table lacks."""

from __future__ import annotations

from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.format.stacks import LOST, Frame


def _tables() -> LazyTables:
    return LazyTables({0: "", 1: "pool.work", 2: "pool.go"}, {5: ((0, 1, 2, 10), (0, 1, 8, 20))})


def test_a_stack_has_the_strings_of_its_frames() -> None:
    assert _tables().stack(5) == (Frame("pool.work", "pool.go", 10), Frame("pool.work", LOST, 20))


def test_a_stack_is_made_once() -> None:
    tables = _tables()
    assert tables.stack(5) is tables.stack(5)


def test_a_missing_stack_is_empty_and_a_missing_string_is_lost() -> None:
    assert (_tables().stack(6), _tables().string(6)) == ((), LOST)


def test_an_added_text_has_one_number_below_zero() -> None:
    tables = _tables()
    number = tables.add("stop-the-world (GC sweep termination)")
    assert number < 0
    assert tables.add("stop-the-world (GC sweep termination)") == number
    assert tables.string(number) == "stop-the-world (GC sweep termination)"
    assert tables.add("another") not in (number, 0)


def test_the_empty_text_is_number_0() -> None:
    assert _tables().add("") == 0


def test_adding_a_text_leaves_the_dict_it_was_made_of_as_it_is() -> None:
    strings = {0: ""}
    LazyTables(strings, {}).add("new")
    assert strings == {0: ""}
