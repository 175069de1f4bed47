"""Whom a test's goroutines had to do with, and why the testing package's own are none of them."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.waits.wake_partners import partners_of
from timeline.captures import RELEASES, Capture, capture
from toolchains import NEWEST


@pytest.fixture(scope="module", params=(RELEASES[0], NEWEST))
def hung(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "partners", "-timeout=1s", "-cpu=4")


def test_who_takes_what_a_test_sends_is_its_partner(hung: Capture) -> None:
    (server,) = partners_of(hung.case, hung.test("TestServed").index)
    goroutine = hung.schedule.goroutine(server)
    assert goroutine is not None
    assert goroutine.function.endswith("partners.serve")


def test_who_starts_a_test_and_hears_of_its_end_is_none(hung: Capture) -> None:
    assert partners_of(hung.case, hung.test("TestNoted").index) == ()
    assert partners_of(hung.case, -1) == ()
