"""Many runs as JSON. Its keys are stable: keys may be added, none is renamed or removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from flakecore.comparison import Association, FailureRate, PredicateAssociation, Run
from flakecore.report.comparing.compare_json import repeated_json
from flakecore.report.json.json_text import json_bytes

SCHEMA = "flaketui.runs/1"
_PREDICATES = 20
"""Predicates of one failure that are listed, the strongest first."""


def render_run_json(runs: Sequence[Run], rates: Sequence[FailureRate]) -> bytes:
    """Return runs and what failed in them as indented JSON."""
    return json_bytes(
        {
            "schema": SCHEMA,
            "runs": [_run(run) for run in runs],
            "failures": [rate_json(rate) for rate in rates],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def association_json(found: Association) -> dict[str, Any]:
    """Return a condition that failures go with, with its counts."""
    return {
        "condition": found.condition,
        "words": found.words,
        "failed_with": found.failed_with,
        "runs_with": found.runs_with,
        "failed_without": found.failed_without,
        "runs_without": found.runs_without,
        "p": found.p,
        "sentence": found.sentence(),
    }


def predicate_json(found: PredicateAssociation) -> dict[str, Any]:
    """Return what happened in runs that failed, with its counts."""
    return {
        "kind": found.kind,
        "words": found.words,
        "alike": list(found.alike[:_PREDICATES]),
        "failed_with": found.failed_with,
        "runs_with": found.runs_with,
        "failed_without": found.failed_without,
        "runs_without": found.runs_without,
        "ochiai": found.ochiai,
        "p": found.p,
        "sentence": found.sentence(),
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "bundle": run.bundle,
        "number": run.number,
        "started_unix_ns": run.started_ns,
        "duration_ns": run.duration_ns,
        "passed": run.ended_well,
        "failed": list(run.failed),
        "packages": list(run.packages),
        "conditions": dict(run.conditions),
        "signatures": dict(run.signatures),
        "features": {package: dict(values) for package, values in run.features.items()},
        "repetitions": [repeated_json(each) for each in run.repetitions],
        "kept": run.kept,
        "drawn": run.drawn,
    }


def rate_json(rate: FailureRate) -> dict[str, Any]:
    """Return how often something failed, and what it goes with."""
    return {
        "name": rate.name,
        "failures": rate.failures,
        "runs": rate.runs,
        "drawn_failures": rate.drawn_failures,
        "drawn_runs": rate.drawn_runs,
        "rate_low": rate.low,
        "rate_high": rate.high,
        "signatures": [{"signature": text, "count": count} for text, count in rate.signatures],
        "goes_with": [association_json(each) for each in rate.goes_with],
        "predicates": [predicate_json(each) for each in rate.predicates[:_PREDICATES]],
    }
