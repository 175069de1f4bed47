"""A finding: a claim about a failure, with evidence a person can jump to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Certainty(StrEnum):
    """How sure a finding is."""

    SEEN = "seen"
    """The evidence shows it."""
    INFERRED = "inferred"
    """The evidence makes it likely; another explanation remains."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place that supports a finding.

    Attributes:
        text: what is to be seen there.
        time_ns: where on the case's clock.
        goroutine: on which goroutine; 0 for none.
    """

    text: str
    time_ns: int
    goroutine: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim about a failure, as one sentence."""

    claim: str
    certainty: Certainty
    evidence: tuple[Evidence, ...]
