"""Crashes as they are copied out of the terminal of a program that drew on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flakecore.gotest import read_text
from flakecore.gotest.streams.wrappings.terminal_copies import find_box, find_stairs
from gotest.go_runs import go_plain
from toolchains import NEWEST

WIDTH = 160
BORDER = "\N{BOX DRAWINGS LIGHT VERTICAL}"


def crash() -> str:
    text = go_plain(NEWEST, "crashes", "-count=1", "-run=^TestPanicInTest$").decode()
    return text[text.index("panic: ") :]


def as_stairs(text: str) -> str:
    """As a terminal shows it whose line ends move down only."""
    shown, column = "", 9
    for line in text.split("\n")[:-1]:
        wide = line.expandtabs(8)
        shown += f"{' ' * column if wide else ''}{wide}\n"
        column = (column + len(wide)) % WIDTH
    return f"<logs>   {shown.lstrip()}"


def in_a_box(text: str) -> str:
    lines = text.expandtabs(8).split("\n")[:-1]
    return "".join(f"{BORDER}{line.ljust(WIDTH)}{BORDER}\n" for line in lines)


def in_stairs_and_a_box(text: str) -> str:
    return in_a_box(as_stairs(text))


@pytest.mark.parametrize("shown", [as_stairs, in_a_box, in_stairs_and_a_box])
def test_a_crash_copied_from_a_terminal_has_its_frames(shown: Callable[[str], str]) -> None:
    bare, copied = (
        read_text(each.encode(), name="test.log").packages[0].crashes[0]
        for each in (crash(), shown(crash()))
    )
    assert copied.message == bare.message
    assert [
        [(frame.function, frame.line) for frame in each.frames] for each in copied.goroutines
    ] == [[(frame.function, frame.line) for frame in each.frames] for each in bare.goroutines]


def test_tables_and_indentation_are_neither() -> None:
    assert find_box(["│ a │", "│ b │", "goroutine 7 [running]:"]) is None
    assert find_stairs(["        goroutine 7 [running]:", "        main.f()"]) is None
    assert find_stairs([]) is None
