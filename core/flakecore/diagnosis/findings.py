"""A finding: a claim about a failure or a test, with the rule that made it and its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CLAIM_LIMIT = 120
"""Characters of a claim at most: it is read as a headline."""


class Certainty(StrEnum):
    """How a claim follows from the evidence."""

    PROVED = "proved"
    """By an experiment: runs with what it names, and without."""
    SEEN = "seen"
    """Every word of it is in the evidence."""
    INFERRED = "inferred"
    """One step of reasoning from the evidence; the evidence has from what."""
    ASSOCIATED = "associated"
    """Counts over several runs."""
    UNCONFIRMED = "unconfirmed"
    """An experiment did not bear it out."""


class Role(StrEnum):
    """What a place has to do with a finding."""

    WAITS = "waits"
    HOLDS = "holds"
    LOCKED_AT = "locked_at"
    SENDS = "sends"
    RECEIVES = "receives"
    CLOSES = "closes"
    SIGNALS = "signals"
    DONE = "done"
    ADDS = "adds"
    MADE = "made"
    CREATED = "created"
    ENDED = "ended"
    WRITES = "writes"
    READS = "reads"
    PANICS = "panics"
    RUNS = "runs"
    """It is there, whatever it does: asleep in a call of that line too."""
    FAILS = "fails"


class Weight(StrEnum):
    """What kind of explanation a finding is, the strongest first."""

    CAUSE = "cause"
    """Why it failed, both sides named."""
    EFFECT = "effect"
    """What was to be seen of the failure, without its counterpart."""
    CIRCUMSTANCE = "circumstance"
    """What accounts for a stated share of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the code that a finding names.

    Attributes:
        role: what it has to do with the claim.
        goroutine: on which goroutine; 0 if unknown.
        function: qualified name; "" if unknown.
        file, line: as the evidence has them; "" and 0 if unknown.
    """

    role: Role
    goroutine: int
    function: str
    file: str
    line: int

    @property
    def words(self) -> str:
        """What stands beside the source line: who, and what it has to do with the claim."""
        if self.role is Role.RUNS:
            return f"G{self.goroutine} is here" if self.goroutine else "here"
        role = "started here" if self.role is Role.CREATED else self.role.replace("_", " ")
        return f"G{self.goroutine} {role}" if self.goroutine else role


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that supports a finding.

    Attributes:
        text: what is to be seen.
        time_ns: when, on the case's clock; None if the evidence has no time.
        goroutine: on which goroutine; 0 for none.
    """

    text: str
    time_ns: int | None
    goroutine: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim about one failure, or about a test that passed.

    Attributes:
        rule: id of the rule that made it.
        claim: one sentence of at most ``CLAIM_LIMIT`` characters: who, where, why.
        certainty: how it follows from the evidence.
        weight: what kind of explanation it is.
        test: index of the test in ``Case.tests``; -1 for none.
        places: the places that it names.
        evidence: the facts that it rests on.
        next: how to be sure, or to see more; "" for nothing.
        explains: the goroutines whose state it accounts for.
    """

    rule: str
    claim: str
    certainty: Certainty
    weight: Weight = Weight.CAUSE
    test: int = -1
    places: tuple[Place, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    next: str = ""
    explains: frozenset[int] = frozenset()
