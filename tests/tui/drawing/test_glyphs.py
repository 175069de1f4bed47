"""Every glyph takes one cell, and states are told apart by glyph alone."""

from __future__ import annotations

from dataclasses import fields

import pytest
from rich.cells import cell_len

from flakecore.timeline import State, TestStatus
from flaketui.drawing.glyphs import ASCII, UNICODE, Glyphs


def characters(glyphs: Glyphs) -> list[str]:
    found: list[str] = []
    for field in fields(glyphs):
        value = getattr(glyphs, field.name)
        found += value.values() if isinstance(value, dict) else value
    return found


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_a_glyph_takes_one_cell(glyphs: Glyphs) -> None:
    assert {cell_len(one) for one in characters(glyphs)} == {1}
    assert set(glyphs.states) == set(State)
    assert set(glyphs.statuses) == set(TestStatus)


def test_the_ascii_set_is_ascii() -> None:
    assert all(one.isascii() for one in characters(ASCII))


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_waits_and_work_differ_by_glyph(glyphs: Glyphs) -> None:
    alike = {State.SYSTEM, State.IDLE}  # neither has anything to do
    told_apart = [glyphs.states[state] for state in State if state not in alike]
    assert len(set(told_apart)) == len(told_apart)
