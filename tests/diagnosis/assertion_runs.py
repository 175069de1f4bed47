"""What is told of the programs whose tests fail by an assertion, with and without a trace."""

from __future__ import annotations

from capture_cache import once_a_process
from diagnosis.checked_findings import explain
from diagnosis.program_runs import PROGRAMS, program, told
from diagnosis.rule_table import record
from flakecore.bundle import open_bundle
from flakecore.diagnosis import Finding, Weight
from flakecore.timeline import Case, load_cases
from flakecore.timeline.sources import Sources

OF_SOURCE = {"test-itself", "timer-lost", "shared-state", "order-dependent", "wait-group-misuse"}
"""Rules that have nothing to say where the source is not at hand."""
Told = dict[str, list[str]]
"""By test, what its failure is told as, causes alone."""


@once_a_process
def case_of(shape: str, release: str, *arguments: str) -> Case:
    """Return the run of a program's tests, none of which is meant to hang."""
    return program(shape, release, "-timeout=60s", *arguments).case


@once_a_process
def case_of_log(shape: str, release: str, *arguments: str) -> Case:
    """Return the same run as its log alone tells it: no trace, and files without folders."""
    run = program(shape, release, "-timeout=60s", *arguments)
    (case,) = load_cases(open_bundle(run.folder / "test.json"))
    return case


def found_on(case: Case, *, source: bool = True) -> dict[str, tuple[Finding, ...]]:
    """Return the findings on each failure of a case by the name of its test."""
    sources = Sources(
        go_version=case.go_version,
        package=case.package,
        working=PROGRAMS / case.package.rpartition("/")[2],
    )
    return {
        failure.test_name: explain(case, failure, sources if source else None)
        for failure in case.failures
    }


def causes_of(case: Case, *, source: bool = True) -> Told:
    """Return what the failures of a case are told as."""
    return {
        test: [told(each) for each in findings if each.weight is Weight.CAUSE]
        for test, findings in found_on(case, source=source).items()
    }


def check_causes(shape: str, release: str, all_evidence: Told, log: Told, silent: set[str]) -> None:
    """Assert what each failing test is told as, and of those that are sound, that nothing is.

    Without the source nothing is told that rests on it.

    Args:
        shape: the program.
        release: the Go release that runs it.
        all_evidence: with trace and source.
        log: with the log and the source, where that differs.
        silent: tests that fail by something else.
    """
    nothing: Told = {test: [] for test in silent}
    with_all, with_log = {**nothing, **all_evidence}, {**nothing, **all_evidence, **log}
    for level, case, expected in (
        ("trace, log and source", case_of(shape, release), with_all),
        ("log and source", case_of_log(shape, release), with_log),
    ):
        told = causes_of(case)
        for test, causes in told.items():
            whole = with_all.get(test, [])
            rule = whole[0].partition(",")[0] if whole else f"({shape})"
            record(rule, level, expected.get(test) or whole, causes)
        assert told == expected
    without = causes_of(case_of(shape, release), source=False)
    assert without.keys() == {*silent, *all_evidence}
    rules = {each.partition(",")[0] for told in without.values() for each in told}
    assert not rules & OF_SOURCE
