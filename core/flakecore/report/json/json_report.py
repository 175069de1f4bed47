"""The report as JSON. Its keys are stable: keys may be added, none is renamed or removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from flakecore.bundle import Bundle
from flakecore.comparison import (
    case_features,
    failure_rates,
    recorded_runs,
    runs_conditions,
    time_limit_ns,
)
from flakecore.loss import Loss, summed_up
from flakecore.report.excerpt import Excerpt, OutputBudget
from flakecore.report.explainer import Explainer
from flakecore.report.features.feature_data import features_json
from flakecore.report.hotspots import Hotspots, hotspots
from flakecore.report.json.finding_json import finding_json
from flakecore.report.json.json_text import json_bytes
from flakecore.report.json.output_json import (
    dumps_json,
    failure_dump_json,
    line_json,
    messages_json,
    race_json,
)
from flakecore.report.json.wait_json import wait_json
from flakecore.report.runs.run_json import rate_json
from flakecore.report.text.output_text import cut
from flakecore.report.text.test_output import OutputOfTests, bounded
from flakecore.report.totals import totals_of
from flakecore.timeline import Case, Failure, TestSpan, TestStatus, load_profiles
from flakecore.timeline.profiles.profile_series import whole_profiles

SCHEMA = "flaketui.report/1"
_MOST_LOSSES = 200
_LONGEST = 1 << 16
"""Characters of one line that stands with a failure."""


def render_json(
    bundle: Bundle,
    cases: Sequence[Case],
    excerpt: Excerpt | None = None,
    explainer: Explainer | None = None,
) -> bytes:
    """Return the report on a bundle as indented JSON with a newline at its end.

    Times are integer nanoseconds since the case began; what happened before that is negative.

    Args:
        bundle: the bundle.
        cases: those of it that are reported on.
        excerpt: which output is part of it, and of which tests; none, and of all, without it.
        explainer: finds why; without it, one with no other folder and no baseline.
    """
    excerpt = excerpt or Excerpt()
    explainer = explainer or Explainer(bundle)
    budget = OutputBudget()
    report = {
        "schema": SCHEMA,
        "bundle": {
            "path": bundle.place,
            "artefacts": [
                {
                    "name": artefact.name,
                    "kind": str(artefact.kind),
                    "bytes": artefact.size,
                    "package": artefact.package,
                    "attempt": artefact.attempt,
                }
                for artefact in bundle.artefacts
            ],
        },
        "totals": _totals(cases),
        "rates": [rate_json(rate) for rate in failure_rates(recorded_runs(bundle))],
        "cases": [_case(bundle, case, excerpt, explainer, budget) for case in cases],
    }
    return json_bytes(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _totals(cases: Sequence[Case]) -> dict[str, Any]:
    totals = totals_of(cases)
    return {
        "packages": totals.packages,
        "runs": totals.runs,
        "tests": totals.tests,
        **{str(status): totals.statuses[status] for status in TestStatus},
        "failures": totals.failures,
        "elapsed_ns": totals.elapsed_ns,
    }


def _case(
    bundle: Bundle, case: Case, excerpt: Excerpt, explainer: Explainer, budget: OutputBudget
) -> dict[str, Any]:
    profiles, losses = load_profiles(bundle, case)
    outputs = OutputOfTests(case)
    report = {
        "package": case.package,
        "attempt": case.attempt,
        "go_version": case.go_version,
        "conditions": runs_conditions(bundle, case.attempt),
        "trace": _trace(case),
        "elapsed_ns": case.elapsed_ns,
        "clock": {"method": str(case.clock.method), "error_ns": case.clock.error_ns},
        "tests": [_test(test) for test in case.tests],
        "failures": [
            _failure(case, each, excerpt, explainer, outputs) for each in excerpt.failures(case)
        ],
        "findings": [finding_json(case, finding) for finding in explainer.passed(case).findings],
        "features": [features_json(row) for row in case_features(case, time_limit_ns(bundle))],
        "dumps": dumps_json(case),
        "profiles": [_profile(hotspots(profile, case)) for profile in whole_profiles(profiles)],
    }
    losses = (*case.losses, *losses, *explainer.losses(case))
    report["losses"] = [_loss(loss) for loss in excerpt.losses(losses, _MOST_LOSSES)]
    if excerpt.output:
        first, last, left_out = excerpt.lines(case, budget)
        report["output"] = [line_json(case, line) for line in (*first, *last)]
        report["output_left_out"] = left_out
    return report


def _profile(profile: Hotspots) -> dict[str, Any]:
    return {
        "artefact": profile.artefact,
        "kind": profile.kind,
        "measure": profile.measure,
        "unit": profile.unit,
        "total": profile.total,
        "places": [
            {
                "function": p.function,
                "file": p.file,
                "line": p.line,
                "value": p.value,
                "test": p.test,
            }
            for p in profile.places
        ],
    }


def _trace(case: Case) -> dict[str, Any] | None:
    trace = case.trace
    if trace is None:
        return None
    return {
        "events": trace.events,
        "generations": len(trace.generations),
        "goroutines": len(trace.goroutines.lanes),
        "duration_ns": trace.end_ns,
        "recorded": [{"start_ns": start, "end_ns": end} for start, end in trace.recorded],
        "complete": trace.complete,
        "losses": [_loss(loss) for loss in summed_up(trace.losses, _MOST_LOSSES)],
    }


def _test(test: TestSpan) -> dict[str, Any]:
    return {
        "name": test.name,
        "status": str(test.status),
        "start_ns": test.start_ns,
        "end_ns": test.end_ns,
        "elapsed_ns": test.elapsed_ns,
        "timed": test.timed,
        "goroutine": test.goroutine,
    }


def _failure(
    case: Case, failure: Failure, excerpt: Excerpt, explainer: Explainer, outputs: OutputOfTests
) -> dict[str, Any]:
    printed, left_out = bounded(outputs.of(failure))
    if not excerpt.everything:
        printed = [cut(text, _LONGEST) for text in printed]
    report = {
        "test": failure.test_name,
        "kind": str(failure.kind),
        "at_ns": failure.at_ns,
        "message": failure.message,
        "file": failure.file,
        "line": failure.line,
        "goroutine": failure.goroutine,
        "subject": failure.subject,
        "messages": messages_json(failure),
        "test_output": {"lines": printed, "left_out": left_out},
        "headline": explainer.headline(case, failure),
        "findings": [finding_json(case, finding) for finding in explainer.findings(case, failure)],
    }
    if waits := explainer.waits(case, failure):
        report["waits"] = [wait_json(wait) for wait in waits]
    if dump := failure_dump_json(case, failure):
        report["goroutine_dump"] = dump
    races, left_out = excerpt.races(case, failure)
    if races:
        report["races"] = [race_json(each) for each in races]
        report["races_left_out"] = left_out
    if excerpt.last_ns is not None:
        lines, left_out = excerpt.lines_before(case, failure)
        report["output"] = [line_json(case, line) for line in lines]
        report["output_left_out"] = left_out
    return report


def _loss(loss: Loss) -> dict[str, Any]:
    return {
        "where": loss.where,
        "what": loss.what,
        "count": loss.count,
        "bytes": loss.bytes,
    }
