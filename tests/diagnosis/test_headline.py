"""The one sentence of a failure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.diagnosis import Certainty, Finding, Weight, headline
from flakecore.diagnosis.findings import CLAIM_LIMIT
from flakecore.timeline import FailureKind
from timeline.captures import capture
from toolchains import NEWEST

CAUSE = Finding("a", "the cause", Certainty.INFERRED)
EFFECT = Finding("b", "the effect", Certainty.SEEN, Weight.EFFECT)
GUESS = Finding("c", "a guess", Certainty.INFERRED, Weight.EFFECT)


def test_the_first_cause_comes_before_any_effect_and_a_seen_effect_before_what_failed() -> None:
    failure = capture(NEWEST, "endings/asserts", trace=False).case.failures[0]
    assert headline(failure, (EFFECT, CAUSE)) == "the cause"
    assert headline(failure, (GUESS, EFFECT)) == "the effect"


def test_where_nothing_is_known_it_says_what_failed_and_where() -> None:
    for failure in capture(NEWEST, "endings/asserts", trace=False).case.failures:
        said = headline(failure, (GUESS,))
        assert said.startswith(f"Assertion in {failure.test_name}")
        assert len(said) <= CLAIM_LIMIT
        assert "\n" not in said


def test_of_what_a_compiler_says_the_name_of_the_package_is_no_headline() -> None:
    said = "# example.com/pool\npool.go:7:11: expected '('"
    known = capture(NEWEST, "endings/asserts", trace=False).case.failures[0]
    failure = replace(known, message=said)
    assert headline(failure, ()).endswith(": pool.go:7:11: expected '('")


def test_what_the_compiler_says_of_a_place_stands_behind_it_without_the_place() -> None:
    known = capture(NEWEST, "endings/asserts", trace=False).case.failures[0]
    said = "# example.com/pool\npool/pool.go:7:11: undefined: jobs\npool/pool.go:9:1: syntax error"
    failure = replace(
        known, message=said, kind=FailureKind.BUILD, test_name="example.com/pool", line=7
    )
    failure = replace(failure, file="pool/pool.go")
    assert headline(failure, ()) == "Build in example.com/pool (pool.go:7): undefined: jobs"


@pytest.mark.parametrize(
    "heading", ["# p/pool\n# [p/pool]\n", "# p/pool_test [p/pool.test]\n# [p/pool_test]\n"]
)
def test_what_vet_refuses_is_called_so_by_its_first_sentence(heading: str) -> None:
    known = capture(NEWEST, "endings/asserts", trace=False).case.failures[0]
    said = f"{heading}./pool_test.go:9:3: Println call has possible formatting directive %d\n"
    failure = replace(known, message=said, kind=FailureKind.BUILD, test_name="p/pool", line=9)
    failure = replace(failure, file="./pool_test.go")
    assert headline(failure, ()) == (
        "Vet in p/pool (pool_test.go:9): Println call has possible formatting directive %d"
    )
    of_a_tool = replace(failure, message="# p/pool\n# [cgo]\n./pool_test.go:9:3: no such type\n")
    assert headline(of_a_tool, ()) == "Build in p/pool (pool_test.go:9): no such type"


def test_a_long_claim_is_cut() -> None:
    failure = capture(NEWEST, "endings/asserts", trace=False).case.failures[0]
    said = headline(failure, (Finding("a", "x" * 500, Certainty.SEEN),))
    assert (len(said), said[-1]) == (CLAIM_LIMIT, "…")
