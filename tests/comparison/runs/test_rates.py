"""How often each test failed, told with its interval."""

from __future__ import annotations

from flakecore.comparison.runs.rates import failure_rates, rate_sentence
from flakecore.comparison.runs.run import Run


def run(*failed: str, packages: tuple[str, ...] = ("p",), **signatures: str) -> Run:
    return Run("b.zip", 1, 0, 1, failed, not failed, packages, {}, signatures, False)


def test_a_rate_has_its_interval_and_none_is_below_one() -> None:
    assert rate_sentence(9, 52) == "9 of 52, 17.3 % (95 %: 9.4 to 29.7 %)"
    assert rate_sentence(0, 200) == "0 of 200, below 1.9 % (95 %)"


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
