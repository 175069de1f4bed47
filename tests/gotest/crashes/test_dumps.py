from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest import GoroutineDump, read_dump
from gotest.crashes.command_runs import printed
from toolchains import NEWEST, RELEASES


def dumped(release: str, level: int, count: int) -> bytes:
    """Return the dump that a small program wrote of itself."""
    return printed(release, "dumps", level, count, GODEBUG="tracebacklabels=1")


def standing_in(goroutines: tuple[GoroutineDump, ...], function: str) -> list[GoroutineDump]:
    return [g for g in goroutines if any(frame.function == function for frame in g.frames)]


@pytest.mark.parametrize("version", RELEASES)
def test_debug_2_has_every_goroutine_with_its_state_and_creator(version: str) -> None:
    dump = read_dump(dumped(version, 2, 30), name="goroutines.txt")
    assert dump.losses == ()
    assert dump.profile == "goroutine"
    assert dump.total == len(dump.goroutines) == 33
    assert len({goroutine.number for goroutine in dump.goroutines}) == 33
    receiving = standing_in(dump.goroutines, "main.receive")
    assert Counter(goroutine.state for goroutine in receiving) == {"chan receive": 30}
    assert {g.creator.function for g in receiving if g.creator} == {"main.main"}
    assert {g.creator_goroutine for g in receiving} == {1}
    (locking,) = standing_in(dump.goroutines, "main.wait")
    assert locking.state == "sync.Mutex.Lock"
    (locked,) = (goroutine for goroutine in dump.goroutines if goroutine.locked)
    assert locked.state == "select (no cases)"
    labels = (("job", 'a "b"'), ("step", "two"))
    has_labels = version in ("1.26.6", NEWEST)
    assert locking.labels == (labels if has_labels else ())


@pytest.mark.parametrize("version", RELEASES)
def test_debug_1_counts_what_stands_in_the_same_place(version: str) -> None:
    dump = read_dump(dumped(version, 1, 30), name="goroutines.txt")
    assert dump.losses == ()
    assert (dump.profile, dump.total, dump.goroutines) == ("goroutine", 33, ())
    assert sum(group.count for group in dump.groups) == 33
    first = dump.groups[0]
    assert first.count == 30
    assert first.frames[0].function == "main.receive"
    assert first.frames[0].file.endswith("testdata/dumps/main.go")
    assert first.frames[0].line == 16
    (labelled,) = (group for group in dump.groups if group.labels)
    assert labelled.labels == (("job", 'a "b"'), ("step", "two"))
    assert "main.wait" in [frame.function for frame in labelled.frames]


def test_ten_thousand_goroutines_are_read_well_within_a_second() -> None:
    data = dumped(NEWEST, 2, 10_000)
    began = time.process_time()
    dump = read_dump(data, name="goroutines.txt")
    assert time.process_time() - began < 1
    assert dump.total == 10_003


@pytest.mark.parametrize("level", [1, 2])
def test_a_dump_that_is_cut_off_says_so_and_keeps_what_it_has(level: int) -> None:
    data = dumped(NEWEST, level, 30)
    whole = read_dump(data, name="x")
    for size in range(len(data) // 2, len(data) - 1, 101):
        dump = read_dump(data[:size], name="ci/goroutines.txt")
        if not data[:size].endswith(b"\n") or dump.losses:
            assert [loss.where for loss in dump.losses] == ["ci/goroutines.txt"] or level == 1
        assert len(dump.goroutines) + len(dump.groups) <= len(whole.goroutines) + len(whole.groups)
        assert dump.groups[0] == whole.groups[0] if level == 1 else dump.goroutines[:10]


def test_another_file_holds_no_goroutine() -> None:
    dump = read_dump(b"hello\n", name="x.txt")
    assert [loss.what for loss in dump.losses] == ["there is no goroutine in it"]


dump_lines = st.sampled_from(
    [
        "goroutine profile: total 3",
        "2 @ 0x1 0x2",
        '# labels: {"a":"b", "c":"\\x1b[0m"}',
        "# labels: {",
        "#\t0x1\tmain.f+0x1\t\t/x.go:7",
        "#\t0x1",
        "goroutine 7 [running] {a: b}:",
        "main.f(0x1)",
        "\t/x.go:7 +0x1",
        "",
    ]
)


@given(st.lists(st.one_of(dump_lines, st.text(max_size=20)), max_size=40))
def test_no_mixture_of_lines_makes_the_reader_raise(texts: list[str]) -> None:
    dump = read_dump("\n".join(texts).encode("utf-8", "replace"), name="x")
    assert all(group.count > 0 for group in dump.groups)
