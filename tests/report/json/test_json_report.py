"""The JSON report: its keys are a promise, and its values are those of the case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from flakecore.bundle import open_bundle
from flakecore.report import render_json
from flakecore.timeline import load_cases
from timeline.captures import RELEASES, Capture, capture
from toolchains import NEWEST

CASE = {"package", "go_version", "trace", "clock", "tests", "failures", "losses"}
TRACE = {
    *("events", "generations", "goroutines", "duration_ns", "recorded", "complete", "losses"),
}
TEST = {"name", "status", "start_ns", "end_ns", "goroutine"}
FAILURE = {"test", "kind", "at_ns", "message", "file", "line", "goroutine"}
KINDS = {"assertion", "panic", "timeout", "race", "fatal", "exit", "build"}


def _report(run: Capture) -> dict[str, Any]:
    report: dict[str, Any] = orjson.loads(render_json(run.bundle, [run.case]))
    return report


def _whole(path: Path) -> dict[str, Any]:
    with open_bundle(path) as bundle:
        report: dict[str, Any] = orjson.loads(render_json(bundle, load_cases(bundle)))
    return report


def _captures() -> list[Capture]:
    return [
        *(capture(release, "endings/asserts") for release in RELEASES),
        capture(NEWEST, "endings/asserts", trace=False),
        capture(NEWEST, "endings/broken", trace=False),
        capture(NEWEST, "endings/crashes", "-run=^(TestBefore|TestExits)$"),
    ]


def test_the_keys_are_the_promised_ones_whatever_was_captured() -> None:
    for run in _captures():
        report = _report(run)
        assert {"schema", "bundle", "cases"} <= set(report)
        assert report["schema"] == "flaketui.report/1"
        assert {"path", "artefacts"} <= set(report["bundle"])
        for artefact in report["bundle"]["artefacts"]:
            assert {"name", "kind", "bytes", "package"} <= set(artefact)
        for case in report["cases"]:
            assert set(case) >= CASE
            assert {"method", "error_ns"} <= set(case["clock"])
            assert case["trace"] is None or set(case["trace"]) >= TRACE
            assert all(set(test) >= TEST for test in case["tests"])
            assert all(set(failure) >= FAILURE for failure in case["failures"])


def test_times_and_numbers_are_integers() -> None:
    for run in _captures():
        for case in _report(run)["cases"]:
            numbers = [case["clock"]["error_ns"]]
            numbers += [test[key] for test in case["tests"] for key in TEST - {"name", "status"}]
            numbers += [
                failure[key]
                for failure in case["failures"]
                for key in ("at_ns", "line", "goroutine")
            ]
            if case["trace"] is not None:
                counts = ("events", "generations", "goroutines", "duration_ns")
                numbers += [case["trace"][key] for key in counts]
                assert isinstance(case["trace"]["complete"], bool)
            assert all(type(number) is int for number in numbers)
            assert all(failure["kind"] in KINDS for failure in case["failures"])


@pytest.mark.parametrize("release", RELEASES)
def test_the_report_tells_what_the_case_holds(release: str) -> None:
    run = capture(release, "endings/asserts")
    (told,) = _report(run)["cases"]
    case, trace = run.case, run.case.trace
    assert trace is not None
    assert told["package"] == "example.com/endings/asserts"
    assert told["trace"]["duration_ns"] == run.schedule.end_ns
    assert told["trace"]["events"] == trace.events
    assert [test["name"] for test in told["tests"]] == [test.name for test in case.tests]
    assert [test["goroutine"] for test in told["tests"]] == [t.goroutine for t in case.tests]
    assert [(f["test"], f["at_ns"], f["message"]) for f in told["failures"]] == [
        (f.test_name, f.at_ns, f.message) for f in case.failures
    ]


def test_a_loss_is_told(tmp_path: Path) -> None:
    whole = capture(NEWEST, "endings/asserts").folder
    (tmp_path / "test.json").write_bytes((whole / "test.json").read_bytes())
    trace = (whole / "trace.out").read_bytes()
    (tmp_path / "trace.out").write_bytes(trace[: len(trace) // 2])
    (case,) = _whole(tmp_path)["cases"]
    assert case["losses"]
    assert all(loss["where"] and loss["what"] for loss in case["losses"])
    assert len(case["failures"]) == len(capture(NEWEST, "endings/asserts").case.failures)


def test_a_second_run_of_a_package_is_a_case_of_its_own(tmp_path: Path) -> None:
    log = (capture(NEWEST, "endings/asserts").folder / "test.json").read_bytes()
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(log)
    one, other = _whole(tmp_path)["cases"]
    assert (one["attempt"], other["attempt"]) == ("a", "b")
    assert one["package"] == other["package"]
    assert one["failures"] == other["failures"] != []


def test_a_file_name_that_is_no_utf_8_can_be_reported(tmp_path: Path) -> None:
    folder = tmp_path / "odd\udcff"
    try:
        folder.mkdir()
    except OSError:
        folder = tmp_path  # A file system that refuses such names has none to report.
    trace = capture(NEWEST, "endings/asserts").folder / "trace.out"
    (folder / "trace.out").write_bytes(trace.read_bytes())
    report = _whole(folder)
    assert report["bundle"]["path"].startswith(str(tmp_path))
