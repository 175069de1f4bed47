"""From a bundle to its case: what is read, and what is a loss when it cannot be read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flakecore.bundle import Bundle, open_bundle
from flakecore.timeline import Case, TestStatus, list_cases, load_case, load_part
from program import SAMPLE

TRACE = "example.com/flaky/courier/trace.out"
Change = Callable[[dict[str, bytes]], None]


def _changed(folder: Path, change: Change) -> Bundle:
    """Return the sample with some of its files changed."""
    with zipfile.ZipFile(SAMPLE) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return open_bundle(folder)


def _load(folder: Path, change: Change) -> Case:
    bundle = _changed(folder, change)
    (entry,) = list_cases(bundle)
    return load_case(bundle, entry)


@pytest.fixture(scope="module")
def sample() -> Case:
    with open_bundle(SAMPLE) as bundle:
        (entry,) = list_cases(bundle)
        return load_case(bundle, entry)


def test_a_case_is_made_of_its_trace_and_its_test_output(sample: Case) -> None:
    assert sample.package == "example.com/flaky/courier"
    assert sample.trace_name == TRACE
    assert sample.schedule is not None
    assert all(test.goroutine for test in sample.tests)
    assert len({failure.test for failure in sample.failures}) == 4
    assert sample.losses == ()


def test_everything_lies_within_the_extent_of_the_case(sample: Case) -> None:
    times = [line.time_ns for line in sample.output]
    times += [time for test in sample.tests for time in (test.start_ns, test.end_ns)]
    times += [failure.at_ns for failure in sample.failures]
    assert sample.start_ns <= min(times) <= max(times) <= sample.end_ns


def test_without_a_trace_the_stamps_are_the_clock(tmp_path: Path, sample: Case) -> None:
    case = _load(tmp_path, lambda files: files.__delitem__(TRACE))
    assert (case.trace, case.schedule, case.annotations, case.gc) == (None, None, None, None)
    assert [test.status for test in case.tests] == [test.status for test in sample.tests]
    assert [failure.test for failure in case.failures] == [
        failure.test for failure in sample.failures
    ]
    assert case.losses == ()


def test_a_trace_that_cannot_be_read_is_a_loss_and_the_rest_is_shown(tmp_path: Path) -> None:
    def damage(files: dict[str, bytes]) -> None:
        files[TRACE] = files[TRACE][:20]

    case = _load(tmp_path, damage)
    assert case.trace is None
    assert len(case.tests) == 13
    assert [loss.where for loss in case.losses] == [TRACE]


def test_a_further_trace_of_the_package_is_a_loss(tmp_path: Path) -> None:
    def repeat(files: dict[str, bytes]) -> None:
        files[TRACE.replace("trace.out", "trace2.out")] = files[TRACE]

    case = _load(tmp_path, repeat)
    assert case.trace is not None
    (loss,) = case.losses
    assert "further trace" in loss.what


def test_a_test_whose_result_is_missing_is_unfinished_or_failed(
    tmp_path: Path, sample: Case
) -> None:
    def drop(files: dict[str, bytes]) -> None:
        lines = files["test.json"].splitlines(keepends=True)
        action, name = b'"Action":"pass"', b'"Test":"TestArchiveForgets"'
        files["test.json"] = b"".join(
            line for line in lines if not (action in line and name in line)
        )

    changed = {
        (test.name, test.status)
        for test, before in zip(_load(tmp_path, drop).tests, sample.tests, strict=True)
        if test.status is not before.status
    }
    assert len(changed) == 1
    ((name, status),) = changed
    assert name == "TestArchiveForgets"
    assert status in (TestStatus.UNFINISHED, TestStatus.FAIL)


def test_a_small_trace_is_not_read_in_part() -> None:
    with open_bundle(SAMPLE) as bundle:
        (entry,) = list_cases(bundle)
        assert load_part(bundle, entry, 0) is None
