"""What the goroutines of a bubble waited for when the runtime found that none can go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import told
from diagnosis.rule_table import record
from flakecore.timeline import Case
from toolchains import NEWEST

SHAPE = "bubbles"
RELEASES = (pytest.param("1.25.5", marks=pytest.mark.slow), NEWEST)
TOLD = {
    "TestAlone": (
        "Deadlock: Ga receives from q.items in (*queue).pop (@pops); nothing in its bubble ends"
        " that [waits @pops]"
    ),
    "TestBoth": (
        "Deadlock in a bubble: Ga waits for all (@waits); Gb receives from q.items (@pops)"
        " [waits @waits; waits @pops; created @both-starts]"
    ),
    "TestLeaves": (
        "Ga, started at @starts, receives from q.items (@pops) when its bubble's function has"
        " returned [waits @pops; created @starts]"
    ),
}


@pytest.mark.needs_go
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize("test", TOLD)
def test_who_waits_is_told_with_what_for(test: str, of: Callable[..., Case], release: str) -> None:
    found = found_on(of(SHAPE, release, f"-run=^{test}$"))[test]
    level = "trace, log and source" if of is case_of else "log and source"
    causes = [told(each) for each in found if each.rule == "bubble-stuck"]
    expected = [f"bubble-stuck, seen: {TOLD[test]}"]
    record("bubble-stuck", level, expected, causes)
    assert causes == expected
    assert found[0].rule == "bubble-stuck"


@pytest.mark.needs_go
def test_a_bubble_whose_clock_goes_on_passes() -> None:
    assert case_of(SHAPE, NEWEST, "-run=^TestWaitsForItsClock$").failures == ()


@pytest.mark.needs_go
def test_the_runtimes_words_in_another_panic_are_no_deadlock() -> None:
    (found,) = found_on(case_of(SHAPE, NEWEST, "-run=^TestQuotes$")).values()
    assert "bubble-stuck" not in [each.rule for each in found]
