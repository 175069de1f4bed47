"""One run of the tests of a bundle, as many runs are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flakecore.comparison.runs.conditions import Condition

if TYPE_CHECKING:
    from flakecore.comparison.divergence.repetitions import RepeatedTest
    from flakecore.comparison.predicates.event import TestRecord


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt.

    Attributes:
        bundle: name of the bundle that it is from.
        number: its number there, from 1.
        started_ns: when it began, in nanoseconds of Unix time; 0 if unknown.
        duration_ns: how long it took; None if unknown.
        failed: full names of what failed, each behind its package and a dot; empty for a pass.
        ended_well: whether it passed.
        packages: import paths of what it ran.
        conditions: by name.
        signatures: of each failure that is known, by the name in ``failed``.
        records: events of each test by its full name, where they are kept of this run.
        features: of the whole run by package and id, where they are kept of it.
        kept: whether its evidence is in the bundle.
        repetitions: its tests that ran several times in it and not always alike, where it failed
            and its evidence is in the bundle.
        drawn: whether its conditions count for what failures go with (``Attempt.drawn``).
    """

    bundle: str
    number: int
    started_ns: int
    duration_ns: int | None
    failed: tuple[str, ...]
    ended_well: bool
    packages: tuple[str, ...]
    conditions: Mapping[str, Condition]
    signatures: Mapping[str, str]
    kept: bool
    records: Mapping[str, TestRecord] = field(default_factory=dict)
    features: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    repetitions: tuple[RepeatedTest, ...] = ()
    drawn: bool = True
