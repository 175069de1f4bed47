"""One thing, none, and many."""

from __future__ import annotations

from flakecore.text.counted import counted


def test_only_one_thing_has_no_s() -> None:
    assert [counted(count, "run") for count in (0, 1, 2, 1204)] == [
        "0 runs",
        "1 run",
        "2 runs",
        "1,204 runs",
    ]
