"""Places of waiting as rows: the longest first, those of 50 ms and more marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.bundle import open_bundle
from flakecore.errors import ProfileError
from flakecore.report.profile.contention_text import contention_text
from flakecore.report.profile.profile_request import ProfileRequest
from flakecore.timeline import Case, list_cases, load_case
from program import SAMPLE


@pytest.fixture(scope="module")
def case() -> Case:
    """The sample's case."""
    with open_bundle(SAMPLE) as bundle:
        return load_case(bundle, list_cases(bundle)[0])


def test_rows_tell_how_long_how_often_where_and_by_whom(case: Case) -> None:
    heading, heads, first, *rest = contention_text([case], ProfileRequest()).splitlines()
    assert heading.startswith("example.com/flaky/courier: ")
    assert heads.split() == [
        *("waited", "waits", "mean", "longest", "paths", "for"),
        *("at,", "and", "mostly", "ended", "by"),
    ]
    assert first.startswith("!     5.99s      3   2.00s   2.99s     1  mutex ")
    assert first.endswith("ledger.go:38  <- courier.Transfer ledger.go:44  (2 never ended)")
    marks = [row[0] for row in rest if "called by" not in row]
    assert marks == sorted(marks, key="! ".index) and {"!", " "} == set(marks)


def test_a_place_that_several_paths_lead_to_has_who_called_it(case: Case) -> None:
    rows = contention_text([case], ProfileRequest()).splitlines()
    at = next(at for at, row in enumerate(rows) if "(*Dispatcher).Run dispatcher.go:41" in row)
    assert rows[at].split()[:2] == ["!", "109ms"]
    called = [row.split() for row in rows[at + 1 : at + 4]]
    assert [row[1:4] for row in called] == [["1", "called", "by"]] * 3
    assert called[0][4:] == ["courier.TestDispatcherDelivers", "dispatcher_test.go:12"]


def test_a_test_and_a_window_limit_what_is_listed(case: Case) -> None:
    request = ProfileRequest(test="TestLedgerTransfersBothWays", to_ns=1_000_000_000)
    text = contention_text([case], request)
    assert "ledger.go:38" in text and "queue.go" not in text
    assert len(contention_text([case], ProfileRequest(nodes=1)).splitlines()) == 3


def test_without_a_trace_it_says_so(case: Case) -> None:
    with pytest.raises(ProfileError, match="there is no trace; collect records one"):
        contention_text([replace(case, trace=None, schedule=None)], ProfileRequest())
    with pytest.raises(ProfileError, match="no test 'TestNone' ran"):
        contention_text([case], ProfileRequest(test="TestNone"))
