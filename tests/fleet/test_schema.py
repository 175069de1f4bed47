"""The tables of a fleet, as they are described and as they are stored."""

from __future__ import annotations

from flakecore.fleet import FLEET_TABLES
from flakecore.fleet.schema import physical_columns


def test_a_column_has_one_type_whatever_its_table() -> None:
    types: dict[str, set[str]] = {}
    for columns in FLEET_TABLES.values():
        for column in columns:
            types.setdefault(column.name, set()).add(column.type)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_a_part_has_each_column_once() -> None:
    names = [column.name for column in physical_columns()]
    assert len(names) == len(set(names))
    assert names[0] == "table"


def test_every_column_says_what_it_is() -> None:
    columns = [column for table in FLEET_TABLES.values() for column in table]
    assert all(column.meaning and not column.meaning.endswith(".") for column in columns)
