"""Nil channels and selects without cases, and the same programs with channels that are there."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told

HANGS = {
    "TestSendOnNil": Expected(
        (
            "chan-nil, seen: Ga sends on a nil channel (c.requests) in (*client).ask "
            "(@nil-send), which never ends [waits @nil-send]"
        ),
        bare=(
            "chan-nil, seen: Ga sends on a nil channel in (*client).ask (@nil-send), which "
            "never ends [waits @nil-send]"
        ),
        trace=(
            "chan-nil, seen: Ga sends on a nil channel in (*client).ask (@nil-send), which "
            "never ends [waits @nil-send]"
        ),
    ),
    "TestReceiveFromNil": Expected(
        (
            "chan-nil, seen: Ga receives from a nil channel (one) in merge (@nil-receive), "
            "which never ends [waits @nil-receive]"
        ),
        bare=(
            "chan-nil, seen: Ga receives from a nil channel in merge (@nil-receive), which "
            "never ends [waits @nil-receive]"
        ),
        trace=(
            "chan-nil, seen: Ga receives from a nil channel in merge (@nil-receive), which "
            "never ends [waits @nil-receive]"
        ),
    ),
    "TestRangeOverNil": Expected(
        (
            "chan-nil, seen: Ga and Gb receive from a nil channel (from) in drain "
            "(@nil-range), which never ends [waits @nil-range; waits @nil-range]"
        ),
        bare=(
            "chan-nil, seen: Ga and Gb receive from a nil channel in drain (@nil-range), "
            "which never ends [waits @nil-range; waits @nil-range]"
        ),
        trace=(
            "chan-nil, seen: Ga and Gb receive from a nil channel in drain (@nil-range), "
            "which never ends [waits @nil-range; waits @nil-range]"
        ),
    ),
    "TestSelectWithoutCases": Expected(
        (
            "select-empty, seen: Ga is in a select with no cases in TestSelectWithoutCases "
            "(@select-test), which never ends [waits @select-test]"
        ),
        bare=(
            "select-empty, seen: Ga is in a select with no cases in TestSelectWithoutCases "
            "(@select-test), which never ends [waits @select-test]"
        ),
        trace=(
            "select-empty, seen: Ga is in a select with no cases in TestSelectWithoutCases "
            "(@select-test), which never ends [waits @select-test]"
        ),
    ),
    "TestDaemonWithoutCases": Expected(
        (
            "select-empty, seen: Ga is in a select with no cases in daemon.run "
            "(@select-run), which never ends [waits @select-run]"
        ),
        bare=(
            "select-empty, seen: Ga is in a select with no cases in daemon.run "
            "(@select-run), which never ends [waits @select-run]"
        ),
        trace=(
            "select-empty, seen: Ga is in a select with no cases in daemon.run "
            "(@select-run), which never ends [waits @select-run]"
        ),
    ),
    "TestGenericWithoutCases": Expected(
        (
            "select-empty, seen: Ga is in a select with no cases in forever[...] "
            "(@select-generic), which never ends [waits @select-generic]"
        ),
        bare=(
            "select-empty, seen: Ga is in a select with no cases in forever[...] "
            "(@select-generic), which never ends [waits @select-generic]"
        ),
        trace=(
            "select-empty, seen: Ga is in a select with no cases in forever[...] "
            "(@select-generic), which never ends [waits @select-generic]"
        ),
    ),
}
SOUND = (
    "TestSendOnMade",
    "TestReceiveFromMade",
    "TestRangeOverMade",
    "TestSelectWithACase",
    "TestSelectOfNilAndATimer",
    "TestSelectWithADefault",
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", HANGS)
def test_a_wait_that_never_ends_is_told_with_its_expression(release: str, test: str) -> None:
    check_told("chan_nil", release, test, HANGS[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_a_channel_that_is_there_is_neither(release: str, test: str) -> None:
    check_silent("chan_nil", release, test)
