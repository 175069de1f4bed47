from __future__ import annotations

from dataclasses import replace

from flakecore.pprof import Profile, ProfileFrame
from flakecore.timeline import CaseProfile
from flakecore.timeline.profiles.profile_series import (
    profile_series,
    taken_ns,
    whole_profile,
    whole_profiles,
)
from pprof.made import profile_of

F = ProfileFrame("p.F", "a.go", 1)


def _taken(kind: str, name: str, value: int) -> CaseProfile:
    return CaseProfile(name, kind, profile_of([((F,), (), (1, value))]))


def _at(second: int) -> Profile:
    return replace(profile_of([((F,), (), (1, second))]), time_ns=second * 10**9)


def test_profiles_are_in_the_order_they_were_taken() -> None:
    late = _taken("block", "pulled/block-1767323046000000000.pprof", 9)
    early = _taken("block", "pulled/block-1767323045000000000.pprof", 4)
    other = _taken("mutex", "mutex.pprof", 1)
    assert profile_series((late, other, early), "block") == (early, late)
    assert (taken_ns(early), taken_ns(other)) == (1767323045000000000, 7)
    whole = whole_profile((late, other, early), "block")
    assert whole is late.profile


def test_processor_time_of_several_profiles_adds_up() -> None:
    whole = whole_profile((_taken("cpu", "a.pprof", 9), _taken("cpu", "b.pprof", 4)), "cpu")
    assert whole is not None and whole.values.sum(axis=0).tolist() == [2, 13]
    assert whole_profile((), "cpu") is None


def test_what_was_taken_on_the_way_to_a_later_profile_is_not_reported_beside_it() -> None:
    names = ("mem-r000001.pprof", "mem-r000002.pprof", "mem.pprof", "a.pprof", "b.pprof")
    found = [CaseProfile(name, "mem", _at(second)) for second, name in enumerate(names[:3], 1)]
    assert [each.artefact for each in whole_profiles(found)] == ["mem.pprof"]
    loose = [CaseProfile(name, "mem", _at(second)) for second, name in enumerate(names[3:], 1)]
    assert [each.artefact for each in whole_profiles(loose)] == ["a.pprof", "b.pprof"]
    cpu = [CaseProfile(f"cpu-r00000{at}.pprof", "cpu", _at(at)) for at in (1, 2)]
    assert [each.artefact for each in whole_profiles(cpu)] == [each.artefact for each in cpu]
