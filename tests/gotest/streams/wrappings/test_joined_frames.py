"""Frames whose place was joined to their function when they were copied."""

from __future__ import annotations

import pytest

from flakecore.gotest import read_text
from flakecore.gotest.streams.wrappings.joined_frames import find_joined_frames
from gotest.go_runs import go_plain
from toolchains import NEWEST


@pytest.mark.parametrize("first_only", [True, False])
def test_races_with_joined_frames_have_the_same_frames(first_only: bool) -> None:
    text = go_plain(NEWEST, "races", "-v", "-count=1", "-race").decode()
    joined = text.replace("()\n      /", "()      /", 2 if first_only else -1)
    assert joined != text
    bare, read = (read_text(each.encode(), name="test.log").packages[0] for each in (text, joined))
    assert [race.accesses for race in read.races] == [race.accesses for race in bare.races]


@pytest.mark.parametrize(
    "line",
    [
        "    crane_test.go:12: lift() at /w/quay/crane.go:9 failed",
        "lift()  /w/quay/crane.go:9",
        "see main.lift() /w/quay/crane.go:9 +0x1d for more",
        "\t/w/quay/crane.go:9 +0x1d",
    ],
)
def test_what_only_mentions_a_place_is_no_frame(line: str) -> None:
    assert find_joined_frames([line]) is None
