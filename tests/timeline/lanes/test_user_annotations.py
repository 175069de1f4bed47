"""What a program wrote into its own trace, as a screen asks for it."""

from __future__ import annotations

import pytest

from flakecore.timeline.lanes.folded_time import axis_of
from flakecore.timeline.lanes.user_annotations import Span, UserAnnotations
from timeline.captures import RELEASES, Capture, capture
from toolchains import NEWEST

MS = 1_000_000


@pytest.fixture(scope="module", params=(RELEASES[0], NEWEST))
def noted(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "partners", "-run=^TestNoted$")


def _annotations(run: Capture) -> tuple[UserAnnotations, int]:
    assert run.case.annotations is not None
    return run.case.annotations, run.test("TestNoted").goroutine


def _regions(run: Capture, depth: int) -> tuple[Span, ...]:
    annotations, own = _annotations(run)
    return annotations.regions(own, depth, axis_of(0, run.schedule.end_ns, (), 10**6)).spans


def test_regions_lie_on_their_goroutine_by_how_deep_they_are(noted: Capture) -> None:
    annotations, own = _annotations(noted)
    price, left_open = _regions(noted, 0)
    (tax,) = _regions(noted, 1)
    assert (price.name, tax.name, left_open.name) == ("price", "tax", "left open")
    assert annotations.depths(own) == 2
    assert price.start_ns < tax.start_ns < tax.end_ns <= price.end_ns
    assert tax.duration_ns >= 2 * MS
    assert not price.open
    middle = (tax.start_ns + tax.end_ns) // 2
    assert annotations.around(own, middle) == (price, tax)
    assert annotations.around(own, price.start_ns - 1) == ()


def test_a_region_that_nothing_ends_is_open(noted: Capture) -> None:
    _, left_open = _regions(noted, 0)
    assert left_open.open
    assert left_open.end_ns == noted.schedule.end_ns


def test_a_region_shorter_than_a_column_marks_the_column_it_lies_in(noted: Capture) -> None:
    annotations, own = _annotations(noted)
    (tax,) = _regions(noted, 1)
    start, end = tax.start_ns - 1000 * MS, tax.start_ns + 1000 * MS
    drawn = annotations.regions(own, 1, axis_of(start, end, (), 10))
    assert drawn.spans == ()
    assert drawn.short == (5,)
    nowhere = annotations.regions(own, 1, axis_of(tax.end_ns + 1, tax.end_ns + 2, (), 10))
    assert (nowhere.spans, nowhere.short) == ((), ())


def test_logs_and_tasks_are_told_with_what_they_belong_to(noted: Capture) -> None:
    annotations, own = _annotations(noted)
    (task,) = annotations.tasks
    (log,) = annotations.logs(own, noted.schedule.end_ns, 3)
    assert (task.name, task.goroutine, task.open) == ("order", own, False)
    assert (log.category, log.message, log.task) == ("cart", "begun", task.task)
    assert task.start_ns <= log.time_ns <= task.end_ns
    assert {region.task for region in (*_regions(noted, 0), *_regions(noted, 1))} == {task.task}
    assert annotations.task(task.task) == task
    assert annotations.logs(own, log.time_ns - 1, 3) == ()
    assert annotations.logged(own, axis_of(log.time_ns, log.time_ns + 10, (), 10)) == (0,)


def test_a_goroutine_without_notes_has_no_rows(noted: Capture) -> None:
    annotations, own = _annotations(noted)
    assert annotations.depths(own + 100_000) == 0
    assert annotations.label(own, noted.schedule.end_ns) == ""


def test_what_is_searched_for_is_found_by_name(noted: Capture) -> None:
    annotations, own = _annotations(noted)
    price, left_open = _regions(noted, 0)
    (tax,) = _regions(noted, 1)
    assert annotations.regions_named(lambda name: "e" in name, 5) == (price, left_open)
    assert annotations.regions_named(lambda _: True, 5) == (price, tax, left_open)
    longest = max((price, tax, left_open), key=lambda region: region.duration_ns)
    assert annotations.regions_named(lambda _: True, 1) == (longest,)
    (log,) = annotations.logs_matching(lambda text: text == "begun", 5)
    assert (log.goroutine, log.message) == (own, "begun")
    assert annotations.logs_matching(lambda text: text == "cart", 5) == (log,)
    assert annotations.logs_matching(lambda _: False, 5) == ()
