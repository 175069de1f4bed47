"""An explanation put to the test: runs with what it names, and as many without."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One experiment on the failure of a test, with what came of it.

    Attributes:
        kind: ``condition``, ``neighbour`` or ``delay``.
        test: full name of the failing test, behind its package and a dot.
        rule: id of the rule whose finding it puts to the test.
        claim: the claim of that finding.
        words: what was there in half of the runs: ``GOMAXPROCS=1``, ``TestSeed``, ``a delay of
            300ms before x_test.go:8``.
        planned: how many runs each way there were to be.
        failed_with, runs_with: failures of the test and runs with it.
        otherwise_with: runs with it in which the test failed with another message, as a delay makes
            of one that has a deadline; they count as no failure.
        failed_without, runs_without: those without.
        why_not: why it could not be made; empty where it was.
    """

    kind: str = ""
    test: str = ""
    rule: str = ""
    claim: str = ""
    words: str = ""
    planned: int = 0
    failed_with: int = 0
    runs_with: int = 0
    otherwise_with: int = 0
    failed_without: int = 0
    runs_without: int = 0
    why_not: str = ""
