"""What the runs of a hunt vary in: drawn from a seed, and more of what failed before."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from random import Random

from flakecore.bundle import Settings
from flakecore.collect.hunt.conditions import BUSY, ConditionOutcomes, axes, is_learned, stressed

VALUES = axes(2, randomises=True)
PROCS = ("gomaxprocs", "cpu")


def rounds(
    count: int, outcomes: ConditionOutcomes | None = None, *, seed: int = 1
) -> list[Settings]:
    outcomes = outcomes or ConditionOutcomes()
    return [stressed(seed, turn, VALUES, outcomes, shuffle=True) for turn in range(count)]


def test_the_same_seed_draws_the_same_conditions_and_the_first_are_none() -> None:
    assert rounds(40) == rounds(40)
    assert rounds(40) != rounds(40, seed=2)
    assert rounds(1) == [Settings()]


def test_every_value_of_every_axis_comes_up_and_half_of_the_time_the_default() -> None:
    drawn = rounds(400)
    for axis, values in VALUES.items():
        found = [getattr(each, axis) for each in drawn]
        assert set(found) == set(values), axis
        if axis not in PROCS:
            assert 150 < found.count(values[0]) < 250, axis
    orders = [each.shuffle for each in drawn if each.shuffle]
    assert 150 < len(orders) == len(set(orders)) < 250


def test_procs_are_set_by_one_of_two_ways_and_never_by_both() -> None:
    drawn = rounds(400)
    assert not any(each.gomaxprocs and each.cpu for each in drawn)
    assert 60 < sum(not each.gomaxprocs and not each.cpu for each in drawn) < 140
    for procs in (1, 2, 4):
        assert sum(procs in (each.gomaxprocs, int(each.cpu or 0)) for each in drawn) > 60, procs


def test_what_failed_before_gets_more_of_the_runs_and_the_rest_is_still_tried() -> None:
    outcomes = ConditionOutcomes()
    for at in range(40):
        others = (Settings(gomaxprocs=4), Settings(cpu="2"), Settings(cpu="4"))
        settings = others[at % 3] if at % 4 else Settings(gomaxprocs=1)
        outcomes.add(settings, failed=settings.gomaxprocs == 1)
    drawn = [each.gomaxprocs for each in rounds(200, outcomes)]
    assert drawn.count(1) > 90
    assert set(drawn) == set(VALUES["gomaxprocs"])


def runs_until(failures: int, *, learns: bool, seed: int) -> int:
    """Return after how many rounds a test has failed so often that fails on one proc alone.

    There it fails one time in three, by chance.
    """
    outcomes, chance = ConditionOutcomes(), Random(seed)
    for turn in itertools.count():
        known = outcomes if learns else ConditionOutcomes()
        settings = stressed(seed, turn, VALUES, known, shuffle=True)
        failed = settings.gomaxprocs == 1 and chance.random() < 1 / 3
        outcomes.add(settings, failed=failed)
        failures -= failed
        if not failures:
            return turn + 1
    raise AssertionError


def test_a_hunt_that_learns_has_ten_failures_in_half_of_the_runs() -> None:
    seeds = range(20)
    drawn, learned = (
        sum(runs_until(10, learns=learns, seed=seed) for seed in seeds) for learns in (False, True)
    )
    assert learned < 0.5 * drawn


def test_flags_of_the_person_stay() -> None:
    values = axes(2, cpu="1,2", fixed=frozenset({"parallel"}))
    assert (values["cpu"], values["parallel"]) == (("1,2",), (0,))
    drawn = [stressed(1, turn, values, ConditionOutcomes(), shuffle=False) for turn in range(50)]
    assert {each.cpu for each in drawn} == {"1,2"}
    assert {each.shuffle for each in drawn} == {""}


def test_one_processor_is_no_choice_of_processors() -> None:
    assert axes(1)["processors"] == (0,)
    assert axes(8)["processors"] == (0, 1, 4)


def test_only_rounds_that_are_drawn_evenly_come_before_a_failure_and_every_other_one_behind() -> (
    None
):
    outcomes = ConditionOutcomes()
    assert not any(is_learned(turn, outcomes) for turn in range(10))
    outcomes.add(Settings(), failed=True)
    assert [is_learned(turn, outcomes) for turn in range(5)] == [False, False, True, False, True]


def test_a_busy_process_ends_whose_parent_was_gone_before_it_began() -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    busy = [sys.executable, "-I", "-S", "-c", BUSY]
    assert subprocess.run([*busy, gone], timeout=60, check=False).returncode == 0
    with subprocess.Popen([*busy, str(os.getpid())]) as of_ours:
        assert of_ours.poll() is None
        of_ours.kill()
