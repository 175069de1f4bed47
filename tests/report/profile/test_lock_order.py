"""Locks that were taken in both orders are told with both places; one order or a gate is not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from diagnosis.program_bundles import PROGRAMS, collected_program
from flakecore.report.profile.contention_text import contention_text
from flakecore.report.profile.profile_request import ProfileRequest
from flakecore.timeline.sources import Sources, bundled_sources
from timeline.captures import Capture

pytestmark = pytest.mark.needs_go


def _run() -> Capture:
    return collected_program("lock_order", "--no-race")


def _told(test: str) -> list[str]:
    case, bundled = _run().case, bundled_sources(_run().bundle)
    sources = Sources(package=case.package, bundled=bundled)
    text = contention_text([case], ProfileRequest(test=test), [sources])
    assert "mutex" in text
    return [line for line in text.splitlines() if "was waited for" in line]


@pytest.mark.slow
def test_both_places_are_told_with_what_was_held_there() -> None:
    assert _told("TestBothOrders") == [
        "! journal was waited for once at lockorder.note lock_order_test.go:36 while accounts was"
        " held, and accounts once at lockorder.replay lock_order_test.go:42 while journal was held"
    ]


def test_one_order_is_silent_and_so_is_a_lock_that_was_released_before() -> None:
    assert _told("TestOneOrder") == []


def test_a_third_lock_around_both_keeps_them_apart() -> None:
    assert _told("TestGated") == []


def test_a_file_that_was_changed_after_the_run_tells_nothing(tmp_path: Path) -> None:
    shutil.copytree(PROGRAMS / "lock_order", tmp_path, dirs_exist_ok=True)
    case = _run().case
    here = Sources(package=case.package, working=tmp_path)
    for zero_wall_ns, is_told in ((1, False), (1 << 62, True)):
        ran = replace(case, clock=replace(case.clock, zero_wall_ns=zero_wall_ns))
        text = contention_text([ran], ProfileRequest(), [here])
        assert ("was waited for" in text) is is_told


def test_without_the_source_nothing_is_said() -> None:
    assert "was waited for" not in contention_text([_run().case], ProfileRequest())
