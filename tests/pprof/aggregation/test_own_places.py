"""A stack is charged to the frame that ``flakecore.frames.own_frame`` names."""

from __future__ import annotations

import pytest

from flakecore.frames import own_frame
from flakecore.pprof import ProfileFrame, own_frames, stacks_of
from pprof.profiles import profile


@pytest.mark.parametrize("package", ["example.com/work", "example.com/other", ""])
def test_each_stack_is_charged_to_its_own_frame(release: str, kind: str, package: str) -> None:
    stacks = profile(release, kind).stacks
    found = [stacks.profile_frame(f) if f >= 0 else None for f in own_frames(stacks, package)]
    assert found == [own_frame(stack, package) for stack in stacks]


def test_what_c_does_on_behalf_of_go_is_charged_to_go() -> None:
    caller = ProfileFrame("example.com/work.store", "work.go", 4)
    stacks = stacks_of(
        [(ProfileFrame("__tsan_write", "", 0), caller), (ProfileFrame("racecall", "", 0),)]
    )
    found = own_frames(stacks, "example.com/work")
    assert [stacks.profile_frame(f) if f >= 0 else None for f in found] == [caller, None]
