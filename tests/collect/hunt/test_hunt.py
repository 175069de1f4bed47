"""Tests run again and again: the rare failure is caught and kept."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from collect.hunt.hunted_module import folders
from collect.running import collected, make_module
from flakecore.bundle import Kind, open_bundle
from flakecore.collect import HuntOptions
from flakecore.comparison import runs_conditions, runs_of_bundle
from flakecore.timeline import list_cases, load_cases
from toolchains import NEWEST, go_toolchain


def test_it_stops_at_the_first_failure_and_keeps_those_that_passed_beside_it(
    hunted: Path, tmp_path: Path, counter: Path
) -> None:
    run = collected(hunted, tmp_path / "x.zip", "./third", hunt=HuntOptions(until_fail=1))
    manifest = run.result.manifest
    assert run.result.exit_code == 1
    assert counter.read_text() == "..."
    assert (manifest.runs, manifest.failures) == (3, 1)
    assert [attempt.kept for attempt in manifest.attempts] == [True, True, True]
    assert manifest.attempts[2].failed == ("example.com/hunted/third.TestThird",)
    assert folders(run) == {"001", "002", "003"}
    assert manifest.missing == ()


def test_it_goes_on_until_so_many_have_failed(hunted: Path, tmp_path: Path, counter: Path) -> None:
    run = collected(hunted, tmp_path / "x.zip", "./third", hunt=HuntOptions(until_fail=3))
    assert counter.read_text() == "." * 9
    assert (run.result.manifest.runs, run.result.manifest.failures) == (9, 3)


@pytest.mark.parametrize(
    "version", [pytest.param("1.21.13", marks=pytest.mark.slow), "1.24.11", NEWEST]
)
def test_each_attempt_that_is_kept_is_a_case_of_its_own(
    version: str, hunted: Path, tmp_path: Path, counter: Path
) -> None:
    hunting = HuntOptions(max_runs=3)
    go = go_toolchain(version)
    run = collected(hunted, tmp_path / "x.zip", "./third", "./fine", hunt=hunting, go=go)
    assert counter.read_text() == "..."
    with open_bundle(run.result.bundle) as bundle:
        assert {a.attempt for a in bundle.of_kind(Kind.TRACE)} == {"001", "002", "003"}
        cases = load_cases(bundle)
        assert bundle.losses == ()
    found = {(case.package.rpartition("/")[2], case.attempt): case for case in cases}
    assert set(found) == {(p, a) for p in ("third", "fine") for a in ("001", "002", "003")}
    assert found["third", "003"].failures
    assert not found["third", "002"].failures
    assert found["third", "003"].trace


def test_the_only_run_that_is_kept_has_its_number_conditions_and_signature(
    hunted: Path, tmp_path: Path
) -> None:
    hunting = HuntOptions(max_runs=3, keep=1)
    run = collected(hunted, tmp_path / "x.zip", "./always", hunt=hunting)
    with open_bundle(run.result.bundle) as bundle:
        (entry,) = list_cases(bundle)
        first, second, third = runs_of_bundle(bundle)
        assert entry.attempt == "001"
        assert runs_conditions(bundle, entry.attempt) == first.conditions
    name = "example.com/hunted/always.TestAlways"
    assert first.signatures == {name: "assertion: again at x_test.go:5"}
    assert [each.failed for each in (first, second, third)] == [(name,)] * 3
    assert second.signatures == third.signatures == {}


def test_only_so_many_failures_are_kept(hunted: Path, tmp_path: Path, counter: Path) -> None:
    hunting = HuntOptions(max_runs=12, keep=2)
    run = collected(hunted, tmp_path / "x.zip", "./third", hunt=hunting)
    assert len(counter.read_text()) == 12
    assert (run.result.manifest.runs, run.result.manifest.failures) == (12, 4)
    assert folders(run) == {"001", "002", "003", "004", "006"}
    assert len(run.result.manifest.attempts) == 12


@pytest.mark.parametrize(
    ("turns", "kept"),
    [
        ("aaabxa", ["turns.TestA", "turns.TestB", "turns"]),
        ("xbaaab", ["turns", "turns.TestB", "turns.TestA"]),
    ],
)
def test_each_failing_test_is_kept_and_a_process_that_dies(
    turns: str,
    kept: list[str],
    hunted: Path,
    tmp_path: Path,
    counter: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TURNS", turns)
    hunting = HuntOptions(max_runs=len(turns), keep=3)
    run = collected(hunted, tmp_path / "x.zip", "./turns", hunt=hunting)
    attempts = run.result.manifest.attempts
    assert len(counter.read_text()) == len(attempts) == len(turns)
    assert [each.failed for each in attempts if each.kept] == [
        (f"example.com/hunted/{name}",) for name in kept
    ]


def test_disk_is_bounded_while_it_goes_on(hunted: Path, tmp_path: Path, counter: Path) -> None:
    most = 0

    def look(_progress: object) -> None:
        nonlocal most
        most = max(most, len(list((tmp_path / "x.zip.partial" / "attempts").iterdir())))

    collected(
        hunted, tmp_path / "x.zip", "./third", hunt=HuntOptions(max_runs=10, keep=1), report=look
    )
    assert len(counter.read_text()) == 10
    assert 2 <= most <= 5  # a failing run, three that passed, and the one that goes on


def test_without_a_failure_it_ends_with_0_and_few_that_passed(hunted: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(until_fail=1, limit_ns=10**9)
    run = collected(hunted, tmp_path / "x.zip", "./fine", hunt=hunting)
    assert run.result.exit_code == 0
    assert run.result.manifest.failures == 0
    assert 1 <= len(folders(run)) <= 3


def test_where_no_test_has_the_name_it_runs_once_and_says_so(hunted: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(until_fail=1, max_runs=50)
    run = collected(hunted, tmp_path / "x.zip", "./fine", hunt=hunting, test_flags={"-run": "Nope"})
    manifest = run.result.manifest
    assert (manifest.runs, manifest.failures) == (1, 0)
    assert manifest.missing == ("no test ran, and so they did not run again",)


def test_what_does_not_build_is_one_run_that_says_so(hunted: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(until_fail=1)
    run = collected(hunted, tmp_path / "x.zip", "./broken", "./fine", hunt=hunting)
    assert run.result.exit_code == 1
    assert "undefined: testing" in run.shown
    assert run.result.manifest.runs == 1


def test_one_failure_in_fifty_is_caught_without_any_stress(
    hunted: Path, tmp_path: Path, counter: Path
) -> None:
    hunting = HuntOptions(until_fail=1, max_runs=60)
    run = collected(hunted, tmp_path / "x.zip", "./rare", hunt=hunting)
    assert (run.result.manifest.runs, run.result.manifest.failures) == (50, 1)
    assert run.result.manifest.attempts[-1].failed == ("example.com/hunted/rare.TestRare",)
    assert len(counter.read_text()) == 50


def test_coverage_does_not_fail_the_runs(hunted: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(max_runs=2)
    extra = (f"-coverprofile={tmp_path / 'c.out'}",)
    run = collected(hunted, tmp_path / "x.zip", "./fine", hunt=hunting, extra=extra)
    assert (run.result.manifest.runs, run.result.manifest.failures) == (2, 0)


def test_a_kill_for_want_of_memory_is_told_of_an_attempt_too(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills = itertools.count()
    monkeypatch.setattr("flakecore.collect.capture.capture.oom_kills", lambda: next(kills))
    run = collected(endings, tmp_path / "x.zip", "./killed", hunt=HuntOptions(max_runs=1))
    assert "was killed by SIGKILL for want of memory" in run.result.manifest.missing[0]


def test_the_race_runtime_does_not_sleep_and_the_own_settings_of_it_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = 'import ("os"; "testing")\n\nfunc TestR(t *testing.T) { t.Log(os.Getenv("GORACE")) }\n'
    text = f"package r\n\n{body}"
    module = make_module(tmp_path / "r", "example.com/r", {"r_test.go": text})
    monkeypatch.setenv("GORACE", "halt_on_error=1")
    run = collected(module, tmp_path / "x.zip", hunt=HuntOptions(max_runs=1))
    assert run.result.manifest.environment["GORACE"] == "halt_on_error=1"
    with open_bundle(run.result.bundle) as bundle:
        (output,) = (bytes(bundle.read(each)) for each in bundle.of_kind(Kind.OUTPUT))
    assert b"halt_on_error=1 atexit_sleep_ms=0" in output
