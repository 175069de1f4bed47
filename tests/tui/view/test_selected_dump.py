"""Which dump a view shows."""

from __future__ import annotations

from flakecore.bundle import open_bundle
from flakecore.timeline import load_cases
from flaketui.view.navigation import failure_view
from flaketui.view.selected_dump import dumped_goroutine, next_dump, selected_dump
from flaketui.view.viewport import Viewport
from program import SAMPLE
from tui.scenario import deadlock


def test_with_a_trace_a_dump_is_shown_at_the_moment_of_its_failure_alone() -> None:
    (case,) = load_cases(open_bundle(SAMPLE))
    whole = Viewport.whole(case.start_ns, case.end_ns)
    failure = next(one for one in case.failures if one.crash >= 0)
    there = failure_view(case, whole, failure.index)
    assert selected_dump(case, there) is case.dumps[failure.crash]
    assert selected_dump(case, there.at(failure.at_ns // 2)) is None
    found = dumped_goroutine(case, there, 39)
    assert found is not None
    assert found.stack.number == 39
    assert dumped_goroutine(case, there, 4711) is None


def test_a_failure_without_a_dump_has_none_to_show() -> None:
    case = deadlock()
    whole = Viewport.whole(case.start_ns, case.end_ns)
    assert selected_dump(case, failure_view(case, whole, 0)) is None


def test_behind_the_last_dump_stands_the_trace() -> None:
    (case,) = load_cases(open_bundle(SAMPLE))
    whole = Viewport.whole(case.start_ns, case.end_ns)
    numbers = [-1]
    while len(numbers) == 1 or numbers[-1] >= 0:
        numbers.append(next_dump(case, whole, numbers[-1]))
    assert numbers[1:-1] == [at for at, dump in enumerate(case.dumps) if dump.goroutines]
    assert selected_dump(case, whole, -1) is None
    assert selected_dump(case, whole, numbers[1]) is case.dumps[numbers[1]]


def test_without_any_dump_there_is_no_next_one() -> None:
    case = deadlock()
    assert next_dump(case, Viewport.whole(case.start_ns, case.end_ns), -1) == -1
