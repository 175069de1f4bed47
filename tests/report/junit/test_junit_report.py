"""JUnit's XML of real runs, as junitparser reads it and as this library's own reader does."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml, TestSuite
from junitparser.xunit2 import JUnitXml as RerunXml
from junitparser.xunit2 import TestCase as RerunCase

import flakecore
from capture_cache import Recipe, cached_capture, once_a_process
from collected_bundles import collect_into
from flakecore.bundle import open_bundle
from flakecore.gotest import Outcome, read_junit
from flakecore.report import RENDERERS, Excerpt, Explainer
from flakecore.timeline import load_cases
from program import SAMPLE, call_program
from toolchains import NEWEST, go_environment, go_toolchain

COLLECT = Path(flakecore.__file__).parent / "collect"
ORDER = Path(__file__).parents[2] / "samples" / "tasks" / "order"


@once_a_process
def runs_of_order() -> Path:
    """Return a folder with three runs of a test that passes only alone: alone, and twice not."""
    go = go_toolchain(NEWEST)

    def run(folder: Path) -> None:
        for number, chosen in enumerate(("DefaultLimit", ".", "."), 1):
            command = [str(go), "test", "-json", "-count=1", f"-run={chosen}", "."]
            with (folder / f"run{number}.json").open("wb") as output:
                environment = go_environment(NEWEST)
                subprocess.run(command, cwd=ORDER, env=environment, stdout=output, check=False)

    return cached_capture(Recipe("junit-order", (ORDER,), (go,)), run)


@once_a_process
def hunted_order() -> Path:
    """Return the bundle of a hunt in which one order of the tests fails and another passes."""
    go = go_toolchain(NEWEST)

    def hunt(folder: Path) -> None:
        collect_into(
            folder / "bundle.zip",
            ORDER,
            *("--stress", "--seed", "3", "--max-runs", "3", "--keep", "4"),
            *("--no-race", "--no-objects", "--no-probe", "--hang=0", "."),
        )

    recipe = Recipe("junit-hunt", (ORDER, COLLECT), (go,))
    return cached_capture(recipe, hunt) / "bundle.zip"


def junit_of(*places: Path, test: str = "") -> str:
    with open_bundle(*map(str, places)) as bundle:
        cases = load_cases(bundle)
        text = RENDERERS["junit"](bundle, cases, Excerpt(test=test), Explainer(bundle))
    assert isinstance(text, str)
    return text


def suite_of(text: str) -> TestSuite:
    (suite,) = JUnitXml.fromstring(text.encode())
    return suite


def test_every_test_of_the_sample_is_told_once_with_the_headline_as_message() -> None:
    text = junit_of(SAMPLE)
    suite = suite_of(text)
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (13, 4, 0, 0)
    cases = {case.name: case for case in suite}
    assert len(cases) == 13
    with open_bundle(str(SAMPLE)) as bundle:
        (case,) = load_cases(bundle)
        explainer = Explainer(bundle)
        for failure in case.failures:
            (told,) = cases[failure.test_name].result
            assert told.message == explainer.headline(case, failure)
            assert told.type == str(failure.kind)
            assert failure.message.split("\n")[0] in told.text
    assert {case.classname for case in suite} == {"example.com/flaky/courier"}


def test_this_librarys_own_reader_finds_the_same_results() -> None:
    with open_bundle(str(SAMPLE)) as bundle:
        (case,) = load_cases(bundle)
    (run,) = read_junit(junit_of(SAMPLE).encode(), name="report.xml").packages
    assert {test.name: str(test.outcome) for test in run.tests} == {
        test.name: str(test.status) for test in case.tests
    }
    assert sum(test.outcome is Outcome.FAIL for test in run.tests) == 4


@pytest.mark.needs_go
def test_a_test_that_passed_once_is_flaky_and_does_not_count_as_failed() -> None:
    runs = runs_of_order()
    text = junit_of(runs / "run1.json", runs / "run2.json")
    suite = suite_of(text)
    assert (suite.tests, suite.failures) == (2, 0)
    root = ElementTree.fromstring(text)
    assert root.find("testsuite[@flakes='1']") is not None
    flaky = root.findall(".//testcase[@name='TestDefaultLimit']/flakyFailure")
    (message,) = (each.get("message") or "" for each in flaky)
    assert "limit" in message
    told = root.find(".//testcase[@name='TestDefaultLimit']/properties/property[@name='failed']")
    assert told is not None
    assert told.get("value") == "1 of 2 attempts"
    assert root.find(".//failure") is None
    assert len(list(root.find(".//testcase[@name='TestSmallLimit']") or ())) == 0
    (suite_with_reruns,) = RerunXml.fromfile(io.BytesIO(text.encode()))
    (reruns,) = (case for case in suite_with_reruns if case.name == "TestDefaultLimit")
    assert isinstance(reruns, RerunCase)
    assert reruns.is_flaky
    assert len(reruns.interim_result) == 1


@pytest.mark.needs_go
def test_a_test_that_never_passed_has_failed_and_its_other_attempts_are_reruns() -> None:
    runs = runs_of_order()
    text = junit_of(runs / "run2.json", runs / "run3.json")
    suite = suite_of(text)
    assert (suite.tests, suite.failures) == (2, 1)
    failed = ElementTree.fromstring(text).find(".//testcase[@name='TestDefaultLimit']")
    assert failed is not None
    assert [each.tag for each in failed if each.tag != "properties"] == [
        "failure",
        "rerunFailure",
        "system-out",
    ]
    assert ElementTree.fromstring(text).find(".//testsuite[@flakes='0']") is not None


@pytest.mark.needs_go
@pytest.mark.slow
def test_a_hunt_tells_what_each_attempt_ran_under_and_how_often_it_failed() -> None:
    root = ElementTree.fromstring(junit_of(hunted_order()))
    told = {
        each.get("name") or "": each.get("value") or ""
        for each in root.findall("testsuite/properties/property")
    }
    attempts = {name.partition(":")[0] for name in told}
    assert len(attempts) >= 2
    for attempt in attempts:
        assert told[f"{attempt}: shuffle"] in ("on", "off")
        assert told[f"{attempt}: go"] == f"go{NEWEST}"
    (failed,) = (
        each.get("value") or ""
        for each in root.findall(".//testcase[@name='TestDefaultLimit']//property[@name='failed']")
    )
    assert re.fullmatch(r"\d+ of \d+ runs", failed)


def test_one_test_alone_is_told_with_its_subtests() -> None:
    suite = suite_of(junit_of(SAMPLE, test="TestBackoff"))
    assert len({case.name for case in suite}) == 5
    assert suite.failures == 0


def test_names_and_output_that_are_hostile_leave_it_xml(tmp_path: Path) -> None:
    log = tmp_path / "test.log"
    log.write_bytes(
        b"=== RUN   Test<a&\"b'\n"
        b"    x_test.go:3: ]]> \x1b[31m \x07 \xff <script> &amp; \xe2\x80\xae\n"
        b"--- FAIL: Test<a&\"b' (0.00s)\nFAIL\nFAIL\texample.com/x\t0.1s\n"
    )
    suite = suite_of(junit_of(log))
    (case,) = suite
    assert case.name == "Test<a&\"b'"
    assert "<script> &amp;" in case.result[0].text


def test_the_report_has_the_format_too() -> None:
    done = call_program("report", SAMPLE, "--format", "junit")
    assert (done.returncode, done.stderr) == (0, "")
    assert suite_of(done.stdout).failures == 4
