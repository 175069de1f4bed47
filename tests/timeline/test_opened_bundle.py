"""What ``flakecore.open`` returns: a bundle whose cases are read when they are asked for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import flakecore
from flakecore.bundle import Bundle, open_bundle
from flakecore.errors import BundleError
from flakecore.timeline import Case, CaseEntry, load_case, load_cases, opened_bundle
from program import SAMPLE


@pytest.fixture
def two_attempts(tmp_path: Path) -> list[Path]:
    """The sample twice, as two bundles."""
    places = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for place in places:
        place.write_bytes(SAMPLE.read_bytes())
    return places


def test_the_cases_are_those_that_are_loaded_one_by_one() -> None:
    with flakecore.open(SAMPLE) as opened, open_bundle(SAMPLE) as bundle:
        (case,), (expected,) = opened.cases, load_cases(bundle)
        assert (case.package, case.tests) == (expected.package, expected.tests)
        assert [each.message for each in case.failures] == [
            each.message for each in expected.failures
        ]
        assert opened.bundle.artefacts == bundle.artefacts


def test_a_case_is_read_when_it_is_first_asked_for_and_once(
    two_attempts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[CaseEntry] = []

    def load(bundle: Bundle, entry: CaseEntry) -> Case:
        read.append(entry)
        return load_case(bundle, entry)

    monkeypatch.setattr(opened_bundle, "load_case", load)
    with flakecore.open(*two_attempts) as opened:
        assert len(opened.cases) == len(opened.entries) == 2
        assert not read
        assert opened.cases[-1] is opened.cases[1]
        assert opened.cases[1:] == (opened.cases[1],)
        assert len(read) == 1


def test_a_case_is_found_by_its_attempt(two_attempts: list[Path]) -> None:
    with flakecore.open(*two_attempts) as opened:
        names = [entry.attempt for entry in opened.entries]
        assert opened.case(attempt=names[1]) is opened.cases[1]
        with pytest.raises(BundleError, match="no attempt 'three'"):
            opened.case(attempt="three")
        with pytest.raises(IndexError):
            opened.cases[2]


def test_a_case_stays_when_its_bundle_is_closed() -> None:
    with flakecore.open(SAMPLE) as opened:
        tables = opened.cases[0].tables
    assert len(tables.events()["time_ns"]) > len(tables.output()["time_ns"]) > 0


def test_what_is_no_bundle_is_an_error_of_the_library(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(BundleError, match=r"empty\.zip"):
        flakecore.open(tmp_path / "empty.zip")


def test_no_place_at_all_is_an_error_of_the_library() -> None:
    with pytest.raises(BundleError, match=r"no bundle is named; .*flaketui collect"):
        flakecore.open()


def test_what_is_opened_is_shown_in_a_line_each() -> None:
    with flakecore.open(SAMPLE) as opened:
        case = opened.cases[0]
        assert repr(opened) == "<OpenedBundle of demo.zip>"
        assert repr(case) == "<Case of example.com/flaky/courier: 13 tests, 4 failures>"
        assert "waits, goroutines, intervals" in repr(case.tables)
