"""What is noted of a run is read again, and damage loses its own lines alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.bundle import Kind, open_bundle
from flakecore.comparison.predicates.case_events import case_events
from flakecore.comparison.predicates.read_records import RunRecords, run_records
from flakecore.comparison.predicates.record_runs import RunRecorder
from flakecore.timeline import load_cases
from timeline.captures import BUNDLE, capture_files
from toolchains import NEWEST


@pytest.fixture(scope="module")
def folders() -> list[Path]:
    return [capture_files(NEWEST, "parting", f"-cpu={procs}") / BUNDLE for procs in (1, 2)]


def read(data: bytes, folder: Path) -> RunRecords:
    (folder / "predicates.jsonl").write_bytes(data)
    with open_bundle(folder) as bundle:
        assert [each.kind for each in bundle.artefacts] == [Kind.PREDICATES]
        return run_records(bundle)


def test_each_run_is_read_as_it_was_noted(folders: list[Path], tmp_path: Path) -> None:
    record = RunRecorder()
    found = read(record(folders[0], 1) + record(folders[1], 2), tmp_path)
    assert found.damaged == 0
    assert set(found.tests) == set(found.features) == {1, 2}
    for number, folder in enumerate(folders, 1):
        with open_bundle(folder) as bundle:
            (case,) = load_cases(bundle)
        for each in case_events(case):
            kept = found.tests[number][f"{case.package}.{case.tests[each.test].name}"]
            again = {kept.table[at]: ns for at, ns in zip(kept.event, kept.at_ns, strict=True)}
            assert again == dict(each.first_ns)
            assert kept.failed_ns == each.failed_ns
        (values,) = found.features[number].values()
        assert values["goroutines_peak"]


def test_an_event_is_introduced_once(folders: list[Path]) -> None:
    record = RunRecorder()
    first, again = record(folders[0], 1), record(folders[0], 2)
    assert b'"event":' in first
    assert b'"event":' not in again
    assert len(again) < len(first) / 2
