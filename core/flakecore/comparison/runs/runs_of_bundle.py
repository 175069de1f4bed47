"""The runs of a bundle: those that its manifest lists, or else those that its output shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flakecore.bundle import Attempt, Bundle, Manifest
from flakecore.comparison.divergence.repetitions import RepeatedTest, repeated_tests
from flakecore.comparison.predicates.read_records import RunRecords, run_records
from flakecore.comparison.runs.conditions import Condition, conditions_of
from flakecore.comparison.runs.run import Run
from flakecore.comparison.signature import signature_of
from flakecore.timeline import Case, CaseEntry, list_cases, load_case


def recorded_runs(bundle: Bundle) -> tuple[Run, ...]:
    """Return the runs that a bundle's manifest lists, without signatures; () for a single run."""
    manifest = bundle.manifest
    if manifest is None or len(manifest.attempts) < 2:
        return ()
    records = run_records(bundle)
    none = _FailingOutput()
    return tuple(_recorded(bundle, manifest, each, none, records) for each in _in_order(manifest))


def runs_conditions(bundle: Bundle, attempt: str) -> Mapping[str, Condition]:
    """Return the conditions of an attempt by the name of its folder; {} if none are recorded."""
    manifest = bundle.manifest
    if manifest is None:
        return {}
    attempts = manifest.attempts
    found = [each for each in attempts if len(attempts) == 1 or _last(each.folder) == attempt]
    return conditions_of(manifest, found[0]) if found else {}


def runs_of_bundle(bundle: Bundle) -> tuple[Run, ...]:
    """Return the runs of a bundle, in the order they began.

    Traces are not read: signatures come from the test output of the runs that are kept.
    """
    entries = list_cases(bundle)
    manifest = bundle.manifest
    if manifest is None or not manifest.attempts:
        return _of_output(bundle, entries, manifest)
    by_attempt: dict[str, list[CaseEntry]] = {}
    for entry in entries:
        by_attempt.setdefault(_last(entry.attempt), []).append(entry)
    records = run_records(bundle)
    one = len(manifest.attempts) == 1
    runs = []
    for attempt in _in_order(manifest):
        name = _last(attempt.folder)
        theirs = entries if one else by_attempt.get(name, []) if attempt.folder else []
        output = _of_failing(bundle, theirs) if attempt.exit_code else _FailingOutput()
        runs.append(_recorded(bundle, manifest, attempt, output, records))
    return tuple(runs)


def _in_order(manifest: Manifest) -> list[Attempt]:
    """Return the attempts as they began; a manifest lists them as they ended."""
    return sorted(manifest.attempts, key=lambda attempt: attempt.number)


def _recorded(
    bundle: Bundle,
    manifest: Manifest,
    attempt: Attempt,
    output: _FailingOutput,
    records: RunRecords,
) -> Run:
    return Run(
        bundle=bundle.name,
        number=attempt.number,
        started_ns=attempt.started_unix_ns,
        duration_ns=attempt.duration_ns,
        failed=attempt.failed,
        ended_well=attempt.exit_code == 0,
        packages=manifest.packages,
        conditions=conditions_of(manifest, attempt),
        signatures=output.signatures,
        repetitions=output.repetitions,
        kept=attempt.kept,
        records=records.tests.get(attempt.number, {}),
        features=records.features.get(attempt.number, {}),
        drawn=attempt.drawn,
    )


def _of_output(
    bundle: Bundle, entries: Sequence[CaseEntry], manifest: Manifest | None
) -> tuple[Run, ...]:
    """Return a run for each attempt that the output shows."""
    by_attempt: dict[str, list[CaseEntry]] = {}
    for entry in entries:
        if entry.has_result:
            by_attempt.setdefault(entry.attempt, []).append(entry)
    runs = []
    for number, theirs in enumerate(by_attempt.values(), 1):
        took = [each.run.elapsed_ns for each in theirs if each.run is not None]
        known = [each for each in took if each is not None]
        failed = [
            f"{entry.package}.{name}" if entry.package else name
            for entry in theirs
            for name in entry.failed
        ]
        failed += [entry.package for entry in theirs if entry.failing and not entry.failed]
        conditions = conditions_of(manifest, Attempt()) if manifest is not None else {}
        output = _of_failing(bundle, theirs)
        runs.append(
            Run(
                bundle=bundle.name,
                number=number,
                started_ns=0,
                duration_ns=sum(known) if known else None,
                failed=tuple(failed),
                ended_well=not any(entry.failing for entry in theirs),
                packages=tuple(entry.package for entry in theirs),
                conditions=conditions,
                signatures=output.signatures,
                repetitions=output.repetitions,
                kept=True,
            )
        )
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class _FailingOutput:
    """What the output of a failing run has, as ``Run`` has it."""

    signatures: Mapping[str, str] = field(default_factory=dict)
    repetitions: tuple[RepeatedTest, ...] = ()


def _of_failing(bundle: Bundle, entries: Sequence[CaseEntry]) -> _FailingOutput:
    signatures: dict[str, str] = {}
    repetitions: list[RepeatedTest] = []
    for entry in entries:
        if entry.failing:
            case = load_case(bundle, replace(entry, artefacts=()))
            signatures |= _of_case(case)
            repetitions += repeated_tests(case)
    return _FailingOutput(signatures, tuple(repetitions))


def _of_case(case: Case) -> dict[str, str]:
    found: dict[str, str] = {}
    for failure in case.failures:
        of_test = case.package and failure.test_name != case.package
        name = f"{case.package}.{failure.test_name}" if of_test else failure.test_name
        found.setdefault(name, signature_of(failure))
    return found


def _last(folder: str) -> str:
    return folder.rpartition("/")[2]
