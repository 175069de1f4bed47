"""What is tried on a failure: conditions it goes with, tests it suffers from, late goroutines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from comparison.divergence.pair import failed_with_failure
from flakecore.bundle import Attempt, Host, Manifest, Settings
from flakecore.bundle.trial import Trial
from flakecore.comparison import Run, choose_trials
from flakecore.comparison.divergence.first_difference import FirstDifference
from flakecore.comparison.divergence.roles import GoroutineRole
from flakecore.comparison.predicates.event import RunEvent, TestRecord
from flakecore.comparison.runs.conditions import conditions_of
from flakecore.diagnosis import Certainty, Evidence, Finding

NAME = "example.com/parting.TestDelivery"
ONE = Settings(gomaxprocs=1, nice=10)


def manifest(failing: Settings, passing: Settings) -> Manifest:
    attempts = [
        Attempt(number=number, exit_code=int(number <= 8), settings=settings)
        for number, settings in enumerate([failing] * 8 + [passing] * 12, 1)
    ]
    return Manifest(host=Host(cpus=4), attempts=tuple(attempts))


def trials(
    known: Manifest,
    *findings: Finding,
    events: tuple[RunEvent, ...] = (),
    parts: tuple[FirstDifference, ...] = (),
) -> tuple[Trial, ...]:
    table = list(events)
    runs = []
    for each in known.attempts:
        seen = np.arange(len(table) if each.exit_code else 0, dtype=np.int32)
        record = TestRecord(table, seen, seen.astype(np.int64), 9 if each.exit_code else -1)
        failed = (NAME,) if each.exit_code else ()
        conditions = conditions_of(known, each)
        run = Run("b", each.number, 0, 1, failed, not failed, (), conditions, {}, False)
        runs.append(replace(run, records={NAME: record}))
    return choose_trials(*failed_with_failure(), findings, runs, known, parts)


def test_of_the_settings_only_the_condition_is_taken_away() -> None:
    first, *_ = trials(manifest(ONE, replace(ONE, gomaxprocs=0)))
    assert first.experiment.kind == "condition"
    assert first.experiment.words == "GOMAXPROCS=1"
    assert first.experiment.claim.startswith("Failed 8 of 8 with GOMAXPROCS=1, 0 of 12 without")
    assert first.with_it == ONE
    assert first.without == replace(ONE, gomaxprocs=4)


def test_a_test_that_is_blamed_is_left_out_of_the_run() -> None:
    finding = Finding(
        "shared-state",
        "TestSteady ran before it and changes limit (x_test.go:3)",
        Certainty.INFERRED,
        evidence=(Evidence("TestSteady ran before, and changes limit", None, 0),),
    )
    (only,) = trials(manifest(ONE, ONE), finding)
    assert (only.experiment.kind, only.experiment.words) == ("neighbour", "TestSteady")
    assert (only.with_it, only.without) == (ONE, replace(ONE, run="^(TestDelivery)$"))


def test_the_place_of_another_goroutine_in_a_predicate_is_held_up() -> None:
    late = RunEvent("wait", "fill started at x.go:3", "waits (sleep) at x.go:8")
    first, second = trials(manifest(ONE, ONE), events=(late,))
    assert first.experiment.kind == "delay"
    assert (first.file, first.line) == ("x.go", 8)
    # Longer than the test took to fail, which waits for 100 ms; and then longer still.
    failed, failure = failed_with_failure()
    took = failure.at_ns - failed.tests[failure.test].start_ns
    assert 1.5 * took <= first.delay_ns < 1.7 * took
    assert second.delay_ns == 5 * first.delay_ns
    milliseconds = first.delay_ns // 10**6
    assert (first.with_it.delay, first.without.delay) == (f"x.go:8 for {milliseconds}ms", "")
    assert first.experiment.words == f"a delay of {milliseconds}ms before x.go:8"


def test_the_places_where_the_runs_part_are_held_up() -> None:
    role = GoroutineRole("", "fill", "x.go", 3)
    part = FirstDifference(role, (7, 8), (1, 2), ("a", "b"), False, ("x.go:8", "y.go:9"))
    found = trials(manifest(ONE, ONE), parts=(part,))
    assert [(each.file, each.line) for each in found] == [("x.go", 8), ("y.go", 9)] * 2
    assert found[0].experiment.claim.startswith("Parts from a run that passed: in A, at ")
    assert found[0].experiment.rule == "parting"
    # What runs that passed had too may mean nothing; the experiment shows it.
    usual = replace(part, is_usual=True, places=("z.go:1",))
    found = trials(manifest(ONE, ONE), parts=(part, usual, usual, replace(usual, places=("no:9",))))
    assert [each.file for each in found] == ["x.go", "y.go", "z.go"] * 2


def test_a_place_of_the_failing_test_itself_is_none_to_hold_up() -> None:
    own = RunEvent("wait", "it", "waits (sleep) at x.go:8")
    assert all(each.line == 0 for each in trials(manifest(ONE, ONE), events=(own,)))


def test_where_nothing_is_known_all_settings_are_taken_away_or_nothing_is() -> None:
    assert trials(manifest(Settings(), Settings())) == ()
    (only,) = trials(manifest(ONE, ONE))
    assert only.experiment.words == "GOMAXPROCS=1, niceness 10"
    assert (only.with_it, only.without) == (ONE, Settings())
