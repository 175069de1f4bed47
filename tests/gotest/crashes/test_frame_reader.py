"""Frames as they are printed, and as terminals and pagers leave them."""

from __future__ import annotations

import pytest

from flakecore.gotest.crashes.frame_reader import FrameReader

PLACE = "    /w/quay/crane.go:170 +0x733"


@pytest.mark.parametrize(
    ("call", "function"),
    [
        ("example.com/quay.(*Crane).lift(0xc0000f2be0, 0x3)", "example.com/quay.(*Crane).lift"),
        ("example.com/quay.(*Crane).lift(0xc0000f2be0, 0x", "example.com/quay.(*Crane).lift"),
        ("example.com/quay.lift({0xc0000f2be0, 0x3}, {0x1bf", "example.com/quay.lift"),
        ("main.main.func1(0x1,", "main.main.func1"),
    ],
)
def test_a_frame_is_known_with_or_without_the_end_of_its_first_line(
    call: str, function: str
) -> None:
    frame = FrameReader([call, PLACE]).frame_at(0)
    assert frame is not None
    assert (frame.function, frame.file, frame.line) == (function, "/w/quay/crane.go", 170)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("waited for the crane (0x3", PLACE),
        ("created by example.com/quay.(*Crane).lift(0x3", PLACE),
        ("example.com/quay.lift(0x3", "    /w/quay/crane.go:170"),
        ("example.com/quay.lift(3 cranes", PLACE),
        ("example.com/quay.lift(0x3", "cranes: 12"),
    ],
)
def test_other_text_before_a_place_is_no_frame(first: str, second: str) -> None:
    assert FrameReader([first, second]).frame_at(0) is None
