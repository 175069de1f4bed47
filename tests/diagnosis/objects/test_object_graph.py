"""Who could end whose wait by a page, and what all others wait behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from diagnosis.objects.made_case import channel, goroutine, lock, made_case, made_graph
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.page_states import states_of_page
from objects.made_pages import page

A, B, C = 0xC000000010, 0xC000000020, 0xC000000030


def test_a_cycle_of_locks_is_what_the_others_wait_behind(tmp_path: Path) -> None:
    waiting = [
        *(goroutine(8, (B, "lock")), goroutine(9, (A, "lock")), goroutine(10, (A, "lock"))),
        goroutine(7, (C, "wait")),
    ]
    group = {"address": hex(C), "kind": "waitgroup", "counter": 3, "reachable_from": [8, 9, 10]}
    graph = made_graph(tmp_path, waiting, [lock(A, 8), lock(B, 9), group])
    assert graph.roots == ((8, 9),)
    assert graph.is_cycle((8, 9))
    assert graph.behind(frozenset((8, 9))) == {7, 8, 9, 10}
    assert graph.is_seen((8, 9))


def test_a_goroutine_that_nobody_could_wake_is_a_root_of_its_own(tmp_path: Path) -> None:
    waiting = [goroutine(8, (A, "send")), goroutine(9, (B, "lock"))]
    graph = made_graph(tmp_path, waiting, [channel(A), lock(B, 8)])
    assert graph.roots == ((8,),)
    assert not graph.is_cycle((8,))
    assert graph.behind(frozenset((8,))) == {8, 9}


def test_who_waits_for_the_same_is_no_counterpart(tmp_path: Path) -> None:
    waiting = [goroutine(8, (A, "receive")), goroutine(9, (A, "receive"))]
    graph = made_graph(tmp_path, waiting, [channel(A, 8, 9)])
    assert graph.roots == ((8, 9),)
    assert not graph.is_cycle((8, 9))


def test_a_lock_that_its_waiter_holds_is_a_cycle_of_one(tmp_path: Path) -> None:
    waiting = [goroutine(9, (A, "lock")), goroutine(8, (A, "lock"))]
    graph = made_graph(tmp_path, waiting, [lock(A, 9)])
    assert graph.roots == ((9,),)
    assert graph.is_cycle((9,))
    assert graph.behind(frozenset((9,))) == {8, 9}


def test_a_reader_waits_for_the_writer_that_waits_for_it(tmp_path: Path) -> None:
    waiting = [goroutine(8, (A, "rlock")), goroutine(9, (A, "lock"))]
    held = lock(A, 8, kind="rwmutex", mode="read")
    assert made_graph(tmp_path, waiting, [held]).roots == ((8, 9),)


def test_a_lock_whose_holder_has_ended_has_nobody_to_unlock_it(tmp_path: Path) -> None:
    held: dict[str, Any] = lock(A, 9)
    held["holders"][0]["ended"] = True
    waiting = [goroutine(8, (A, "lock")), {"id": 9, "state": "ended", "ended_ns": 3_000}]
    graph = made_graph(tmp_path, waiting, [held])
    assert graph.roots == ((8,),)
    assert not graph.is_cycle((8,))
    assert (graph.has_ended(9), graph.has_ended(8), graph.has_ended(77)) == (True, False, True)


def test_a_test_that_waits_for_its_subtest_is_no_counterpart_of_it(tmp_path: Path) -> None:
    parent = goroutine(7, (B, "receive"), test="TestBoth", stack=2)
    waiting = [parent, goroutine(8, (A, "receive"))]
    stacks = [[0, 1, 3], [2, 3], [4, 3]]
    frames = [
        ["runtime.chanrecv1", "/go/src/runtime/chan.go", 1],
        ["example.com/bank.TestBoth.func1", "/src/bank/bank_test.go", 20],
        ["example.com/bank.TestBoth.func1", "/src/bank/bank_test.go", 18],
        ["testing.tRunner", "/go/src/testing/testing.go", 2036],
        ["testing.(*T).Run", "/go/src/testing/testing.go", 2101],
    ]
    objects = [channel(A, 7), channel(B, 8)]
    made = page(goroutines=waiting, objects=objects, stacks=stacks, frames=frames)
    case = made_case(tmp_path, made)
    states = states_of_page(case, case.objects[0], -1, 0)
    graph = ObjectGraph(case, states, case.objects[0])
    assert graph.roots == ((8,),)
    assert graph.behind(frozenset((8,))) == {7, 8}
    apart = page(goroutines=[parent], objects=[channel(B)], stacks=stacks, frames=frames)
    case = made_case(tmp_path, apart)
    states = states_of_page(case, case.objects[0], -1, 0)
    assert ObjectGraph(case, states, case.objects[0]).roots == ()


def test_what_the_page_does_not_have_is_no_root(tmp_path: Path) -> None:
    waiting = [goroutine(8, (A, "receive")), goroutine(9, (B, "lock")), goroutine(10, (C, "send"))]
    graph = made_graph(tmp_path, waiting, [lock(B, 8)])
    assert graph.roots == ()
    assert graph.dead == {8: None, 9: frozenset((8,)), 10: None}


def test_a_channel_that_no_stack_has_is_nobodys(tmp_path: Path) -> None:
    unreached = channel(A)
    del unreached["reachable_from"]
    assert made_graph(tmp_path, [goroutine(8, (A, "receive"))], [unreached]).roots == ((8,),)


def test_a_case_on_a_nil_channel_is_never_chosen(tmp_path: Path) -> None:
    graph = made_graph(tmp_path, [goroutine(8, (0, "receive"), (A, "send"))], [channel(A)])
    assert graph.roots == ((8,),)


def test_a_lock_that_one_that_goes_on_has_may_yet_be_unlocked(tmp_path: Path) -> None:
    waiting = [goroutine(8, (A, "lock")), goroutine(9, (B, "send"))]
    sleeper = {"id": 10, "state": "waiting", "reason": "sleep", "stack": 1, "live": True}
    held = lock(A, 9) | {"reachable_from": [10]}
    graph = made_graph(tmp_path, [*waiting, sleeper], [held, channel(B)])
    assert graph.is_unsure(8)
    assert graph.dead[8] is None
    assert graph.roots == ((9,),)
