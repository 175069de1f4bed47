"""What the lines of all loggers have in common: pairs, levels, time stamps, values."""

from __future__ import annotations

import pytest

from flakecore.gotest import Level
from flakecore.gotest.logs.fields import (
    flat,
    level_named,
    pairs,
    record_with_pairs,
    stamp_ns,
    value_text,
)


def test_pairs_are_all_of_a_text_or_none() -> None:
    assert pairs('a=1 "b c"="d \\"e\\""  f=') == [("a", "1"), ("b c", 'd "e"'), ("f", "")]
    assert pairs("a=1 b") is None
    assert pairs("") == []


def test_a_pair_amid_a_message_belongs_to_the_message() -> None:
    record = record_with_pairs(Level.INFO, "x=1 is an equation y=2", None, "")
    assert record.message == "x=1 is an equation"
    assert record.attributes == (("y", "2"),)


def test_objects_in_objects_are_joined_with_points() -> None:
    assert flat({"a": {"b": {"c": 1}}, "d": {}}) == [("a.b.c", 1), ("d", {})]


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("warning", Level.WARN),
        ("DPANIC", Level.ERROR),
        ("TRC", Level.DEBUG),
        ("INFO+2", Level.INFO),
        ("ERROR-4", Level.WARN),
        ("DEBUG-99", Level.DEBUG),
        ("loud", Level.NONE),
    ],
)
def test_a_level_is_known_by_its_first_letters_or_by_its_distance(name: str, level: Level) -> None:
    assert level_named(name) is level


@pytest.mark.parametrize(
    ("stamp", "ns"),
    [
        ("2026-11-23T00:00:00.5Z", 1795392000_500_000_000),
        ("2026-11-23T01:00:00+0100", 1795392000_000_000_000),
        (1795392000, 1795392000_000_000_000),
        (1795392000.25, 1795392000_250_000_000),
        (1795392000250, 1795392000_250_000_000),
        (1795392000250000001, 1795392000_250_000_001),
        ("2026-11-23T00:00:00", None),
        (True, None),
        (12, None),
    ],
)
def test_a_stamp_is_unix_time_where_it_has_a_zone_or_a_plausible_unit(
    stamp: object, ns: int | None
) -> None:
    assert stamp_ns(stamp) == ns


def test_values_are_written_as_text_handlers_write_them() -> None:
    values = [None, "a\nb", True, 1.5, [1, None], "\x1b[31mred"]
    assert [value_text(each) for each in values] == ["", "a b", "true", "1.5", "[1,null]", "red"]
