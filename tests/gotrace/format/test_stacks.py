"""Strings and stacks of all generations under one number each."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.format.stacks import LOST, Frame, Renumbering, StackTable

STRINGS = {1: "pool.work", 2: "/src/pool/pool.go", 3: "main.main"}
RAW = {5: ((0xA, 1, 2, 10), (0xB, 3, 2, 20)), 6: ((0xC, 1, 2, 10), (0xD, 3, 2, 20))}
WORK = Frame("pool.work", "/src/pool/pool.go", 10)
MAIN = Frame("main.main", "/src/pool/pool.go", 20)


def test_number_0_is_the_empty_string_and_the_empty_stack() -> None:
    table = StackTable()
    assert (table.string(0), table.stack(0), len(table)) == ("", (), 1)


def test_a_string_of_two_generations_has_one_number() -> None:
    table = StackTable()
    first = table.add_strings({1: "chan send", 2: "sleep"})
    second = table.add_strings({7: "sleep"})
    assert first(np.array([2])) == second(np.array([7]))
    assert table.string(int(second(np.array([7]))[0])) == "sleep"


def test_stacks_of_the_same_frames_are_one_whatever_their_program_counters() -> None:
    table = StackTable()
    numbers = table.add_stacks(RAW, STRINGS)(np.array([5, 6]))
    assert numbers[0] == numbers[1]
    assert table.stack(int(numbers[0])) == (WORK, MAIN)


def test_a_frame_whose_string_is_missing_is_lost() -> None:
    table = StackTable()
    number = table.add_stacks({1: ((0, 1, 99, 10),)}, STRINGS)(np.array([1]))
    assert table.stack(int(number[0])) == (Frame("pool.work", LOST, 10),)


@pytest.mark.parametrize("number", [2, 99, -1, 1 << 40])
def test_a_number_without_an_entry_becomes_0(number: int) -> None:
    assert Renumbering({1: 8, 3: 9})(np.array([1, number, 3])).tolist() == [8, 0, 9]


def test_a_column_of_one_number_is_renumbered_without_copies() -> None:
    found = Renumbering({4: 7})(np.broadcast_to(np.array([4]), 1000))
    assert (found.strides, len(found), int(found[0])) == ((0,), 1000, 7)


def test_a_damaged_number_takes_no_memory() -> None:
    assert Renumbering({1: 8, 1 << 50: 9, -3: 4})(np.array([1, 1 << 50])).tolist() == [8, 0]


def test_short_names_leave_out_the_path() -> None:
    frame = Frame("example.com/pool.(*Pool).work", "/src/pool/pool.go", 10)
    assert (frame.short_function, frame.short_file) == ("pool.(*Pool).work", "pool.go")
