"""A baseline of known findings, and the exit code that new ones give."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from diagnosis.program_bundles import collected_program, findings_besides
from flakecore.errors import FlakeError
from flakecore.report import Baseline, Explainer, encode_baseline, read_baseline
from flakecore.report.baseline import Key, finding_key
from program import call_program, run_program
from timeline.captures import Capture


@pytest.fixture(scope="module")
def leaks() -> Capture:
    return collected_program("leak", "--no-race")


def test_a_finding_is_known_by_rule_and_functions_and_not_by_lines_or_goroutines(
    leaks: Capture,
) -> None:
    finding = findings_besides(leaks)[0]
    moved = replace(
        finding,
        claim="another",
        places=tuple(replace(each, line=each.line + 7, goroutine=1) for each in finding.places),
    )
    assert finding_key("example.com/leak", finding) == finding_key("example.com/leak", moved)
    assert finding_key("example.com/leak", finding) != finding_key("example.com/other", finding)


def test_what_a_baseline_has_is_left_out_and_counted(leaks: Capture, tmp_path: Path) -> None:
    found = findings_besides(leaks)
    path = tmp_path / "known.json"
    path.write_bytes(encode_baseline([("example.com/leak", found[0])]))
    besides = Explainer(leaks.bundle, baseline=read_baseline(path)).passed(leaks.case)
    assert besides.known == 1
    assert len(besides.findings) == len(found) - 1


def _key(*functions: str) -> Key:
    return "example.com/fetch", "leak", tuple(sorted(f"waits {each}" for each in functions))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("First.func1", "First.func3"),
        ("First.func1.2", "First.func2.1"),
        ("First.gowrap1", "First.gowrap2"),
        ("First-range1", "First-range2"),
        ("First.func1.Second.func2", "First.func1.Second.func4"),
    ],
)
def test_a_closure_that_the_compiler_numbers_otherwise_is_the_known_one(
    before: str, now: str
) -> None:
    assert Baseline(frozenset([_key(before)])).known([_key(now)]) == {_key(now)}


@pytest.mark.parametrize("now", ["Second.func1", "First", "First.function1", "First.func1.Other"])
def test_another_function_is_new(now: str) -> None:
    assert not Baseline(frozenset([_key("First.func1")])).known([_key(now)])


def test_a_second_closure_of_the_same_function_is_new_beside_the_known_one() -> None:
    known, other = _key("First.func1"), _key("First.func2")
    assert Baseline(frozenset([known])).known([known, other]) == {known}
    assert Baseline(frozenset([known])).known([other, known]) == {known}
    third = _key("First.func3")
    assert Baseline(frozenset([known])).known([other, third]) == {other}


def test_the_file_does_not_depend_on_the_order_of_findings(leaks: Capture) -> None:
    found = [("example.com/leak", each) for each in findings_besides(leaks)]
    assert encode_baseline(found) == encode_baseline(found[::-1])


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "x"}', '{"schema": "flaketui.baseline/1"}'])
def test_another_file_is_refused_with_the_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(FlakeError, match=r"x\.json.*--write-baseline"):
        read_baseline(path)
    assert Baseline().keys == frozenset()


@pytest.mark.slow
def test_new_findings_set_the_exit_code_and_known_ones_do_not(
    leaks: Capture, tmp_path: Path
) -> None:
    bundle, known = str(leaks.folder), str(tmp_path / "known.json")
    report = ("report", bundle, "--fail-on", "leak,race")
    assert run_program(*report).returncode == 1
    assert call_program("report", bundle, "--fail-on", "race").returncode == 0
    written = call_program(*report, "--baseline", known, "--write-baseline")
    assert written.returncode == 0
    assert {each["rule"] for each in json.loads(Path(known).read_text())["findings"]} == {"leak"}
    accepted = call_program(*report, "--baseline", known)
    assert accepted.returncode == 0
    assert "findings of the baseline left out" in accepted.stdout


def test_a_rule_that_is_not_there_is_refused_with_those_that_are(leaks: Capture) -> None:
    refused = call_program("report", str(leaks.folder), "--fail-on", "leek")
    assert refused.returncode == 2
    assert "leek" in refused.stderr
    assert "leak" in refused.stderr
