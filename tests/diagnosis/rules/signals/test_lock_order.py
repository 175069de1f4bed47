"""A ring of locks is told as a risk, beside the tests or a failure, and never as its cause."""

from __future__ import annotations

import pytest

from diagnosis.program_bundles import (
    check_found,
    collected_program,
    findings_besides,
    findings_on,
    places_of,
)
from diagnosis.waits.locks.test_lock_order_cycles import HANGS
from flakecore.diagnosis import Certainty, Finding, Weight

pytestmark = pytest.mark.needs_go


def _besides(test: str) -> list[Finding]:
    run = collected_program("lock_rings", "--no-race", "-run", f"^{test}$")
    return [each for each in findings_besides(run) if each.rule == "lock-order"]


def test_a_ring_of_three_is_a_circumstance_with_its_three_places() -> None:
    found = _besides("TestRingOfThree")
    # Places are named where there is room for them: folders may have long names.
    at = r"(?: \(@\w+\))?"
    ring = rf"Locks in a ring: billing before orders{at}.* before stock{at}.* before billing{at}"
    check_found("lock-order", found, ring)
    (finding,) = found
    assert (finding.certainty, finding.weight) == (Certainty.INFERRED, Weight.CIRCUMSTANCE)
    assert places_of(finding) == ["waits @orders", "waits @stock", "waits @billing"]


def test_one_order_is_silent() -> None:
    check_found("lock-order", _besides("TestOneOrderOfThree"))


@pytest.mark.slow
def test_a_hang_for_another_reason_has_the_ring_as_a_circumstance_and_no_deadlock() -> None:
    run = collected_program("lock_rings", "--no-race", "-run", HANGS, "-timeout", "3s")
    found = findings_on(run, HANGS)
    (ring,) = (each for each in found if each.rule == "lock-order")
    assert ring.weight is Weight.CIRCUMSTANCE and found[0] is not ring
    assert not any("eadlock" in each.claim for each in found)
    assert [each for each in findings_besides(run) if each.rule == "lock-order"] == []
