"""A line that allocates above half of all bytes is named; half, few samples and others are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flakecore.bundle import open_bundle
from flakecore.pprof import Filter, Profile, ProfileFrame, ValueType, difference, filtered
from flakecore.report.profile.allocation_site import allocation_site
from flakecore.report.profile.profile_request import ProfileRequest, profile_shown
from flakecore.report.profile.profile_text import top_text
from flakecore.report.text.text_report import render_text
from flakecore.timeline import list_cases, load_case
from pprof.made import profile_of
from pprof.profiles import KINDS, profile, written_by
from toolchains import NEWEST

GROW = ProfileFrame("example.com/p.grow", "/p/a.go", 7)
COPY = ProfileFrame("example.com/p.copy", "/p/a.go", 9)
PRINT = ProfileFrame("fmt.Sprintf", "/go/src/fmt/print.go", 3)
MALLOC = ProfileFrame("runtime.mallocgc", "/go/src/runtime/malloc.go", 3)
MB = 1 << 20


def _heap(grow: int, copy: int, period: int = 4096) -> Profile:
    """Return a heap profile of two lines' bytes, one of them allocated by what it calls."""
    made = profile_of([((MALLOC, GROW), (), (1, grow)), ((PRINT, COPY), (), (1, copy))])
    types = (ValueType("alloc_objects", "count"), ValueType("alloc_space", "bytes"))
    return replace(made, sample_types=types, period=period)


def test_the_line_is_named_with_its_share_of_all_bytes() -> None:
    said = "p.grow a.go:7 allocates 75% of 62.9 MB in all (more than 50%)"
    assert allocation_site(_heap(45 * MB, 15 * MB)) == said
    assert allocation_site(_heap(15 * MB, 45 * MB)).startswith("p.copy a.go:9 allocates 75%")


def test_two_lines_of_half_each_are_silent() -> None:
    assert allocation_site(_heap(30 * MB, 30 * MB)) == ""


def test_few_bytes_and_few_samples_are_silent() -> None:
    assert allocation_site(_heap(9 * MB, 1 * MB)) == ""
    assert allocation_site(_heap(20 * MB, 1 * MB, period=512 << 10)) == ""
    assert allocation_site(_heap(20 * MB, 1 * MB)) != ""


def test_a_real_program_that_allocates_in_one_line_and_the_rest_of_it() -> None:
    heap = profile(NEWEST, "mem")
    said = allocation_site(heap, "example.com/work")
    assert said.startswith("work.allocate work_test.go:31 allocates 9")
    rest = filtered(heap, Filter(ignore="allocate"))
    assert len(rest.values) and allocation_site(rest, "example.com/work") == ""


def test_other_profiles_and_differences_are_silent() -> None:
    for kind in set(KINDS) - {"mem"}:
        assert allocation_site(profile(NEWEST, kind)) == ""
    assert allocation_site(difference(_heap(90 * MB, MB), _heap(30 * MB, 9 * MB))) == ""
    assert allocation_site(profile_of([])) == ""


def test_report_and_profile_top_say_it(tmp_path: Path) -> None:
    (tmp_path / "mem.pprof").write_bytes(written_by(NEWEST)["mem"])
    said = "work.allocate work_test.go:31 allocates"
    with open_bundle(tmp_path) as bundle:
        text = render_text(bundle, [load_case(bundle, list_cases(bundle)[0])])
    assert said in " ".join(text.split())
    heap = profile(NEWEST, "mem")
    assert f"! {said}" in top_text(
        profile_shown(heap, ProfileRequest(kind="mem")), ProfileRequest(kind="mem")
    )
    cpu = profile(NEWEST, "cpu")
    assert "!" not in top_text(profile_shown(cpu, ProfileRequest()), ProfileRequest())
