"""What a finding on a crash or a race names stands in the raw output, the trace or the source.

The output is searched as text here, without the readers of dumps and races.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_bundles import collected_program, findings_on
from diagnosis.program_runs import PROGRAMS, RELEASES
from diagnosis.rules.crashes.test_bad_address import TOLD as ADDRESSES
from diagnosis.rules.crashes.test_closed_channel import TOLD as CLOSINGS
from diagnosis.rules.crashes.test_env import TOLD as MISSING
from diagnosis.rules.crashes.test_panic_pasts import TOLD as PASTS
from diagnosis.rules.crashes.test_stack_overflow import TOLD as OVERFLOWS
from diagnosis.rules.crashes.test_unlocked import TOLD as UNLOCKED
from flakecore.diagnosis import Certainty, Finding, Role
from flakecore.diagnosis.findings import CLAIM_LIMIT
from flakecore.timeline import Case, Failure, LaneKind

TESTS = {
    "crash_pasts": [*PASTS, *OVERFLOWS, *UNLOCKED],
    "closings": list(CLOSINGS),
    "addresses": [each for each in ADDRESSES if "Converts" not in each],
    "environment": list(MISSING),
}
SLOW = {"environment"}
"""Programs whose every test is run by the go command, when their capture is not kept."""
RULES = (
    *("race", "panic-cause", "send-on-closed", "chan-closed-twice", "env", "map-concurrent"),
    *("wait-group-panic", "exit-called", "killed"),
)
OF_SOURCE = (Role.CREATED, Role.CLOSES, Role.LOCKED_AT, Role.ADDS)
"""Roles of places that nothing but the source may have."""
_PLACE = re.compile(r"([\w.-]+\.go):(\d+)")
_ACCESS = re.compile(r"(\w+) (writes|reads) at ([\w.-]+\.go:\d+)")
_ALIKE = re.compile(r"(?:in (\S+) )?at ([\w.-]+\.go:\d+): (both write|one writes, the other reads)")
_SHORT = re.compile(r"\b(write|read) at ([\w.-]+\.go:\d+)")
_KINDS = {"both write": ("writes",), "one writes, the other reads": ("writes", "reads")}
MEETING = ("--", "-parallel=64")
"""For subtests that wait for each other, whatever the number of processors."""
_TITLE = "WARNING: DATA RACE"


def _raw(case: Case) -> str:
    """Return what was printed, as text."""
    return "\n".join(line.text for line in case.output)


def _traced(case: Case, goroutine: int) -> bool:
    schedule = case.schedule
    return schedule is not None and goroutine in {
        lane.id for lane in schedule.lanes(LaneKind.GOROUTINE)
    }


def _check_goroutines(case: Case, finding: Finding, raw: str) -> None:
    held = {place.goroutine for place in finding.places} | finding.explains
    held |= {each.goroutine for each in finding.evidence}
    texts = " ".join((finding.claim, finding.next, *(each.text for each in finding.evidence)))
    named = {int(each) for each in re.findall(r"\bG(\d+)\b", texts)}
    assert named <= held, finding
    for number in (named | held) - {0}:
        in_dump = re.search(rf"^goroutine {number}( gp=\S+ m=\S+( mp=\S+)?)? \[", raw, re.M)
        assert in_dump or _traced(case, number), (finding, number)


def _check_places(shape: str, finding: Finding, raw: str) -> None:
    lines = {path.name: path.read_text().splitlines() for path in (PROGRAMS / shape).glob("*.go")}
    printed = {(name, int(line)) for name, line in _PLACE.findall(raw)}
    for place in finding.places:
        at = (place.file.rpartition("/")[2], place.line)
        assert 0 < place.line <= len(lines[at[0]]), (finding, place)
        by_source = place.role in OF_SOURCE and not place.goroutine
        assert at in printed or (by_source and finding.certainty is Certainty.INFERRED), place
    facts = " ".join(each.text for each in finding.evidence)
    told = {(name, int(line)) for name, line in _PLACE.findall(facts)}
    assert all(0 < line <= len(lines[name]) for name, line in told - printed), finding
    known = {(place.file.rpartition("/")[2], place.line) for place in finding.places}
    claimed = {(name, int(line)) for name, line in _PLACE.findall(finding.claim)}
    assert claimed <= known | told, finding
    if finding.certainty is Certainty.SEEN:
        assert claimed <= printed, finding


def _check_words(finding: Finding, raw: str) -> None:
    """Assert that what was said is quoted as it was printed."""
    for each in finding.evidence:
        quoted = re.match(r"(?:panic|fatal error): (.*)", each.text)
        assert quoted is None or quoted[1] in raw, finding
    assert finding.evidence
    assert len(finding.claim) <= CLAIM_LIMIT


def _check(case: Case, shape: str, failure: Failure, finding: Finding) -> None:
    raw = _raw(case)
    _check_goroutines(case, finding, raw)
    _check_places(shape, finding, raw)
    _check_words(finding, raw)
    tests = {part for test in case.tests for part in test.name.split("/")}
    for name in re.findall(r"\bTest\w+", finding.claim):
        assert name in tests | {failure.test_name} or name in raw, finding
    for each in finding.evidence:
        if each.time_ns is not None:
            assert case.start_ns <= each.time_ns <= case.end_ns, finding


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    "shape",
    [pytest.param(each, marks=pytest.mark.slow) if each in SLOW else each for each in TESTS],
)
def test_what_a_finding_on_a_crash_names_is_in_its_evidence(shape: str, release: str) -> None:
    told = 0
    for test in TESTS[shape]:
        for of in (case_of, case_of_log):
            case = of(shape, release, f"-run=^{test}$")
            for failure in case.failures:
                for finding in found_on(case)[failure.test_name]:
                    if finding.rule in RULES:
                        told += 1
                        _check(case, shape, failure, finding)
    assert told >= len(TESTS[shape])


def _stacks(report: str, kind: str) -> str:
    """Return the stacks of a report's accesses of a kind, each line that is none ends one."""
    found, taking = [], False
    for line in report.split("\n"):
        if line[:1] not in ("", " "):
            taking = f"{kind} at 0x" in line.lower()
        elif taking:
            found.append(line)
    return "\n".join(found)


