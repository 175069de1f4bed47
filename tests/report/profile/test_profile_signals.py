"""What stands out in a profile is said below it: rings of locks, and what grows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.program_bundles import collected_program
from flakecore.bundle import open_bundle
from flakecore.gotrace import State
from flakecore.loss import Loss
from flakecore.pprof import Profile, ProfileFrame, ValueType
from flakecore.report.profile.channel_cycles import sites_of_trace
from flakecore.report.profile.profile_signals import LONG_NS, growing, profile_signals
from flakecore.report.profile.series_text import series_text
from flakecore.timeline import CaseProfile, list_cases, load_case, load_profiles
from flakecore.timeline.sources import Sources, bundled_sources
from flaketui.cli import main
from pprof.made import profile_of
from program import SAMPLE

KEEP = ProfileFrame("example.com/p.keep", "/src/p/a.go", 3)
RING = "orders was waited for once at lockrings.refund"


def _heap(at: int, size: int, *, pulled: bool) -> CaseProfile:
    made = profile_of([((KEEP,), (), (1, size << 20))])
    types = (ValueType("inuse_objects", "count"), ValueType("inuse_space", "bytes"))
    profile: Profile = replace(made, sample_types=types, period=512 << 10, time_ns=at + 1)
    name = f"pulled/heap-{1767323045000000000 + at}.pprof" if pulled else f"heap{at}.pprof"
    return CaseProfile(name, "mem", profile)


def _series(*sizes: int, pulled: bool = True) -> list[CaseProfile]:
    return [_heap(at, size, pulled=pulled) for at, size in enumerate(sizes)]


def test_a_line_that_grows_through_a_series_is_told_below_it() -> None:
    series = _series(10, 20, 31, 40, 52)
    (sentence,) = growing(series)
    assert sentence == (
        "what p.keep a.go:3 made and is alive keeps growing through 5 heap profiles, from 10.5 MB"
        " to 54.5 MB"
    )
    assert series_text(series).splitlines()[-1] == f"! {sentence}"


def test_profiles_of_another_process_are_no_part_of_the_series() -> None:
    assert list(growing([*_series(10, 20, 31), *_series(40, 52, pulled=False)])) == []


def test_a_heap_that_goes_up_and_down_is_silent() -> None:
    assert list(growing(_series(10, 40, 20, 50, 60))) == []


@pytest.mark.needs_go
@pytest.mark.parametrize("traced", [True, False])
def test_a_ring_of_locks_is_told_of_waits_by_the_trace_or_the_block_profile(traced: bool) -> None:
    run = collected_program("lock_rings", "--no-race", "-run", "^TestRingOfThree$")
    profiles, _ = load_profiles(run.bundle, run.case)
    case = run.case if traced else run.case.without_trace()
    sources = Sources(package=case.package, bundled=bundled_sources(run.bundle))
    for kind in ("block", "mutex", "trace-wait"):
        (sentence,) = profile_signals(case, profiles, kind, sources)
        assert sentence.startswith(RING)
    assert profile_signals(case, profiles, "cpu", sources) == ()
    assert profile_signals(case, profiles, "block", None) == ()


def test_what_fails_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("flakecore.report.profile.profile_signals._cycles", fail)
    with open_bundle(SAMPLE) as bundle:
        case = load_case(bundle, list_cases(bundle)[0])
    losses: list[Loss] = []
    assert profile_signals(case, [], "block", Sources(), losses) == ()
    (loss,) = losses
    assert "what stands out is not worked out" in str(loss)


@pytest.mark.needs_go
def test_the_command_says_it_below_the_rows(capsys: pytest.CaptureFixture[str]) -> None:
    run = collected_program("lock_rings", "--no-race", "-run", "^TestRingOfThree$")
    assert main(["profile", str(run.folder), "--kind", "block"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"! {RING}")


@pytest.mark.needs_go
@pytest.mark.parametrize(
    ("waits", "total_ns", "said"), [(10, LONG_NS, 1), (9, LONG_NS, 0), (10, LONG_NS - 1, 0)]
)
def test_a_lock_that_is_long_and_often_waited_for_is_named(
    waits: int, total_ns: int, said: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = collected_program("lock_rings", "--no-race", "-run", "^TestRingOfThree$")
    (site, *_) = (each for each in sites_of_trace(run.case) if each.state is State.MUTEX)
    monkeypatch.setattr(
        "flakecore.report.profile.channel_cycles.sites_of_trace",
        lambda _: (replace(site, waits=waits, total_ns=total_ns),),
    )
    sources = Sources(package=run.case.package, bundled=bundled_sources(run.bundle))
    found = profile_signals(run.case, [], "trace-wait", sources)
    assert [" waited for a mutex 10 times, 50.0ms in all" in each for each in found[1:]] == [
        True
    ] * said
