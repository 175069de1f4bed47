"""The strings and stacks of one generation, under the numbers of the whole trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from flakecore.gotrace.format.stacks import Stack, StackTable
from flakecore.gotrace.format.tables import RawFrame

_OF_STRINGS = frozenset(("name", "reason", "category", "message", "label"))
_OF_STACKS = frozenset(("stack", "function", "wake_stack"))

Columns = TypeVar("Columns")


class TableRemap:
    """A generation's strings and stacks, added to the table of the trace (or to one of their own).

    Attributes:
        strings, stacks: from the generation's numbers to the table's; 0 for those that are lost.
    """

    def __init__(
        self,
        table: StackTable,
        strings: Mapping[int, str],
        stacks: Mapping[int, tuple[RawFrame, ...]],
    ) -> None:
        """Add a generation's strings and stacks to ``table``."""
        self._table = table
        self.strings = table.add_strings(strings)
        self.stacks = table.add_stacks(stacks, strings)

    def string(self, number: int) -> str:
        """Return a string by the generation's number; "" for one that is lost."""
        return self._table.string(int(self.strings(np.array([number]))[0]))

    def stack(self, number: int) -> Stack:
        """Return a stack by the generation's number; the empty one for one that is lost."""
        return self._table.stack(int(self.stacks(np.array([number]))[0]))

    def translate(self, columns: Columns) -> Columns:
        """Return columns (a dataclass, or one of such) under the table's numbers.

        Which columns hold numbers of strings and stacks follows from their names.
        """
        changed: dict[str, Any] = {}
        for field in fields(columns):  # type: ignore[arg-type]
            value = getattr(columns, field.name)
            if field.name in _OF_STRINGS:
                changed[field.name] = self.strings(value)
            elif field.name in _OF_STACKS:
                changed[field.name] = self.stacks(value)
            elif is_dataclass(value):
                changed[field.name] = self.translate(value)
        return replace(columns, **changed)  # type: ignore[type-var]
