"""Which cases a bundle holds, whatever shape it has, before any trace is read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flakecore.bundle import Artefact, Bundle, Kind, open_bundle
from flakecore.errors import BundleError
from flakecore.timeline import (
    Case,
    CaseEntry,
    choose_cases,
    list_cases,
    load_case,
    load_profiles,
)
from timeline.captures import Capture, capture
from toolchains import NEWEST

WORK, ASSERTS = "example.com/work", "example.com/endings/asserts"


@pytest.fixture(scope="module")
def passing() -> Capture:
    return capture(NEWEST, "work")


@pytest.fixture(scope="module")
def failing() -> Capture:
    return capture(NEWEST, "endings/asserts")


def laid_out(folder: Path, files: dict[str, Path | bytes]) -> Bundle:
    """Open a folder with these files in it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            shutil.copyfile(content, path)
    return open_bundle(folder)


def told(outlines: tuple[CaseEntry, ...]) -> list[tuple[str, str, list[str]]]:
    return [(o.package, o.attempt, [each.name for each in o.artefacts]) for o in outlines]


def same_run(case: Case, original: Capture) -> bool:
    assert case.trace is not None
    assert original.case.trace is not None
    return case.trace.events == original.case.trace.events and case.tests == original.case.tests


def test_every_attempt_and_package_is_a_case_and_those_that_fail_come_first(
    tmp_path: Path, passing: Capture, failing: Capture
) -> None:
    both = (passing.folder / "test.json").read_bytes() + (failing.folder / "test.json").read_bytes()
    bundle = laid_out(
        tmp_path,
        {
            "test.json": both,
            f"packages/{WORK}/trace.out": passing.folder / "trace.out",
            f"packages/{ASSERTS}/trace.out": failing.folder / "trace.out",
            "attempts/002/test.json": passing.folder / "test.json",
            f"attempts/002/packages/{WORK}/trace.out": passing.folder / "trace.out",
        },
    )
    outlines = list_cases(bundle)
    assert told(outlines) == [
        (ASSERTS, "", [f"packages/{ASSERTS}/trace.out"]),
        (WORK, "", [f"packages/{WORK}/trace.out"]),
        (WORK, "002", [f"attempts/002/packages/{WORK}/trace.out"]),
    ]
    assert [outline.failing for outline in outlines] == [True, False, False]
    assert same_run(load_case(bundle, outlines[0]), failing)
    assert same_run(load_case(bundle, outlines[2]), passing)


def test_the_tests_that_failed_are_known_before_the_trace_is(
    passing: Capture, failing: Capture
) -> None:
    (outline,) = list_cases(failing.bundle)
    assert outline.failing
    # One of them failed together with its subtest, which is named for both.
    names = {failure.test_name for failure in failing.case.failures} - {"TestParentToo"}
    assert set(outline.failed) == names | {"ExampleWrong"}
    (outline,) = list_cases(passing.bundle)
    assert (outline.failing, outline.failed) == (False, ())


