"""Findings, asked for as the product is asked, and each compared with the raw evidence of its case.

Every test of diagnosis asks here, so whatever a rule states of any program is checked at each level
of evidence: every goroutine, place, moment and test that a finding names must be in its evidence,
and what is ``seen`` must hold there. ``test_checked_findings`` sees to it that none asks elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diagnosis.raw_evidence import RawEvidence, numbers_in, places_in, raw_evidence
from diagnosis.seen_claims import check_seen
from flakecore import diagnosis
from flakecore.diagnosis import Certainty, Finding, Place, Role
from flakecore.diagnosis.findings import CLAIM_LIMIT
from flakecore.timeline import Case, Failure

PROGRAMS = Path(__file__).parent / "programs"
OF_SOURCE = (Role.CREATED, Role.LOCKED_AT, Role.ADDS, Role.DONE, Role.CLOSES, Role.MADE, Role.ENDED)
"""Roles of places that nothing but the source may have, though a goroutine is named with them."""
OF_PROFILES = ("alloc-share", "heap-grows")
"""Rules whose places are those of profiles, which a case does not hold."""
_OF_THE_SOURCE = ("inferred from the source: ", "the source ")
"""How evidence begins that is of the source, beside what is seen."""
_LEAVES = ("return", "continue", "break", "goto", "panic", "recover", "Goexit", "Fatal", "for ")
_TEST = re.compile(r"\b((?:Test|Fuzz|Benchmark|Example)[A-Z]\w*)\b(?!\()")


def explain(case: Case, failure: Failure, *others: Any, **named: Any) -> tuple[Finding, ...]:
    """Return the findings on a failure, which hold."""
    found = diagnosis.explain(case, failure, *others, **named)
    check_findings(case, found, failure)
    return found


def explain_passed(case: Case, *others: Any, **named: Any) -> tuple[Finding, ...]:
    """Return the findings on a case that belong to no failure, which hold."""
    found = diagnosis.explain_passed(case, *others, **named)
    check_findings(case, found, None)
    return found


def check_findings(case: Case, findings: Sequence[Finding], failure: Failure | None) -> None:
    """Assert that all that some findings name is in the evidence of a case."""
    raw = raw_evidence(case) if findings else RawEvidence()
    if failure is not None:
        raw.times[0].add(failure.at_ns)
    claims = [each.claim for each in findings]
    assert len(claims) == len(set(claims)), claims
    for finding in findings:
        _check_form(finding)
        if not raw.is_whole:
            continue
        _check_goroutines(raw, finding)
        _check_places(raw, finding)
        _check_claim(raw, finding)
        _check_times(raw, finding)
        _check_tests(case, raw, finding)
        if finding.certainty is Certainty.SEEN:
            check_seen(raw, finding, failure)


def _check_form(finding: Finding) -> None:
    assert finding.evidence, finding
    assert len(finding.claim) <= CLAIM_LIMIT, finding.claim


def _texts(finding: Finding) -> list[str]:
    return [finding.claim, finding.next, *(each.text for each in finding.evidence)]


def _check_goroutines(raw: RawEvidence, finding: Finding) -> None:
    held = {place.goroutine for place in finding.places} | finding.explains
    held |= {each.goroutine for each in finding.evidence}
    named = numbers_in(" ".join(_texts(finding)))
    assert named - {0} <= raw.goroutines, finding
    assert held - {0} <= raw.goroutines, finding
    told = " ".join(each.text for each in finding.evidence)
    assert numbers_in(finding.claim) <= held | numbers_in(told), finding


def _check_places(raw: RawEvidence, finding: Finding) -> None:
    if finding.rule in OF_PROFILES:
        return
    inferred = _is_inferred(finding)
    for place in finding.places:
        at = (place.file.rpartition("/")[2], place.line)
        if not place.file:
            continue
        if finding.rule == "race":
            # The detector has goroutines of its own; ours are known by where they were started.
            _check_raced(raw, finding, place)
        elif at not in raw.lines[0]:
            assert inferred and (not place.goroutine or place.role in OF_SOURCE), place
            _check_in_source(place.file, place.line)
        elif place.goroutine and not (inferred and place.role in OF_SOURCE):
            assert at in raw.lines[place.goroutine], place


def _is_inferred(finding: Finding) -> bool:
    """Return whether a finding, or a part of it that it states, is of the source."""
    by_source = any(each.text.startswith(_OF_THE_SOURCE) for each in finding.evidence)
    return by_source or finding.certainty is not Certainty.SEEN


def _check_raced(raw: RawEvidence, finding: Finding, place: Place) -> None:
    at = (place.file.rpartition("/")[2], place.line)
    assert at in raw.lines[0], (finding, place)
    if place.goroutine and place.role is Role.CREATED:
        assert at in raw.lines[place.goroutine], (finding, place)


def _check_in_source(file: str, line: int) -> None:
    path = Path(file)
    if path.is_file():
        assert 0 <= line <= len(path.read_text().splitlines()), (file, line)


def _check_claim(raw: RawEvidence, finding: Finding) -> None:
    """Assert that a claim has no place that is in neither its places nor its evidence.

    What leaves a function, so that it never comes to an operation, is in the source alone.
    """
    known = {(place.file.rpartition("/")[2], place.line) for place in finding.places}
    known |= places_in(" ".join(each.text for each in finding.evidence))
    sources = {place.file for place in finding.places}
    for name, line in places_in(finding.claim) - known - raw.lines[0]:
        (path,) = {each for each in sources if each.rpartition("/")[2] == name}
        text = Path(path).read_text().splitlines()[line - 1]
        assert _is_inferred(finding), finding
        assert any(word in text for word in _LEAVES), (finding, text)


def _check_times(raw: RawEvidence, finding: Finding) -> None:
    for each in finding.evidence:
        if each.time_ns is not None:
            assert each.time_ns in raw.times[each.goroutine] | raw.times[0], (finding, each)


def _check_tests(case: Case, raw: RawEvidence, finding: Finding) -> None:
    """Assert that a test that is named is one that ran, or stands in a stack or in the source."""
    known = {part for test in case.tests for part in test.name.split("/")}
    known |= {part for each in case.failures for part in each.test_name.split("/")}
    functions = " ".join(place.function for place in finding.places)
    for name in _TEST.findall(finding.claim):
        if name not in known and name not in raw.text and name not in functions:
            folder = PROGRAMS / case.package.rpartition("/")[2]
            tests = [each.read_text() for each in folder.glob("*_test.go")]
            assert any(f"func {name}(" in each for each in tests), (finding, name)
