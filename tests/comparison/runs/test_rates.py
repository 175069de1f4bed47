"""How often each test failed, told with its interval."""

from __future__ import annotations

from dataclasses import replace

from flakecore.comparison.runs.rates import drawn_rate_sentence, failure_rates, rate_sentence
from flakecore.comparison.runs.run import Run


def run(*failed: str, packages: tuple[str, ...] = ("p",), **signatures: str) -> Run:
    return Run("b.zip", 1, 0, 1, failed, not failed, packages, {}, signatures, False)


def test_a_rate_has_its_interval_and_none_is_below_one() -> None:
    assert rate_sentence(9, 52) == "9 of 52, 17.3 % (95 %: 9.4 to 29.7 %)"
    assert rate_sentence(0, 200) == "0 of 200, below 1.9 % (95 %)"


def test_a_rate_is_that_of_the_runs_that_drew_their_conditions_evenly() -> None:
    # Learned rounds failed most: that is what they were for.
    drawn = [run("p.TestA"), *[run() for _ in range(19)]]
    learned = [replace(run("p.TestA"), drawn=False) for _ in range(30)]
    (rate,) = failure_rates([*drawn, *learned])
    assert (rate.failures, rate.runs) == (31, 50)
    assert (rate.drawn_failures, rate.drawn_runs) == (1, 20)
    assert rate.sentence() == ("1 of 20 drawn evenly, 5.0 % (95 %: 0.9 to 23.6 %); 31 of 50 in all")
    assert (rate.low, rate.high) == (failure_rates(drawn)[0].low, failure_rates(drawn)[0].high)


def test_a_test_that_failed_in_learned_rounds_alone_is_told_all_the_same() -> None:
    learned = [replace(run("p.TestA"), drawn=False) for _ in range(5)]
    (rate,) = failure_rates([*[run() for _ in range(20)], *learned])
    assert rate.sentence() == "0 of 20 drawn evenly, below 16 % (95 %); 5 of 25 in all"


def test_where_all_or_none_were_drawn_there_is_one_rate() -> None:
    assert drawn_rate_sentence(9, 52, 9, 52) == rate_sentence(9, 52)
    assert drawn_rate_sentence(0, 0, 9, 52) == rate_sentence(9, 52)


def test_the_most_frequent_comes_first() -> None:
    rates = failure_rates([run("p.TestA"), run("p.TestA", "p.TestB"), run()])
    assert [(rate.name, rate.failures, rate.runs) for rate in rates] == [
        ("p.TestA", 2, 3),
        ("p.TestB", 1, 3),
    ]


def test_only_runs_of_its_package_count() -> None:
    rates = failure_rates([run("q.TestA", packages=("q",)), run(), run(packages=("p", "q"))])
    assert [(rate.failures, rate.runs) for rate in rates] == [(1, 2)]


def test_a_test_that_failed_by_its_subtest_alone_is_told_once() -> None:
    rates = failure_rates(
        [run("p.TestA", "p.TestA/x"), run("p.TestB/y", "p.TestB"), run("p.TestB")]
    )
    assert [rate.name for rate in rates] == ["p.TestB", "p.TestA/x", "p.TestB/y"]


def test_signatures_are_counted() -> None:
    runs = [
        run("T", packages=(), T="got N"),
        run("T", packages=(), T="got N"),
        run("T", packages=()),
    ]
    (rate,) = failure_rates(runs)
    assert rate.signatures == (("got N", 2),)
