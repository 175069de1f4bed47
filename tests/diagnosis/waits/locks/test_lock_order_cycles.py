"""Locks that were taken in a cycle are told with all places; one order or a gate is not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from diagnosis.program_bundles import PROGRAMS, collected_program, named
from flakecore.report.profile.contention_text import contention_text
from flakecore.report.profile.profile_request import ProfileRequest
from flakecore.timeline.sources import Sources, bundled_sources
from timeline.captures import Capture

pytestmark = pytest.mark.needs_go

HANGS = "TestRingThenHangs"


def _run(program: str) -> Capture:
    more = ("-skip", HANGS) if program == "lock_rings" else ()
    return collected_program(program, "--no-race", *more)


def _told(test: str, program: str = "lock_rings") -> list[str]:
    run = _run(program)
    case, bundled = run.case, bundled_sources(run.bundle)
    sources = Sources(package=case.package, bundled=bundled)
    text = contention_text([case], ProfileRequest(test=test), [sources])
    assert "mutex" in text
    return [named(line) for line in text.splitlines() if "was waited for" in line]


@pytest.mark.slow
def test_both_places_are_told_with_what_was_held_there() -> None:
    assert _told("TestBothOrders", "lock_order") == [
        "! journal was waited for once at lockorder.note lock_order_test.go:36 while accounts was"
        " held, and accounts once at lockorder.replay lock_order_test.go:42 while journal was held"
    ]


def test_one_order_is_silent_and_so_is_a_lock_that_was_released_before() -> None:
    assert _told("TestOneOrder", "lock_order") == []


def test_a_third_lock_around_both_keeps_them_apart() -> None:
    assert _told("TestGated", "lock_order") == []


def test_a_ring_of_three_is_told_with_all_places() -> None:
    assert _told("TestRingOfThree") == [
        "! orders was waited for once at lockrings.refund @orders while billing was held, stock"
        " once at lockrings.order @stock while orders was held, and billing once at lockrings.bill"
        " @billing while stock was held"
    ]


@pytest.mark.parametrize("test", ["TestOneOrderOfThree", "TestGatedRing", "TestOneGoroutine"])
def test_what_cannot_meet_is_no_ring(test: str) -> None:
    assert _told(test) == []


def test_fields_in_both_orders_are_told_by_their_types_and_that_their_values_are_unknown() -> None:
    assert _told("TestFieldsInBothOrders") == [
        "! Server.mu was waited for once at lockrings.(*Server).forget @server while Conn.mu was"
        " held, and Conn.mu once at lockrings.(*Conn).drop @conn while Server.mu was held; whether"
        " of the same values each time is not seen"
    ]
    assert _told("TestFieldsInOneOrder") == []


def test_readers_wait_for_writers_alone() -> None:
    assert _told("TestReadersAndWriters") == [
        "! index was waited for once at lockrings.rebuild @index while entries was held, and"
        " entries once at lockrings.write @entries while index was held"
    ]
    assert _told("TestReadersAlone") == []


def test_a_file_that_was_changed_after_the_run_tells_nothing(tmp_path: Path) -> None:
    shutil.copytree(PROGRAMS / "lock_order", tmp_path, dirs_exist_ok=True)
    case = _run("lock_order").case
    here = Sources(package=case.package, working=tmp_path)
    for zero_wall_ns, is_told in ((1, False), (1 << 62, True)):
        ran = replace(case, clock=replace(case.clock, zero_wall_ns=zero_wall_ns))
        text = contention_text([ran], ProfileRequest(), [here])
        assert ("was waited for" in text) is is_told


def test_without_the_source_nothing_is_said() -> None:
    text = contention_text([_run("lock_order").case], ProfileRequest())
    assert "was waited for" not in text
