"""Who created whom: a goroutine belongs to the test of its nearest ancestor."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from gotrace.constructed import WAITING, starts
from timeline.constructed_runs import RUNNER, read

TEST, WORKER, COLLECTOR, WRAPPED = 1, 2, 3, 4
STACKS = [
    [RUNNER],
    ["example.com/pool.worker"],
    ["runtime.gcBgMarkWorker"],
    ["example.com/pool.TestA.gowrap1"],
]


def _creates(number: int, function: int, stack: int = 0) -> str:
    return f"GoCreate dt=1 new_g={number} new_stack={function} stack={stack}"


def _tree(tests: dict[int, int]) -> GoroutineTree:
    """Return the tree of goroutine 1, which creates 7, which creates 8, 9 and a collector 10.

    9 creates 11; 20 was there before the trace.
    """
    main = [*starts(1, 1, 0), _creates(7, TEST), "GoBlock dt=1 reason=0 stack=0"]
    seven = ["GoStart dt=1 g=7 g_seq=1", _creates(8, WORKER, TEST), _creates(9, WRAPPED, TEST)]
    seven += [_creates(10, COLLECTOR), "GoBlock dt=1 reason=0 stack=0"]
    nine = ["GoStart dt=1 g=9 g_seq=1", _creates(11, WORKER), "GoDestroy dt=1"]
    before = [f"GoStatus dt=1 g=20 m=0 gstatus={WAITING}"]
    return GoroutineTree(read({1: [*main, *seven, *nine, *before]}, stacks=STACKS), tests)


def test_descendants_belong_to_the_test_of_their_nearest_ancestor() -> None:
    tree = _tree({7: 0})
    assert [tree.test_of(number) for number in (1, 7, 8, 9, 11, 20)] == [-1, 0, 0, 0, 0, -1]
    nested = _tree({7: 0, 9: 1})
    assert [nested.test_of(number) for number in (7, 8, 9, 11)] == [0, 0, 1, 1]


def test_a_goroutine_of_the_runtime_belongs_to_no_test() -> None:
    tree = _tree({7: 0})
    assert tree.system.tolist() == [10]
    assert tree.test_of(10) == -1
    found = tree.goroutine(10)
    assert found is not None
    assert (found.system, found.creator) == (True, 7)


def test_a_goroutine_has_its_creator_its_function_and_its_times() -> None:
    tree = _tree({7: 0})
    worker, ended = tree.goroutine(8), tree.goroutine(9)
    assert worker is not None
    assert ended is not None
    assert (worker.function, worker.creator, worker.ended_ns) == (
        "example.com/pool.worker",
        7,
        None,
    )
    assert worker.creation_stack[0].function == RUNNER
    assert ended.ended_ns is not None
    assert ended.created_ns < ended.ended_ns


@pytest.mark.parametrize("number", [0, 99])
def test_a_number_that_the_trace_lacks_is_no_goroutine(number: int) -> None:
    tree = _tree({7: 0})
    assert tree.goroutine(number) is None
    assert tree.test_of(number) == -1


def test_a_goroutine_from_before_the_trace_has_no_creation() -> None:
    found = _tree({}).goroutine(20)
    assert found is not None
    assert (found.creator, found.created_ns, found.creation_stack) == (0, 0, ())


def test_a_test_has_its_own_goroutine_first_and_then_its_descendants() -> None:
    assert _tree({9: 0}).of_test(0) == (9, 11)
    assert _tree({7: 0, 9: 1}).of_test(0) == (7, 8)
    assert _tree({7: 0}).of_test(5) == ()


def test_goroutines_are_found_by_the_stack_of_their_go_statement() -> None:
    found = _tree({}).created_at(lambda stack: bool(stack) and stack[0].function == RUNNER)
    assert found == (8, 9)
    assert _tree({}).created_at(lambda _: False) == ()


def test_columns_and_functions_agree_with_each_goroutine() -> None:
    tree = _tree({7: 0})
    columns, names = tree.columns(), tree.functions()
    for row, number in enumerate(columns.goroutine.tolist()):
        one = tree.goroutine(number)
        assert one is not None
        assert (one.creator, one.test) == (columns.creator[row], columns.test[row])
        assert one.function == names[row]
    assert tree.tests_of(np.array([8, 99, 1])).tolist() == [0, -1, -1]
