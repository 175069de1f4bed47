"""Typed fields of a page's JSON, whose values may be of any type and size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LARGEST = (1 << 63) - 1
_WIDEST = 1 << 12
"""Characters of a name that are kept."""


def table(value: Any) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[Any]:
    """Return a JSON array; an empty one for anything else."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return a string, cut where it is very long; "" for anything else."""
    return value[:_WIDEST] if isinstance(value, str) else ""


def number(value: Any) -> int:
    """Return an integer from 0 on that fits into 63 bits; 0 for anything else."""
    found = whole(value)
    return found if found is not None and found >= 0 else 0


def whole(value: Any) -> int | None:
    """Return an integer that fits into 64 bits; None for anything else."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and -_LARGEST <= value <= _LARGEST else None


def flag(value: Any) -> bool | None:
    """Return a boolean; None for anything else."""
    return value if isinstance(value, bool) else None


def address(value: Any) -> int:
    """Return an address, which is written ``0xc000012140``; 0 for anything else."""
    if not isinstance(value, str) or not 3 <= len(value) <= 18 or not value.startswith("0x"):
        return 0
    try:
        return int(value[2:], 16)
    except ValueError:
        return 0
