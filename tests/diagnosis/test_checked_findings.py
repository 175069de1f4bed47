"""Each program's findings are compared with the raw evidence, and what is not in it is noticed."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from pathlib import Path

import pytest

from diagnosis.checked_findings import check_findings
from diagnosis.program_runs import PROGRAMS, Level, failure_of, findings, program
from flakecore.diagnosis import Certainty, Evidence, Finding, Place, Role
from flakecore.timeline import Case, Failure
from toolchains import NEWEST

HERE = Path(__file__).parent
_ASKS = re.compile(
    r"from flakecore\.diagnosis(?:\.explanation)? import (?:\([^)]*|[^\n]*)\bexplain"
)
TEST = "TestSendsUnderLock"


@functools.cache
def _modules() -> dict[str, str]:
    """Return the texts of the modules that test diagnosis, and of those of reports, by name."""
    paths = [*HERE.rglob("*.py"), *(HERE.parent / "report").rglob("*.py")]
    return {str(path.relative_to(HERE.parent)): path.read_text() for path in paths}


def test_findings_are_asked_for_where_they_are_checked() -> None:
    asking = [name for name, text in _modules().items() if _ASKS.search(text)]
    assert [name for name in asking if name.startswith("diagnosis/")] == []


@pytest.mark.parametrize("shape", sorted(each.name for each in PROGRAMS.iterdir()))
def test_each_program_is_asked_about(shape: str) -> None:
    """A program that no test runs is one whose findings nothing compares with the evidence."""
    asking = [name for name, text in _modules().items() if f'"{shape}"' in text]
    assert asking, "no test asks about this program"


def _known() -> tuple[Case, Failure, Finding]:
    run = program("lock_held", NEWEST)
    (finding,) = findings(run, TEST, Level.FULL)
    return run.case, failure_of(run.case, TEST), finding


def _elsewhere(finding: Finding) -> Place:
    return replace(finding.places[0], line=1)


def _of(role: Role, finding: Finding) -> Finding:
    return replace(finding, places=(replace(finding.places[0], role=role), *finding.places[1:]))


def _with(finding: Finding, evidence: Evidence) -> Finding:
    return replace(finding, evidence=(*finding.evidence, evidence))


def test_what_is_in_the_evidence_passes() -> None:
    case, failure, finding = _known()
    check_findings(case, [finding], failure)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: replace(found, claim=f"{found.claim} G4711"),
        lambda found: replace(found, claim=found.claim + "." * 120),
        lambda found: replace(found, claim="TestInvented did it"),
        lambda found: replace(found, evidence=()),
        lambda found: replace(found, explains=frozenset({4711})),
        lambda found: replace(found, places=(_elsewhere(found), *found.places[1:])),
        lambda found: _with(found, Evidence("earlier", 1, found.places[0].goroutine)),
        lambda found: _with(found, Evidence("by another", None, 4711)),
        lambda found: replace(_of(Role.ENDED, found), certainty=Certainty.SEEN),
        lambda found: replace(
            found,
            claim=f"G{found.places[0].goroutine} sleeps in pool.work",
            certainty=Certainty.SEEN,
        ),
    ],
)
def test_what_is_not_in_the_evidence_is_noticed(change: object) -> None:
    case, failure, finding = _known()
    assert callable(change)
    changed = change(finding)
    assert isinstance(changed, Finding)
    with pytest.raises(AssertionError):
        check_findings(case, [changed], failure)


def test_a_claim_is_told_once() -> None:
    case, failure, finding = _known()
    with pytest.raises(AssertionError):
        check_findings(case, [finding, finding], failure)


def test_a_share_of_time_is_added_up_again() -> None:
    run = program("lock_held", NEWEST)
    failure = failure_of(run.case, TEST)
    number, whole = failure.goroutine, failure.at_ns / 1e9
    finding = Finding(
        rule="starved",
        claim=f"G{number} of {TEST} was ready without a proc for 90% of {whole:.2f}s",
        certainty=Certainty.SEEN,
        evidence=(Evidence("runnable 90%", None, number),),
    )
    with pytest.raises(AssertionError):
        check_findings(run.case, [finding], failure)
