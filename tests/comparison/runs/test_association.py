"""What failures go with is named with its counts, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from flakecore.comparison.runs.association import Association, associations
from flakecore.comparison.runs.conditions import Condition
from flakecore.comparison.runs.run import Run
from flakecore.comparison.statistics import fisher_exact, p_shown


def run(*, failed: bool, **conditions: Condition) -> Run:
    return Run(
        "b.zip", 1, 0, 1, ("p.TestX",) if failed else (), not failed, ("p",), conditions, {}, False
    )


def failing(each: Run) -> bool:
    return bool(each.failed)


def found(runs: list[Run]) -> tuple[Association, ...]:
    return associations(runs, failing)


def test_a_condition_that_failures_go_with_is_named_with_its_counts() -> None:
    runs = [run(failed=at < 9, GOMAXPROCS="1") for at in range(12)]
    runs += [run(failed=False, GOMAXPROCS="4") for _ in range(40)]
    (only,) = found(runs)
    assert (only.failed_with, only.runs_with) == (9, 12)
    assert (only.failed_without, only.runs_without) == (0, 40)
    assert only.p == pytest.approx(fisher_exact(9, 3, 0, 40))
    assert only.sentence() == "Failed 9 of 12 with GOMAXPROCS=1, 0 of 40 without (p = 6e-08)"


def test_of_two_values_the_one_that_failures_go_with_is_named() -> None:
    # Sorted by name the other one comes first.
    runs = [run(failed=True, shuffle="on") for _ in range(8)]
    runs += [run(failed=False, shuffle="off") for _ in range(8)]
    assert [each.words for each in found(runs)] == ["shuffle on"]


def test_a_number_is_asked_by_its_bounds() -> None:
    runs = [
        run(failed=load >= 4, load=float(load)) for load in (0, 1, 2, 4, 6, 8) for _ in range(5)
    ]
    (best, *_) = found(runs)
    assert best.words == "load above 2"
    assert (best.failed_with, best.runs_with, best.failed_without) == (15, 15, 0)


def test_what_is_alike_in_all_runs_is_never_named() -> None:
    runs = [run(failed=at < 5, race="on") for at in range(10)]
    assert found(runs) == ()


def test_without_a_pass_or_without_a_failure_there_is_nothing_to_say() -> None:
    assert found([run(failed=True, cpu=str(at % 2)) for at in range(10)]) == ()
    assert found([run(failed=False, cpu=str(at % 2)) for at in range(10)]) == ()


def test_the_more_is_asked_the_surer_it_must_be() -> None:
    # Four of four against none of five: p = 1/126 for one question, and ten are asked here.
    few = [run(failed=at < 4, first="a" if at < 4 else "b") for at in range(9)]
    assert [each.condition for each in found(few)] == ["first"]
    shuffler = random.Random(1)
    noise: list[Mapping[str, Condition]] = [
        {f"other{number}": shuffler.choice("ab") for number in range(9)} for _ in few
    ]
    many = [
        run(failed=failing(each), **{**each.conditions, **others})
        for each, others in zip(few, noise, strict=True)
    ]
    assert found(many) == ()


def test_a_failure_by_chance_alone_goes_with_nothing_in_nineteen_hunts_of_twenty() -> None:
    named = 0
    for seed in range(200):
        dice = random.Random(seed)
        runs = [
            run(
                failed=dice.random() < 1 / 30,
                GOMAXPROCS=dice.choice(["1", "2", "4"]),
                shuffle=dice.choice(["on", "off"]),
                load=float(dice.choice([0, 2, 4])),
                instances=float(dice.choice([1, 2, 4])),
            )
            for _ in range(100)
        ]
        named += bool(found(runs))
    assert named <= 10


@pytest.mark.parametrize(
    ("p", "shown"), [(0.5, "0.50"), (0.012, "0.01"), (0.00012, "0.0001"), (2.4e-10, "2e-10")]
)
def test_probabilities_have_the_digits_that_mean_something(p: float, shown: str) -> None:
    assert p_shown(p) == shown


def test_runs_that_were_chosen_because_others_failed_tell_nothing() -> None:
    # With GOMAXPROCS=1, which matters, the learned rounds all took GOGC=off.
    drawn = [
        run(
            failed=number % 2 == 0,
            GOMAXPROCS="1" if number % 2 == 0 else "2",
            GOGC="off" if number % 4 < 2 else "100",
        )
        for number in range(24)
    ]
    learned = [run(failed=True, GOMAXPROCS="1", GOGC="off") for _ in range(60)]
    (told,) = found([*drawn, *(replace(each, drawn=False) for each in learned)])
    assert told.words == "GOMAXPROCS=1"
    assert (told.failed_with, told.runs_with) == (12, 12)
    assert "GOGC=off" in [each.words for each in found([*drawn, *learned])]
