"""One thing that was looked at: how it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How something is."""

    OK = "ok"
    LIMITED = "limited"
    """All works, but for what the check names."""
    BROKEN = "broken"
    """Something that the program promises does not work."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found on one thing.

    Attributes:
        name: what was looked at.
        health: how it is.
        found: what was found, one line.
        remedy: what to do about it; "" where there is nothing to do.
    """

    name: str
    health: Health
    found: str
    remedy: str = ""
