"""What a page puts behind every line comes off; what a program prints at some line ends stays."""

from __future__ import annotations

import pytest

from flakecore.gotest import read_text
from flakecore.gotest.streams.wrappings.suffixes import find_suffix

LOG = """\
=== RUN   TestBuoy
    buoy_test.go:12: want 3, got 2
--- FAIL: TestBuoy (0.03s)
FAIL
FAIL\texample.com/quay\t0.041s
"""


@pytest.mark.parametrize("suffix", [" | 86s", " | 0s", "<br>", "<br/>", "<br />"])
def test_what_ends_every_line_comes_off(suffix: str) -> None:
    wrapped = "".join(f"{line}{suffix}\n" for line in LOG.splitlines())
    bare, read = (read_text(each.encode(), name="test.log") for each in (LOG, wrapped))
    assert read.packages[0].tests == bare.packages[0].tests
    assert [line.text for line in read.packages[0].lines] == [
        line.text for line in bare.packages[0].lines
    ]


def test_what_ends_some_lines_stays() -> None:
    lines = LOG.splitlines()
    assert find_suffix([*lines, "waited | 3s", "waited | 4s", "waited | 5s"]) is None
    assert find_suffix(["a | 3s", "b | 3s", "c | 3s", "d | 3s"]) is None
    assert find_suffix([]) is None
