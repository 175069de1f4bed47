"""Runs without a failure prove as much of a fix as the rate before lets them."""

from __future__ import annotations

from flakecore.bundle import Attempt, Manifest, Settings
from flakecore.comparison.runs.fixes import fix_sentences

ONE = Settings(gomaxprocs=1)


def manifest(failed: int, passed: int, settings: Settings = ONE) -> Manifest:
    return Manifest(
        attempts=tuple(
            Attempt(number=at, exit_code=int(at < failed), settings=settings)
            for at in range(failed + passed)
        )
    )


def test_many_runs_without_a_failure_are_held_against_the_rate_before() -> None:
    assert fix_sentences(manifest(1, 29), manifest(0, 150)) == (
        "No failure in 150 runs: it fails in less than 2.5 % of them (95 %).",
        "At the rate before, 1 of 30, as many runs would pass with p = 0.006. But these few runs"
        " fit rates from 0.59 to 17 %, and at the least of them p = 0.41: --verify-fix 506 would"
        " tell.",
    )


def test_the_runs_that_would_tell_do_tell() -> None:
    assert fix_sentences(manifest(1, 29), manifest(0, 506))[1] == (
        "At the rate before, 1 of 30, as many runs would pass with p = 4e-08, and at the least"
        " rate that fits those with 0.05."
    )


def test_too_few_runs_are_said_to_be_too_few() -> None:
    assert fix_sentences(manifest(1, 29), manifest(0, 10))[1] == (
        "At the rate before, 1 of 30, as many runs would pass with p = 0.71:"
        " too few runs to tell a fix from luck."
    )


def test_a_failure_is_no_fix() -> None:
    assert fix_sentences(manifest(5, 7), manifest(3, 147)) == (
        "Not fixed: failed 3 of 150, 2.0 % (95 %: 0.7 to 5.7 %) under the settings that failed"
        " 5 of 12 before.",
    )


def test_runs_under_other_settings_do_not_count() -> None:
    first = manifest(1, 1)
    others = [
        Attempt(number=100 + at, settings=Settings(gomaxprocs=4), exit_code=0) for at in range(50)
    ]
    before = Manifest(attempts=(*first.attempts, *others))
    assert "1 of 2," in fix_sentences(before, manifest(0, 20))[1]


def test_of_a_single_run_the_rate_is_not_known() -> None:
    assert fix_sentences(manifest(1, 0), manifest(0, 20))[1] == (
        "Before, 1 of 1 runs under these settings failed: how rare it was is not known."
    )


def test_the_seed_of_an_order_makes_no_other_setting() -> None:
    before = Manifest(
        attempts=(
            Attempt(number=1, exit_code=1, settings=Settings(shuffle="7")),
            Attempt(number=2, exit_code=0, settings=Settings(shuffle="8")),
        )
    )
    assert "1 of 2," in fix_sentences(before, manifest(0, 20))[1]


def test_without_a_failure_before_there_is_nothing_to_say() -> None:
    assert fix_sentences(manifest(0, 3), manifest(0, 3)) == ()
