"""Findings on a variable that is checked, and that another test or the test itself has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.failed_assertion import assertion_finding
from flakecore.diagnosis.rules.order.checked_variables import NOT_THERE
from flakecore.diagnosis.rules.order.order_counts import OrderCounts
from flakecore.diagnosis.rules.order.replay import replay_of
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.shared_state.process_state import WORKING_FOLDER
from flakecore.diagnosis.source.shared_state.variable_writes import VariableWrite
from flakecore.timeline import TestSpan

_SHOWN = 3
"""Tests that change a variable, of which the evidence has so many."""


@dataclass(frozen=True)
class VariableChange:
    """What another test, or an earlier run of the same, did to a variable that is checked.

    Attributes:
        test: which one.
        write: where it changes it.
        beside: whether it ran at the same time.
    """

    test: TestSpan
    write: VariableWrite
    beside: bool


def changed_by_others(
    question: Question,
    failing: FailingSource,
    variable: str,
    changes: list[VariableChange],
    *,
    is_left_alone: bool,
) -> Finding:
    """Return that other tests changed a variable that a failing line checks.

    Args:
        question: what was asked.
        failing: the failing call.
        variable: the variable.
        changes: those of the other tests, in order; at least one.
        is_left_alone: whether the failing test itself does not change it.
    """
    first = changes[0]
    # What the test itself does to it beforehand is no protection from one that runs beside it.
    is_alone = len(changes) == 1 and (is_left_alone or first.beside)
    when = "beside it" if first.beside else "before it"
    at = f"{first.write.file}:{first.write.line}"
    who = failing.test_name
    missing = NOT_THERE.search(failing.message) if variable == WORKING_FOLDER else None
    then = f"which {who} checks" if missing is None else f"and {missing[1]} is not there"
    if len(changes) == 1:
        claims: tuple[str, ...] = (
            f"{first.test.name}, which ran {when}, changes {variable} ({at}), {then}"
            f" ({failing.at})",
            f"{first.test.name}, which ran {when}, changes {variable} ({at}), {then}",
            f"{first.test.name} ran {when} and changes {variable} ({at}), which this test checks"
            if missing is None
            else f"{first.test.name} ran {when} and changes {variable} ({at}), {then}",
            f"{first.test.name} ran {when} and changes {variable} ({at})",
        )
    else:
        claims = (
            f"{len(changes)} tests that ran before change {variable}, which {who} checks"
            f" ({failing.at})",
            f"{len(changes)} tests that ran before change {variable}",
        )
    facts = (
        Evidence(
            f"{each.test.name} {_ran(each)}, and changes {variable} at"
            f" {each.write.file}:{each.write.line}",
            each.test.start_ns if each.test.goroutine else None,
            each.test.goroutine,
        )
        for each in changes[:_SHOWN]
    )
    found = shared_state(
        failing,
        claims,
        [each.write for each in changes[:_SHOWN]],
        facts,
        replay_of(question.case, [each.test.name for each in changes[:_SHOWN]], who),
        "the file that is missing was looked for in the working directory"
        if variable == WORKING_FOLDER
        else "",
    )
    return found if is_alone else replace(found, weight=Weight.CIRCUMSTANCE)


def shared_state(
    failing: FailingSource,
    claims: Sequence[str],
    writes: Sequence[VariableWrite],
    facts: Iterable[Evidence],
    remedy: str,
    reason: str = "",
) -> Finding:
    """Return that a test fails by what writes of one variable have left."""
    return assertion_finding(
        failing,
        claims,
        (reason or _comes_from(writes[0].variable), *facts),
        remedy,
        places=[_place(failing, each) for each in writes],
        rule="shared-state",
    )


def _comes_from(variable: str) -> str:
    return f"the condition of the failing line comes from {variable}"


def with_counts(finding: Finding, counts: OrderCounts) -> Finding:
    """Return a finding that runs with the other test before and without it confirm."""
    fact = Evidence(f"over the runs of the bundle it {counts.text}", None, 0)
    return replace(
        finding,
        rule="order-dependent",
        weight=Weight.CAUSE,
        evidence=(*finding.evidence, fact),
    )


def _ran(change: VariableChange) -> str:
    return "ran at the same time" if change.beside else "ran before"


def _place(failing: FailingSource, write: VariableWrite) -> Place:
    return Place(Role.WRITES, 0, "", failing.path_of(write.file), write.line)
