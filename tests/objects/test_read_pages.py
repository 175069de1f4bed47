"""Pages as they stand in the file, whole, damaged and hostile."""

from __future__ import annotations

from typing import Any

import pytest

from flakecore.objects import ObjectKind, ObjectsPage, PageFrame, PageReason, read_pages
from objects.made_pages import lines, page


def _only(data: bytes) -> ObjectsPage:
    (found,), losses = read_pages(data, name="objects.json")
    assert losses == ()
    return found


def test_a_page_has_its_goroutines_with_stacks_and_what_they_wait_on() -> None:
    found = _only(lines(page()))
    assert (found.reason, found.go_version, found.is_whole) == (
        PageReason.DEADLINE,
        "go1.27.3",
        True,
    )
    waiter = found.by_number[8]
    assert (waiter.test, waiter.reason, waiter.live) == ("TestBoth", "sync.Mutex.Lock", False)
    assert [frame.line for frame in waiter.stack] == [46, 20, 2036]
    assert waiter.created_at == PageFrame("example.com/bank.Transfer", "/src/bank/bank.go", 20)
    assert waiter.labels == (("request", "9"),)
    (wait,) = waiter.waits
    assert (wait.address, wait.operation) == (0xC000012160, "lock")
    assert found.by_number[9].ended


def test_an_object_has_its_holders_and_what_was_done_to_it_last() -> None:
    found = _only(lines(page()))
    lock, channel = found.objects
    (holder,) = lock.holders
    assert (lock.kind, lock.short_address) == (ObjectKind.MUTEX, "0x…160")
    assert (holder.goroutine, holder.reads, holder.stack[0].line) == (9, False, 18)
    assert (channel.capacity, channel.length, channel.closed) == (1, 1, False)
    sent = channel.event("last_send")
    assert sent is not None
    assert (sent.goroutine, sent.stack[0].line) == (8, 18)
    assert channel.event("last_receive") is None
    assert (channel.reachable_from, channel.is_global, channel.variable) == (
        (8,),
        True,
        "bank.queue",
    )


@pytest.mark.parametrize(("signalled", "amount"), [(2_500, 1), (3_500, 0)])
def test_the_later_of_signal_and_broadcast_is_the_last_signal(signalled: int, amount: int) -> None:
    cond = {
        "address": "0xc000012160",
        "kind": "cond",
        "last_signal": {"goroutine": 8, "at": signalled, "stack": 1},
        "last_broadcast": {"goroutine": 9, "at": 3_000, "stack": 1},
    }
    (found,) = _only(lines(page(objects=[cond]))).objects
    event = found.event("last_signal")
    assert event is not None
    assert (event.amount, event.goroutine) == (amount, 9 if amount else 8)
    assert len(found.events) == 1


def test_times_are_on_the_clock_that_is_asked_for() -> None:
    data = lines(page())
    (found,), _ = read_pages(data, name="x", offset=lambda mono, unix: unix - mono - 1_000)
    start = 1_700_000_000_000_000_000 - 1_000
    assert (found.at_ns, found.timed) == (start + 5_000, True)
    assert found.by_number[8].since_ns == start + 4_000
    assert found.by_number[9].ended_ns == start + 3_000
    assert found.objects[0].holders[0].since_ns == start + 2_000


def test_without_a_clock_only_distances_are_known() -> None:
    found = _only(lines(page()))
    assert (found.at_ns, found.timed) == (0, False)
    assert found.by_number[8].since_ns == -1_000


def test_a_page_that_is_cut_off_is_a_loss_and_those_before_it_stand() -> None:
    data = lines(page(why="fail", test="TestBoth"), page())
    (first,), (loss,) = read_pages(data[:-20], name="objects.json")
    assert (first.reason, first.test) == (PageReason.FAIL, "TestBoth")
    assert str(loss).startswith("objects.json: its last page is cut off (1 records")


def test_a_line_in_the_middle_that_is_no_page_is_a_loss() -> None:
    data = lines(page()) + b'{"half": \n' + lines([1, 2], {"version": "1"}, page())
    found, losses = read_pages(data, name="x")
    assert len(found) == 2
    assert [loss.what for loss in losses] == ["a page is no JSON", *["a line is no page"] * 2]


def test_a_newer_version_is_read_as_far_as_it_is_known_and_said_to_be_newer() -> None:
    data = lines(page(version=3, sonnets=[1], objects=[{"address": "0x10", "kind": "latch"}]))
    (found,), (loss,) = read_pages(data, name="x")
    assert found.objects[0].kind is ObjectKind.UNKNOWN
    assert "version 3, newer than is known" in loss.what


def test_what_the_writer_had_no_room_for_is_a_loss() -> None:
    (found,), (loss,) = read_pages(lines(page(lost={"goroutines": 12})), name="x")
    assert not found.is_whole
    assert str(loss) == "x: a page had no room for goroutines (12 records)"


HOSTILE: tuple[dict[str, Any], ...] = (
    {"goroutines": 7, "objects": "all", "frames": {}, "stacks": None, "lost": [1], "missing": 3},
    {"goroutines": [None, [], {"id": -1}, {"id": 1e300}, {"id": True}, {"id": "8"}]},
    {"objects": [{"address": 12}, {"address": "0x"}, {"address": "0xzz"}, {"address": "0x" * 99}]},
    {"objects": [{"address": "0x10", "holders": [3], "last_send": [], "reachable_from": [None]}]},
    {"goroutines": [{"id": 1, "stack": -1}, {"id": 2, "stack": 10**9}, {"id": 3, "stack": 0.5}]},
    {"stacks": [[-1, 99, None, "0"]], "frames": [[], [1, 2, 3], "x", [None] * 9]},
    {"mono_ns": -5, "unix_ns": 2**63, "why": "\x1b[31m", "test": ["x"], "go": None},
)


@pytest.mark.parametrize("changed", HOSTILE)
def test_fields_of_other_types_and_sizes_are_left_out(changed: dict[str, Any]) -> None:
    found, _ = read_pages(lines(page(**changed)), name="x", offset=lambda mono, unix: unix - mono)
    assert len(found) == 1
    assert all(0 < each.number < 1 << 63 for each in found[0].goroutines)
    assert all(0 < each.address < 1 << 64 for each in found[0].objects)
    assert all(isinstance(frame, PageFrame) for g in found[0].goroutines for frame in g.stack)


def test_a_stack_of_millions_of_frames_is_cut() -> None:
    found = _only(lines(page(stacks=[[0] * 100_000])))
    assert len(found.by_number[8].stack) == 512


def test_nesting_without_end_is_no_page() -> None:
    data = b'{"version": 1, "why": ' + b"[" * 5_000 + b"]" * 5_000 + b"}\n"
    found, (loss,) = read_pages(data, name="x")
    assert (found, loss.what) == ((), "a page is no JSON")


def test_an_empty_file_has_no_pages() -> None:
    assert read_pages(b"\n \n", name="x") == ((), ())
