"""Reports in JUnit's XML tell packages, tests, durations and what failed tests said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest import Outcome, PackageRun, read_junit, read_messages
from flakecore.gotest.streams.runs import Stamps
from fuzzing.targets import CORPUS

GOTESTSUM = (CORPUS / "junit" / "gotestsum.xml").read_bytes()
GO_JUNIT_REPORT = (CORPUS / "junit" / "go-junit-report.xml").read_bytes()
GINKGO = (CORPUS / "junit" / "ginkgo.xml").read_bytes()


def runs(data: bytes) -> dict[str, PackageRun]:
    log = read_junit(data, name="junit.xml")
    assert log.losses == ()
    return {run.package: run for run in log.packages}


def outcomes(run: PackageRun) -> dict[str, str]:
    return {test.name: test.outcome.value for test in run.tests}


def messages(run: PackageRun, name: str) -> list[tuple[str, int, str]]:
    (test,) = (at for at, test in enumerate(run.tests) if test.name == name)
    said = read_messages(line for line in run.lines if line.test == test)
    return [(each.file, each.line, each.message) for each in said]


def test_what_gotestsum_writes_is_what_the_log_says() -> None:
    read = runs(GOTESTSUM)
    assert outcomes(read["example.com/marsh/pond"]) == {
        "TestFlow/east": "fail",
        "TestFlow": "fail",
        "TestFill": "fail",
        "TestDrain": "skip",
        "TestFlow/west": "pass",
        "TestStill": "pass",
    }
    pond, reed = read["example.com/marsh/pond"], read["example.com/marsh/reed"]
    assert messages(pond, "TestFlow/east") == [
        ("pond_test.go", 12, "level 3"),
        ("pond_test.go", 13, "level is 3, want 4"),
    ]
    assert (pond.status, pond.elapsed_ns, pond.stamps) == (Outcome.FAIL, 36_000_000, Stamps.NONE)
    (crash,) = reed.crashes
    assert reed.tests[crash.test].name == "TestBreak"
    assert read["example.com/marsh/empty"].status is Outcome.PASS


def test_messages_that_lost_their_indentation_have_their_place() -> None:
    run = runs(GO_JUNIT_REPORT)["package/name"]
    assert outcomes(run) == {"TestOne": "fail", "TestTwo": "skip"}
    assert messages(run, "TestOne")[0] == ("file_test.go", 11, "Error message")
    assert {test.name: test.elapsed_ns for test in run.tests}["TestTwo"] == 130_000_000


def test_a_package_that_was_not_built_says_why() -> None:
    run = runs(GO_JUNIT_REPORT)["package/name/broken"]
    assert (run.status, run.tests) == (Outcome.BUILD_FAIL, ())
    assert run.build_output == (
        "./main.go:4:6: unused declared but not used",
        "./main.go:5:2: undefined: fmt",
    )


def test_a_failure_without_a_place_has_its_message() -> None:
    ((file, line, message),) = messages(runs(GINKGO)["Books Suite"], "[It] Books sorts <them>")
    assert (file, line) == ("", 0)
    assert message.startswith("[FAILED] Expected\n    <int>: 3\nto equal\n    <int>: 4")


def test_only_a_message_says_as_much() -> None:
    xml = (
        b'<testsuite name="p"><testcase name="TestA" time="0.1">'
        b'<failure message="a_test.go:3: got 1, want 2"/></testcase>'
        b'<testcase name="TestB"><failure message="Failed"/></testcase></testsuite>'
    )
    run = runs(xml)["p"]
    assert outcomes(run) == {"TestA": "fail", "TestB": "fail"}
    assert messages(run, "TestA") == [("a_test.go", 3, "got 1, want 2")]
    assert messages(run, "TestB") == []


@pytest.mark.parametrize("report", [GOTESTSUM, GO_JUNIT_REPORT, GINKGO])
def test_a_report_that_is_cut_off_keeps_what_is_before_the_cut(report: bytes) -> None:
    whole = {(run.package, test.name) for run in runs(report).values() for test in run.tests}
    last: set[tuple[str, str]] = set()
    for end in range(0, len(report.rstrip()) - 1, 37):
        log = read_junit(report[:end], name="junit.xml")
        kept = {(run.package, test.name) for run in log.packages for test in run.tests}
        assert last <= kept <= whole
        assert [loss.what for loss in log.losses] == ["its end is cut off"]
        last = kept


def test_a_document_that_declares_entities_is_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>'
    log = read_junit(bomb, name="junit.xml")
    assert log.packages == ()
    assert "not read" in str(log.losses[0])


def test_elements_in_one_another_without_end_are_read() -> None:
    log = read_junit(b'<testsuite name="p">' * 100_000, name="junit.xml")
    assert [run.package for run in log.packages] == ["p"]


@given(st.binary(max_size=200), st.integers(0, len(GOTESTSUM)))
def test_nothing_makes_the_reader_raise(junk: bytes, at: int) -> None:
    log = read_junit(GOTESTSUM[:at] + junk + GOTESTSUM[at:], name="junit.xml")
    assert all(text.isprintable() for run in log.packages for text in run.lines.texts)


def test_control_characters_that_xml_forbids_cost_nothing_but_themselves() -> None:
    xml = b'<testsuite name="p"><testcase name="Test\x1bA"></testcase></testsuite>'
    assert outcomes(runs(xml)["p"]) == {"Test?A": "pass"}


def test_a_report_in_an_encoding_that_nobody_knows_is_a_loss() -> None:
    log = read_junit(b'<?xml version="1.0" encoding="x-none"?><testsuite/>\xff', name="junit.xml")
    assert log.packages == ()
    assert "encoding" in log.losses[0].what
