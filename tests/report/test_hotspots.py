"""What a profile charges most is the program's; what nobody called stands apart, by its test."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from flakecore.bundle import open_bundle
from flakecore.pprof import Label, ProfileFrame
from flakecore.report.hotspots import Hotspot, format_value, hotspots
from flakecore.timeline import Case, CaseProfile, list_cases, load_case, load_profiles
from pprof.made import Sample, profile_of
from program import SAMPLE

OWN = ProfileFrame("example.com/flaky/courier.Render", "/c/render.go", 11)
RACE = ProfileFrame("__tsan_write", "", 0)
SYSTEM = ProfileFrame("runtime._System", "proc.go", 1)
ELSEWHERE = "(the runtime and the race detector)"


@cache
def _loaded() -> tuple[Case, tuple[CaseProfile, ...]]:
    with open_bundle(SAMPLE) as bundle:
        case = load_case(bundle, list_cases(bundle)[0])
        return case, tuple(load_profiles(bundle, case)[0])


def _places(made: list[Sample], *, traced: bool = False) -> list[tuple[str, str, int]]:
    case = _loaded()[0] if traced else replace(_loaded()[0], trace=None, schedule=None)
    found = hotspots(CaseProfile("cpu.pprof", "cpu", profile_of(made)), case)
    return [(place.function, place.test, place.value) for place in found.places]


def test_what_c_did_for_a_caller_is_the_callers() -> None:
    assert _places([((RACE, OWN), (), (1, 30)), ((OWN,), (), (1, 5))]) == [(OWN.function, "", 35)]


def test_what_nobody_called_comes_last_and_hides_nothing() -> None:
    made: list[Sample] = [((RACE, SYSTEM), (), (1, 900)), ((OWN,), (), (1, 5))]
    assert _places(made) == [(OWN.function, "", 5), (ELSEWHERE, "", 900)]


def test_labels_tell_the_test_that_it_was_done_for() -> None:
    labels = (Label("test", "TestA", 0, ""),)
    made: list[Sample] = [((RACE, SYSTEM), labels, (1, 30)), ((RACE, SYSTEM), (), (1, 7))]
    assert _places(made) == [(ELSEWHERE, "TestA", 30), (ELSEWHERE, "", 7)]


def test_without_labels_the_traces_samples_tell_it() -> None:
    case, profiles = _loaded()
    (cpu,) = (each for each in profiles if each.kind == "cpu")
    found = hotspots(cpu, case)
    by_test = {place.test: place.value for place in found.places if place.function == ELSEWHERE}
    assert set(by_test) - {""} == {"TestArchiveForgets", "TestRenderStaysWithinBudget"}
    assert sum(place.value for place in found.places) <= found.total
    assert [p.function != ELSEWHERE for p in found.places[:3]] == [True] * 3


def test_a_profile_of_nothing_has_no_places() -> None:
    assert _places([]) == []


def test_values_are_written_with_their_unit() -> None:
    written = [format_value(*each) for each in ((1_500_000, "nanoseconds"), (-2_000, "bytes"))]
    assert written == ["1.50ms", "-2.0 kB"]
    assert format_value(12_000, "count") == "12,000"
    assert Hotspot("f", "", 0, 1).test == ""
