"""A finding's evidence, which leaves out what the failure's message has said already."""

from __future__ import annotations

from dataclasses import replace

from diagnosis.program_bundles import findings_on
from diagnosis.rules.panics import panicked
from flakecore.report.text.finding_text import beyond_message, evidence_text


def test_what_a_crash_said_is_not_said_again() -> None:
    run = panicked("TestSendsLate")
    (failure,) = run.case.failures
    (finding,) = findings_on(run, "TestSendsLate")
    assert failure.message == "send on closed channel"
    assert finding.evidence[0].text == "panic: send on closed channel"
    assert beyond_message(finding, failure.message) == list(finding.evidence[1:])
    shown = list(evidence_text(finding, "", failure.message))
    assert not any("panic: " in line for line in shown)
    assert next(evidence_text(finding, "")) == "· panic: send on closed channel"


def test_what_a_message_only_holds_a_part_of_is_said() -> None:
    run = panicked("TestSendsLate")
    (finding,) = findings_on(run, "TestSendsLate")
    (fact, *_) = finding.evidence
    longer = replace(finding, evidence=(replace(fact, text="panic: send on closed channel b.out"),))
    assert beyond_message(longer, "send on closed channel") == list(longer.evidence)