def _accesses(finding: Finding) -> list[tuple[str, str, str]]:
    """Return function, what it does and place of each access that a claim has."""
    found = [(name, does, place) for name, does, place in _ACCESS.findall(finding.claim)]
    found += [("", f"{kind}s", place) for kind, place in _SHORT.findall(finding.claim)]
    for name, place, does in _ALIKE.findall(finding.claim):
        function = name.rpartition(".func")[0] or name
        found += [(function.rpartition(".")[2], kind, place) for kind in _KINDS[does]]
    return found


def _check_race(raw: str, finding: Finding) -> None:
    """Assert that one report has all accesses that a claim names, each with function and line."""
    accesses = _accesses(finding)
    reports = raw.split(_TITLE)[1:]
    for report in reports:
        stacks = {kind: _stacks(report.partition("=====")[0], kind) for kind in ("write", "read")}
        if all(
            re.search(rf"{name}(?:\.\w+)*\(\)\n.*/{re.escape(place)}\b", stacks[does[:-1]])
            for name, does, place in accesses
        ):
            return
    raise AssertionError(finding)


@pytest.mark.parametrize(("shape", "arguments"), [("race", ()), ("races_beside", MEETING)])
def test_both_accesses_of_a_race_are_in_one_report_of_the_raw_output(
    shape: str, arguments: tuple[str, ...]
) -> None:
    run = collected_program(shape, *arguments)
    raw = _raw(run.case)
    accesses = 0
    for failure in run.case.failures:
        for finding in findings_on(run, failure.test_name):
            if finding.rule != "race":
                continue
            accesses += len(_accesses(finding))
            _check_race(raw, finding)
            _check_goroutines(run.case, finding, raw)
            _check_places(shape, finding, raw)
            _check_words(finding, raw)
            for place in finding.places:
                assert Path(place.file).is_file(), place
    assert accesses
