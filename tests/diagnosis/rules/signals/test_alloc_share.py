"""A line that allocates more than half of all is told; lines that share, and little, are not."""

from __future__ import annotations

import re

import pytest

from diagnosis.checked_findings import explain_passed
from diagnosis.program_bundles import check_found, collected_program
from flakecore.diagnosis import Certainty, Finding, Weight
from flakecore.report import Explainer
from flakecore.timeline import CaseProfile
from flakecore.timeline.profiles.profile_series import heap_profiles
from timeline.captures import Capture

pytestmark = pytest.mark.needs_go


def _run(test: str) -> Capture:
    return collected_program("alloc_share", "--no-race", "-run", f"^{test}$")


def _found(run: Capture) -> tuple[Finding, ...]:
    heaps = heap_profiles(run.bundle, run.case)
    assert len(heaps) == 1 and len(heaps[0].profile.values)
    found = explain_passed(run.case, heap=lambda: heaps)
    return tuple(each for each in found if each.rule == "alloc-share")


@pytest.mark.parametrize(("test", "line"), [("TestOneLine", 19), ("TestLibrary", 26)])
def test_the_line_that_allocates_nearly_all_is_seen(test: str, line: int) -> None:
    found = _found(_run(test))
    claim = (
        rf"allocshare.{test} alloc_test.go:{line} allocates (\d+)% of all bytes \(more than 50%\)"
    )
    check_found("alloc-share", found, claim)
    (finding,) = found
    told = re.fullmatch(claim, finding.claim)
    assert told is not None and int(told[1]) > 80
    assert (finding.certainty, finding.weight) == (Certainty.SEEN, Weight.CIRCUMSTANCE)
    (place,) = finding.places
    assert (place.function, place.line) == (f"example.com/allocshare.{test}", line)


@pytest.mark.parametrize("test", ["TestThreeLines", "TestLittle"])
def test_lines_that_share_and_little_are_silent(test: str) -> None:
    check_found("alloc-share", _found(_run(test)))


def test_what_package_testing_allocates_for_its_subtests_is_nobodys_line() -> None:
    run = _run("TestSubtests")
    (read,) = heap_profiles(run.bundle, run.case)
    heap = read.profile
    assert heap.stack_values(1).sum() > 16 << 20
    assert heap.sample_types[1].kind == "alloc_space"
    check_found("alloc-share", _found(run))


def test_of_a_failure_it_is_no_explanation() -> None:
    run = _run("TestFails")
    explainer = Explainer(run.bundle)
    (failure,) = run.case.failures
    assert "alloc-share" not in {each.rule for each in explainer.findings(run.case, failure)}
    assert "boo" in explainer.headline(run.case, failure)
    assert [each.rule for each in explainer.passed(run.case).findings] == ["alloc-share"]


def test_without_a_profile_nothing_is_said() -> None:
    case = _run("TestOneLine").case
    for heap in (None, tuple[CaseProfile, ...]):
        found = explain_passed(case, heap=heap)
        assert all(each.rule != "alloc-share" for each in found)
