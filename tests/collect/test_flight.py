"""``--flight``: the time before each failure, by the flight recorder of Go 1.25 and later."""

from __future__ import annotations

from pathlib import Path

import pytest

import flakecore
from collect.running import collected, make_module
from flakecore.bundle import Kind, open_bundle
from flakecore.errors import CollectError
from flakecore.gotrace import State
from flakecore.timeline.windows import windows_of
from flights import WINDOW_NS, WITH_RECORDER, flight, flight_case
from toolchains import NEWEST, go_environment

SECOND = 10**9


@pytest.mark.parametrize("release", WITH_RECORDER)
def test_two_failures_leave_a_window_each_on_the_clock_of_the_run(release: str) -> None:
    case, trace = flight_case("long", release=release)
    with open_bundle(flight("long", release=release)) as opened:
        windows = windows_of(opened.of_kind(Kind.TRACE))
        manifest = opened.manifest
    assert manifest is not None
    assert manifest.flight_ns == WINDOW_NS
    assert not any("trace" in each for each in (*manifest.missing, *manifest.binary_flags))
    times = {each.name: each.unix_ns for each in manifest.artefacts if each.kind == "trace"}
    assert [each.name for each in windows] == sorted(times)
    assert len(windows) == len(trace.recorded) == len(case.failures) == 2
    zero = case.clock.zero_wall_ns
    assert zero is not None
    for failure, (start, end), when in zip(
        case.failures, trace.recorded, sorted(times.values()), strict=True
    ):
        assert start <= failure.at_ns <= end <= when + SECOND - zero
    assert [each.test_name for each in case.failures] == ["TestFirst", "TestSecond/sub"]
    assert trace.recorded[0][0] > 0
    assert trace.recorded[0][1] < trace.recorded[1][0]
    assert case.end_ns > trace.end_ns


def test_a_run_that_passes_leaves_no_window_and_lacks_nothing() -> None:
    with flakecore.open(flight("long", "-run=TestBefore|TestAfter")) as opened:
        assert opened.bundle.manifest is not None
        assert opened.bundle.manifest.exit_code == 0
        assert opened.bundle.manifest.missing == ()
        assert opened.bundle.of_kind(Kind.TRACE) == ()
        (case,) = opened.cases
    assert case.trace is None
    assert case.failures == ()
    assert case.losses == ()


def test_a_panic_on_another_goroutine_leaves_the_time_before_it() -> None:
    case, trace = flight_case("ends", "-run=TestPanics")
    (failure,) = case.failures
    assert case.tests[failure.test].goroutine
    assert case.schedule is not None
    # The goroutine that panics has slept before; the test sleeps still.
    waits = case.schedule.waits(0, trace.end_ns, 100)
    slept = {wait.goroutine: wait.cut for wait in waits if wait.state is State.SLEEP}
    assert slept.pop(case.tests[failure.test].goroutine)
    assert list(slept.values()) == [False]
    assert trace.end_ns <= failure.at_ns
    assert "panic" in {each.kind.value for each in case.failures}


@pytest.mark.slow
def test_a_timeout_leaves_the_time_up_to_it() -> None:
    case, trace = flight_case("ends", "-run=TestSleeps", "-timeout=1s")
    (failure,) = case.failures
    assert failure.kind.value == "timeout"
    assert abs(trace.end_ns - failure.at_ns) < SECOND // 5


@pytest.mark.parametrize(
    ("release", "options", "said"),
    [
        ("1.22.10", {}, "has no flight recorder, which --flight needs: Go 1.25 has one"),
        (NEWEST, {"objects": False}, "--flight does not go with --no-objects"),
        (NEWEST, {"probe": False}, "--flight does not go with --no-probe"),
    ],
)
def test_what_could_record_no_window_is_refused_with_what_happens_instead(
    release: str,
    options: dict[str, bool],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, text in go_environment(release).items():
        monkeypatch.setenv(name, text)
    old = make_module(tmp_path / "old", "example.com/old", {"x_test.go": "package old\n"})
    with pytest.raises(CollectError) as told:
        collected(old, tmp_path / "x.zip", ".", flight_ns=SECOND, **options)
    assert said in str(told.value)
    assert "the whole trace is recorded" in str(told.value)
    assert not (tmp_path / "x.zip").exists()
