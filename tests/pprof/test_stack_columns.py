from __future__ import annotations

import pytest

from flakecore.pprof import ProfileFrame, stacks_of

A, B = ProfileFrame("p.a", "a.go", 1), ProfileFrame("p.b", "b.go", 2)


def test_stacks_come_back_as_they_were_given() -> None:
    given = [(A, B), (), (B,), (A, A)]
    stacks = stacks_of(given)
    assert list(stacks) == given
    assert stacks.depths.tolist() == [2, 0, 1, 2]
    assert stacks.row_of_each().tolist() == [0, 0, 2, 3, 3]
    assert [stacks.profile_frame(f) if f >= 0 else None for f in stacks.innermost()] == [
        *(A, None, B, A)
    ]
    with pytest.raises(IndexError):
        stacks[4]


def test_a_frame_stands_once_however_many_stacks_have_it() -> None:
    stacks = stacks_of([(A, B), (B, A), (A,)])
    assert len(stacks.frames) == len(stacks.functions.names) == 2
