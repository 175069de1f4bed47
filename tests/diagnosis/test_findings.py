"""The words that stand beside a line of source which a finding names."""

from __future__ import annotations

import pytest

from flakecore.diagnosis import Place, Role


@pytest.mark.parametrize(
    ("role", "goroutine", "words"),
    [
        (Role.WAITS, 7, "G7 waits"),
        (Role.LOCKED_AT, 7, "G7 locked at"),
        (Role.CREATED, 0, "started here"),
        (Role.RUNS, 7, "G7 is here"),  # asleep too
        (Role.RUNS, 0, "here"),
    ],
)
def test_a_place_says_who_and_what_for(role: Role, goroutine: int, words: str) -> None:
    assert Place(role, goroutine, "p.F", "/p/a.go", 3).words == words
