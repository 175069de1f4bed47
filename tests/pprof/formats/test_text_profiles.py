"""Profiles as text (debug=1) add up to what the same profiles add up to in binary form."""

from __future__ import annotations

import pytest

from flakecore.errors import ProfileError
from flakecore.pprof import has_names, profile_kind, read_profile

GOROUTINES = b"""goroutine profile: total 7
6 @ 0x47262e 0x40f053 0x4d6739
# labels: {"pool":"a b"}
#\t0x4d6738\tmain.wait+0x18\t/src/orchard/main.go:12

1 @ 0x441f1d
#\t0x441f1c\tmain.main+0x1c\t/src/orchard/main.go:9
"""
HEAP = b"""heap profile: 1: 1024 [3: 3072] @ heap/1048576
1: 1024 [3: 3072] @ 0x4d6739
#\t0x4d6738\tmain.fill+0x18\t/src/orchard/main.go:12

# runtime.MemStats
# Alloc = 12345
"""
WAITS = b"""--- %s:
cycles/second=2000000000
%s4000000 3 @ 0x4d6739
#\t0x4d6738\tmain.wait+0x18\t/src/orchard/main.go:12
"""


def test_goroutines_are_counted_by_their_stacks() -> None:
    profile = read_profile(GOROUTINES, name="goroutine")
    assert profile_kind(profile) == "goroutine"
    assert profile.values.tolist() == [[6], [1]]
    assert [(stack[0].function, stack[0].line) for stack in profile.stacks] == [
        ("main.wait", 12),
        ("main.main", 9),
    ]
    labels = profile.label_sets[profile.labels_of_sample[0]]
    assert [(label.key, label.text) for label in labels] == [("pool", "a b")]


@pytest.mark.parametrize("wrap", [lambda t: t.replace(b"\n", b"\r\n"), lambda t: t.expandtabs(8)])
def test_line_ends_and_tabs_do_not_matter(wrap: object) -> None:
    assert callable(wrap)
    wrapped, plain = (read_profile(text, name="x") for text in (wrap(GOROUTINES), GOROUTINES))
    assert tuple(wrapped.stacks) == tuple(plain.stacks)


def test_memory_is_scaled_by_the_chance_of_a_sample() -> None:
    """1 KiB at one sample in 512 KiB stands for 1 / (1 - exp(-1/512)) of its size."""
    profile = read_profile(HEAP, name="heap")
    assert profile_kind(profile) == "mem"
    assert [each.kind for each in profile.sample_types] == [
        "alloc_objects",
        "alloc_space",
        "inuse_objects",
        "inuse_space",
    ]
    assert profile.values.tolist() == [[1537, 1574400, 512, 524800]]


@pytest.mark.parametrize(
    ("title", "period", "delay", "count"),
    [(b"contention", b"", 2_000_000, 3), (b"mutex", b"sampling period=5\n", 10_000_000, 15)],
)
def test_cycles_are_nanoseconds(title: bytes, period: bytes, delay: int, count: int) -> None:
    profile = read_profile(WAITS % (title, period), name="x")
    assert profile.values.tolist() == [[count, delay]]
    assert profile.sample_types[profile.default_type].kind == "delay"


def test_a_profile_without_names_has_its_addresses() -> None:
    profile = read_profile(b"threadcreate profile: total 2\n2 @ 0x10 0x20\n", name="x")
    assert [frame.function for frame in profile.stacks[0]] == ["0xf", "0x1f"]
    assert not has_names(profile.stacks)
    assert has_names(read_profile(GOROUTINES, name="x").stacks)


def test_other_text_is_no_profile() -> None:
    with pytest.raises(ProfileError):
        read_profile(b"a profile: total @ 7\n", name="x")