def test_listing_reads_no_trace(
    tmp_path: Path, failing: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = laid_out(
        tmp_path,
        {
            f"{run}/{name}": failing.folder / name
            for run in ("run1", "run2")
            for name in ("test.json", "trace.out")
        },
    )
    read: list[str] = []

    def watched(artefact: Artefact, *_: object) -> memoryview:
        read.append(artefact.name)
        return original(artefact)

    original = bundle.read
    monkeypatch.setattr(bundle, "read", watched)
    outlines = list_cases(bundle)
    assert read == ["run1/test.json", "run2/test.json"]
    read.clear()
    load_case(bundle, outlines[1])
    assert read == ["run2/trace.out"]


def test_a_folder_for_each_run_is_an_attempt_for_each(
    tmp_path: Path, passing: Capture, failing: Capture
) -> None:
    files: dict[str, Path | bytes] = {
        f"flakes/{run}/{name}": taken.folder / name
        for run, taken in (("run9", passing), ("run10", failing))
        for name in ("test.json", "trace.out")
    }
    assert told(list_cases(laid_out(tmp_path, files))) == [
        (ASSERTS, "run10", ["flakes/run10/trace.out"]),
        (WORK, "run9", ["flakes/run9/trace.out"]),
    ]


def test_numbered_files_side_by_side_are_told_apart_by_their_numbers(
    tmp_path: Path, passing: Capture
) -> None:
    numbers = (1, 2, 10)
    files: dict[str, Path | bytes] = {f"run{n}.json": passing.folder / "test.json" for n in numbers}
    files |= {f"trace-{n}.out": passing.folder / "trace.out" for n in numbers}
    outlines = list_cases(laid_out(tmp_path, files))
    assert {o.attempt: [a.name for a in o.artefacts] for o in outlines} == {
        f"run{n}": [f"trace-{n}.out"] for n in numbers
    }


def test_one_trace_of_several_runs_is_the_last_ones_unless_its_number_says_otherwise(
    tmp_path: Path, passing: Capture
) -> None:
    files: dict[str, Path | bytes] = {f"run{n}.json": passing.folder / "test.json" for n in (1, 2)}
    numbered = list_cases(
        laid_out(tmp_path / "a", {**files, "trace1.out": passing.folder / "trace.out"})
    )
    assert [len(outline.artefacts) for outline in numbered] == [1, 0]
    assert all(not outline.losses for outline in numbered)
    plain = list_cases(laid_out(tmp_path / "b", {**files, "t.out": passing.folder / "trace.out"}))
    assert [len(outline.artefacts) for outline in plain] == [0, 1]
    assert "taken for the last one's" in plain[1].losses[0].what


def test_one_stream_that_tells_of_two_runs_makes_two_cases(
    tmp_path: Path, passing: Capture
) -> None:
    stream = (passing.folder / "test.json").read_bytes()
    outlines = list_cases(laid_out(tmp_path, {"test.json": stream * 2}))
    assert [(outline.package, outline.attempt) for outline in outlines] == [
        (WORK, "1"),
        (WORK, "2"),
    ]


@pytest.mark.parametrize(
    "folder", ["asserts", "endings/asserts", f"out/{ASSERTS}", "example.com_endings_asserts"]
)
def test_a_folder_that_hints_at_its_package_is_understood(
    folder: str, tmp_path: Path, passing: Capture, failing: Capture
) -> None:
    both = (passing.folder / "test.json").read_bytes() + (failing.folder / "test.json").read_bytes()
    bundle = laid_out(
        tmp_path, {"test.json": both, f"{folder}/trace.out": failing.folder / "trace.out"}
    )
    assert told(list_cases(bundle)) == [(ASSERTS, "", [f"{folder}/trace.out"]), (WORK, "", [])]


def test_beside_the_output_of_one_package_everything_is_its_own(
    tmp_path: Path, passing: Capture
) -> None:
    bundle = laid_out(
        tmp_path,
        {
            "logs/test.json": passing.folder / "test.json",
            "evidence/trace.out": passing.folder / "trace.out",
        },
    )
    assert told(list_cases(bundle)) == [(WORK, "", ["evidence/trace.out"])]


def test_a_trace_that_fits_no_package_is_a_case_of_its_own(
    tmp_path: Path, passing: Capture, failing: Capture
) -> None:
    both = (passing.folder / "test.json").read_bytes() + (failing.folder / "test.json").read_bytes()
    bundle = laid_out(
        tmp_path, {"test.json": both, "other/trace.out": passing.folder / "trace.out"}
    )
    outlines = list_cases(bundle)
    assert told(outlines)[-1] == ("other", "", ["other/trace.out"])
    assert outlines[-1].run is None
    assert load_case(bundle, outlines[-1]).trace is not None


def test_an_attempt_that_was_killed_before_its_output_was_written_is_listed(
    tmp_path: Path, passing: Capture
) -> None:
    bundle = laid_out(
        tmp_path,
        {
            "test.json": passing.folder / "test.json",
            f"attempts/002/packages/{WORK}/trace.out": passing.folder / "trace.out",
        },
    )
    assert told(list_cases(bundle)) == [
        (WORK, "", []),
        (WORK, "002", [f"attempts/002/packages/{WORK}/trace.out"]),
    ]


def test_profiles_belong_to_the_attempt_they_lie_in(tmp_path: Path, passing: Capture) -> None:
    from program import SAMPLE

    with open_bundle(SAMPLE) as sample:
        (artefact,) = sample.of_kind(Kind.CPU_PROFILE)
        profile = bytes(sample.read(artefact))
    files: dict[str, Path | bytes] = {
        f"attempts/{n}/test.json": passing.folder / "test.json" for n in ("001", "002")
    }
    bundle = laid_out(tmp_path, {**files, "attempts/002/cpu.pprof": profile})
    cases = [load_case(bundle, outline) for outline in list_cases(bundle)]
    found = [[each.artefact for each in load_profiles(bundle, case)[0]] for case in cases]
    assert found == [[], ["attempts/002/cpu.pprof"]]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, passing: Capture, failing: Capture) -> Bundle:
    files: dict[str, Path | bytes] = {
        f"attempts/{number}/test.json": taken.folder / "test.json"
        for number, taken in (("001", passing), ("002", failing), ("010", passing))
    }
    return laid_out(tmp_path_factory.mktemp("many"), files)


@pytest.mark.parametrize(
    ("package", "attempt", "chosen"),
    [
        (None, None, ["002", "001", "010"]),
        (WORK, None, ["001", "010"]),
        ("work", None, ["001", "010"]),
        ("./endings/asserts", None, ["002"]),
        (None, "002", ["002"]),
        (None, "2", ["002"]),
        ("work", "10", ["010"]),
    ],
)
def test_cases_are_chosen_by_package_and_attempt(
    package: str | None, attempt: str | None, chosen: list[str], many: Bundle
) -> None:
    found = choose_cases(list_cases(many), package, attempt)
    assert [outline.attempt for outline in found] == chosen


def test_what_there_is_is_told_where_nothing_fits(many: Bundle, passing: Capture) -> None:
    outlines = list_cases(many)
    with pytest.raises(BundleError, match=f"no package 'ork'; there is {ASSERTS}, {WORK}"):
        choose_cases(outlines, "ork")
    with pytest.raises(BundleError, match="no attempt '2'; there is 001, 010"):
        choose_cases(outlines, "work", "2")
    with pytest.raises(BundleError, match="there is only one, without a name"):
        choose_cases(list_cases(passing.bundle), attempt="1")
