"""What is told of pages by hand: the shapes that a real program meets by chance alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diagnosis.checked_findings import explain
from diagnosis.objects.made_case import made_case
from diagnosis.rule_table import record
from flakecore.diagnosis import Finding
from objects.made_pages import page

A, B, C = 0xC000000010, 0xC000000020, 0xC000000030
BY_9: dict[str, Any] = {"goroutine": 9, "at": 2_500, "stack": 1}
"""What goroutine 9 did last."""
ENDED_9: dict[str, Any] = {"id": 9, "state": "ended", "ended_ns": 3_000}


def made_findings(
    folder: Path, goroutines: list[dict[str, Any]], objects: list[dict[str, Any]]
) -> list[Finding]:
    """Return the findings on a test that ran out of time, by a page alone."""
    case = made_case(folder, page(goroutines=goroutines, objects=objects))
    found = explain(case, case.failures[0])
    for each in found:
        assert len(each.claim) <= 120, each.claim
        assert each.evidence, each.claim
    return list(found)


def claims(
    folder: Path, goroutines: list[dict[str, Any]], objects: list[dict[str, Any]]
) -> list[str]:
    """Return rule, certainty and claim of each finding."""
    found = made_findings(folder, goroutines, objects)
    return [f"{each.rule}, {each.certainty}: {each.claim}" for each in found]


def check_claims(
    folder: Path,
    goroutines: list[dict[str, Any]],
    objects: list[dict[str, Any]],
    expected: Sequence[str],
) -> None:
    """Assert what a page alone tells: rule, certainty and claim of each finding."""
    found = claims(folder, goroutines, objects)
    record(expected[0].partition(",")[0] if expected else "(pages)", "page alone", expected, found)
    assert found == list(expected)
