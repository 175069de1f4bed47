"""A finding in the JSON report."""

from __future__ import annotations

from typing import Any

from flakecore.diagnosis import Finding
from flakecore.timeline import Case


def finding_json(case: Case, finding: Finding) -> dict[str, Any]:
    """Return one finding; ``test`` is the name of the test that it is about, "" for none."""
    return {
        "rule": finding.rule,
        "claim": finding.claim,
        "certainty": str(finding.certainty),
        "weight": str(finding.weight),
        "test": case.tests[finding.test].name if finding.test >= 0 else "",
        "next": finding.next,
        "places": [
            {
                "role": str(place.role),
                "goroutine": place.goroutine,
                "function": place.function,
                "file": place.file,
                "line": place.line,
            }
            for place in finding.places
        ],
        "evidence": [
            {"text": each.text, "time_ns": each.time_ns, "goroutine": each.goroutine}
            for each in finding.evidence
        ],
    }
