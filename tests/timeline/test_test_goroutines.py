"""Which goroutine ran which test: held to what every test says of itself."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from flakecore.timeline import TimeSource
from timeline.captures import RELEASES, Capture, capture
from toolchains import NEWEST

_SAID = re.compile(r"runs on goroutine (\d+)")


def _said(run: Capture) -> dict[int, int]:
    """Return the goroutine that each test logged, by the test's index."""
    return {
        line.reported_test: int(found[1])
        for line in run.case.output
        if (found := _SAID.search(line.text))
    }


def _paired(run: Capture) -> dict[int, int]:
    return {test.index: test.goroutine for test in run.case.tests if test.goroutine}


def _named(run: Capture, goroutines: dict[int, int]) -> dict[tuple[str, int], int]:
    tests = run.case.tests
    return {(tests[i].name, tests[i].attempt): number for i, number in goroutines.items()}


@pytest.fixture(scope="module", params=RELEASES)
def run(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "pairing")


def test_every_test_has_the_goroutine_that_ran_it(run: Capture) -> None:
    said = _said(run)
    assert len(said) > 200
    assert _named(run, _paired(run)) == _named(run, said)


def test_examples_have_no_goroutine_of_their_own(run: Capture) -> None:
    assert run.test("ExamplePrints").goroutine == 0
    assert run.test("ExampleAlso").goroutine == 0


def test_every_count_and_cpu_number_makes_an_attempt_of_its_own() -> None:
    chosen = "-run=^(TestNested|TestParallel.*|TestFromChildren|Fuzz.*|Example.*)$"
    run = capture(NEWEST, "pairing", chosen, "-count=2", "-cpu=1,2")
    assert _named(run, _paired(run)) == _named(run, _said(run))
    nested = [test for test in run.case.tests if test.name == "TestNested/outer/middle"]
    assert [test.attempt for test in nested] == [1, 2, 3, 4]
    assert len({test.goroutine for test in nested}) == 4
    for test in nested:
        parent = run.case.tests[test.parent]
        assert (parent.name, parent.attempt) == ("TestNested/outer", test.attempt)


def test_a_subtest_stands_under_the_test_that_ran_it(run: Capture) -> None:
    def parent_of(name: str) -> str:
        parent = run.test(name).parent
        return run.case.tests[parent].name if parent >= 0 else ""

    assert parent_of("TestNested/outer/middle/inner") == "TestNested/outer/middle"
    assert parent_of("TestFromChild/inner/deep") == "TestFromChild/inner"
    assert parent_of("TestSlashes/c/d/e") == "TestSlashes"
    assert parent_of("TestSlashes/c/d/e/f/g") == "TestSlashes/c/d/e"
    assert parent_of("FuzzReverse/seed#0") == "FuzzReverse"
    assert parent_of("TestPlain") == ""


def test_a_slash_in_a_name_does_not_make_a_test_the_child_of_its_sibling(run: Capture) -> None:
    for name in ("TestSlashes/a/b", "TestSlashes/waiting/x"):
        test = run.test(name)
        assert run.case.tests[test.parent].name == "TestSlashes"
        assert test.short_name == name.removeprefix("TestSlashes/")
        assert test.depth == 1
    deeper = run.test("TestSlashes/waiting/x#01")
    assert run.case.tests[deeper.parent].name == "TestSlashes/waiting"


def test_the_goroutines_of_tests_are_told_from_those_of_their_subtests(run: Capture) -> None:
    for test in run.case.tests:
        own = run.schedule.goroutines_of(test.index)
        if not test.goroutine:
            assert own == ()
            continue
        assert own[0] == test.goroutine
        goroutine = run.schedule.goroutine(test.goroutine)
        assert goroutine is not None
        assert goroutine.test == test.index
        assert goroutine.function in ("testing.tRunner", "testing.fRunner")
    family = run.schedule.goroutines_of(run.test("TestFromChildren").index)
    assert len(family) == 17


def test_a_test_ends_when_it_writes_its_result_and_no_later_than_its_parent(run: Capture) -> None:
    for test in run.case.tests:
        if test.goroutine:
            goroutine = run.schedule.goroutine(test.goroutine)
            assert goroutine is not None
            assert test.start_ns == goroutine.created_ns
            assert test.end_ns <= (goroutine.ended_ns or run.schedule.end_ns)
        if test.parent >= 0:
            parent = run.case.tests[test.parent]
            assert parent.start_ns <= test.start_ns <= test.end_ns <= parent.end_ns


def test_tests_that_are_not_parallel_do_not_overlap(run: Capture) -> None:
    """Though the goroutine of one may live on when the next has begun."""
    alone = [test for test in run.case.tests if test.parent < 0 and not test.waits]
    alone = [test for test in alone if test.goroutine]
    assert len(alone) > 6
    for one, other in pairwise(alone):
        assert one.end_ns <= other.start_ns


@pytest.mark.parametrize("release", RELEASES)
def test_a_parallel_test_pauses_and_goes_on_when_it_says_so(release: str) -> None:
    case = capture(release, "endings/asserts").case
    said = {line.text: line.time_ns for line in case.output if line.time_source is TimeSource.EXACT}
    paused = [test for test in case.tests if test.waits]
    assert len(paused) >= 2
    for test in paused:
        said_so = (said[f"=== PAUSE {test.name}"], said[f"=== CONT  {test.name}"])
        assert test.waits == (said_so,)
        assert test.start_ns <= said_so[0] < said_so[1] <= test.end_ns
