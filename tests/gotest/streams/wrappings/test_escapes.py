"""Colours in logs, whole and with their escape character lost."""

from __future__ import annotations

import pytest

from flakecore.gotest import read_text
from flakecore.gotest.streams.wrappings.escapes import find_broken_escapes
from gotest.go_runs import go_plain
from toolchains import NEWEST


@pytest.mark.parametrize("escape", ["\x1b", ""])
def test_a_coloured_panic_says_what_it_says_without_colours(escape: str) -> None:
    text = go_plain(NEWEST, "crashes", "-v", "-count=1", "-run=^TestPanicInTest$").decode()
    coloured = "".join(
        f"\t{escape}[36m{file}{escape}[0m:{escape}[1;35m{rest}{escape}[0m\n"
        if file.startswith("/") and (rest := line.rpartition(":")[2]) != line
        else f"{line}\n"
        for line in text.split("\n")[:-1]
        for file in [line.strip().rpartition(":")[0]]
    )
    assert coloured != text
    bare, read = (read_text(each.encode(), name="x").packages[0] for each in (text, coloured))
    assert [crash.goroutines for crash in read.crashes] == [
        crash.goroutines for crash in bare.crashes
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["[3m] is a length", "goroutine 7 [running]:"],
        ["a [1m1[0m", "b [1m1[0m", "c [1m1[0m"],
        ["[31m1[0m", "--- FAIL: TestA (0.00s)"],
    ],
)
def test_brackets_that_colour_nothing_of_gos_are_text(lines: list[str]) -> None:
    assert find_broken_escapes(lines) is None
