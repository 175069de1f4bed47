"""Two runs beside each other as JSON. Its keys are stable: keys may be added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from flakecore.comparison import CaseComparison, Divergence, FirstDifference, RepeatedTest, Step
from flakecore.report.json.json_text import json_bytes
from flakecore.timeline import TestSpan

SCHEMA = "flaketui.compare/1"


def render_compare_json(titles: Sequence[str], found: CaseComparison) -> bytes:
    """Return what differs between two runs as indented JSON; pairs are of the first and second."""
    return json_bytes(
        {
            "schema": SCHEMA,
            "runs": list(titles),
            "conditions": {name: list(pair) for name, pair in found.conditions.items()},
            "tests": found.tests,
            "ended_otherwise": [
                {"test": each.name, "ended": [_ended(each.first), _ended(each.second)]}
                for each in found.ended_otherwise
            ],
            "test": found.test,
            "before": [list(names) for names in found.before],
            "parts": _first(found.parts),
            "partings": [_divergence(each) for each in found.divergences],
            "features": {each.feature.id: [each.first, each.second] for each in found.features},
            "lines": [
                {"text": each.text, "count": [each.first, each.second]} for each in found.lines
            ],
            "repetitions": [[repeated_json(each) for each in run] for run in found.repetitions],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def render_repetitions_json(title: str, tests: Sequence[RepeatedTest]) -> bytes:
    """Return the tests of one run that ran several times in it, as indented JSON."""
    return json_bytes(
        {
            "schema": SCHEMA,
            "runs": [title],
            "repetitions": [[repeated_json(each) for each in tests]],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def repeated_json(found: RepeatedTest) -> dict[str, Any]:
    """Return a test that ran several times in one process: outcomes, and lines that differ."""
    return {
        "test": found.name,
        "statuses": [str(each) for each in found.statuses],
        "lines": [{"text": each.text, "counts": list(each.counts)} for each in found.lines],
    }


def _ended(test: TestSpan | None) -> dict[str, Any] | None:
    if test is None:
        return None
    took = test.duration_ns if test.has_duration else None
    return {"status": str(test.status), "duration_ns": took}


def _first(found: FirstDifference | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "role": found.role.words(),
        "goroutines": list(found.numbers),
        "times_ns": list(found.times_ns),
        "words": list(found.words),
        "usual": found.is_usual,
        "sentence": found.sentence(),
    }


def _divergence(divergence: Divergence) -> dict[str, Any]:
    return {
        "role": divergence.role.words(),
        "goroutines": list(divergence.numbers),
        "alike": divergence.alike,
        "last": _step(divergence.last),
        "steps": [_step(divergence.first), _step(divergence.second)],
    }


def _step(step: Step | None) -> dict[str, Any] | None:
    return {"time_ns": step.time_ns, "words": step.words} if step is not None else None
