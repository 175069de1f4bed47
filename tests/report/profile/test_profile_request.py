"""A profile is found by its kind, its test and its window, or it is said what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.bundle import open_bundle
from flakecore.errors import ProfileError
from flakecore.pprof import Filter, Label, ProfileFrame, encoded
from flakecore.report.profile.profile_request import (
    ProfileRequest,
    ProfileShown,
    profile_shown,
    profiles_of_cases,
)
from flakecore.timeline import list_cases, load_case
from pprof.made import profile_of
from program import SAMPLE

A = (ProfileFrame("example.com/p.A", "a.go", 1),)


def _found(place: Path, request: ProfileRequest) -> ProfileShown:
    with open_bundle(place) as bundle:
        cases = [load_case(bundle, entry) for entry in list_cases(bundle)]
        return profiles_of_cases(bundle, cases, request)


def _labelled(path: Path) -> Path:
    labels = [(Label("test", name, 0, ""),) for name in ("TestA", "TestA/sub", "TestAB")]
    made = [(A, each, (1, value)) for each, value in zip(labels, (1, 2, 4), strict=True)]
    path.write_bytes(encoded(profile_of(made)))
    return path


def test_the_first_kind_there_is_is_shown_unless_another_is_asked_for() -> None:
    assert _found(SAMPLE, ProfileRequest()).name == "cpu"
    assert _found(SAMPLE, ProfileRequest(kind="mutex")).measure == "delay"
    objects = _found(SAMPLE, ProfileRequest(kind="mem", measure="alloc_objects"))
    assert (objects.measure, objects.unit) == ("alloc_objects", "count")


def test_a_test_is_itself_with_its_subtests(tmp_path: Path) -> None:
    file = _labelled(tmp_path / "cpu.pprof")
    assert _found(file, ProfileRequest(test="TestA")).profile.values[:, 1].sum() == 3
    assert _found(file, ProfileRequest(test="TestAB")).profile.values[:, 1].sum() == 4


def test_a_test_of_the_trace_is_what_its_goroutines_did() -> None:
    whole = _found(SAMPLE, ProfileRequest("trace-cpu"))
    one = _found(SAMPLE, ProfileRequest("trace-cpu", "TestRenderStaysWithinBudget"))
    other = _found(SAMPLE, ProfileRequest("trace-cpu", "TestArchiveForgets"))
    names = [{f.function for stack in each.profile.stacks for f in stack} for each in (one, other)]
    assert "example.com/flaky/courier.Render" in names[0] - names[1]
    assert one.profile.values.sum() + other.profile.values.sum() <= whole.profile.values.sum()


def test_shares_are_of_all_before_filters(tmp_path: Path) -> None:
    found = _found(
        _labelled(tmp_path / "cpu.pprof"), ProfileRequest(filter=Filter(tag_focus="TestAB"))
    )
    assert (found.profile.values[:, 1].sum(), found.whole.values[:, 1].sum()) == (4, 7)


def test_what_is_not_there_says_what_is(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"no goroutineleak profile; there are: cpu, .*trace"):
        _found(SAMPLE, ProfileRequest("goroutineleak"))
    with pytest.raises(ProfileError, match="a mem profile knows no times; --kind trace-cpu"):
        _found(SAMPLE, ProfileRequest("mem", from_ns=5))
    with pytest.raises(ProfileError, match="no test 'TestNone' ran"):
        _found(SAMPLE, ProfileRequest("trace-cpu", "TestNone"))
    with pytest.raises(ProfileError, match=r"its samples do not tell the test; --kind trace-cpu"):
        _found(SAMPLE, ProfileRequest("mem", "TestArchiveForgets"))
    with pytest.raises(ProfileError, match="does not count 'delay'; it counts samples, cpu"):
        profile_shown(profile_of([]), ProfileRequest(measure="delay"))
    cut = tmp_path / "cpu.pprof"
    cut.write_bytes(encoded(profile_of([]))[:-9])
    with pytest.raises(ProfileError, match=r"cpu\.pprof is cut off"):
        _found(cut, ProfileRequest())
