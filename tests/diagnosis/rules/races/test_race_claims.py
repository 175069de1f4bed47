"""A race is called by both its sides, as long as a line has room for them."""

from __future__ import annotations

from flakecore.diagnosis.findings import CLAIM_LIMIT
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.races.race_claims import late_claim, race_claim
from flakecore.diagnosis.rules.races.raced_accesses import RacedAccess
from flakecore.gotest import DumpFrame

_ADD = StackFrame("example.com/pool.(*Count).Add", "/src/pool/pool.go", 12)
_TOTAL = StackFrame("example.com/pool.(*Count).Total", "/src/pool/pool.go", 33)
_LOGS = DumpFrame("testing.(*common).Logf", "/go/src/testing/testing.go", 1050, "...")
_ENDS = DumpFrame("testing.tRunner.func1", "/go/src/testing/testing.go", 1700, "")


def _access(
    kind: str, frame: StackFrame | None, who: str = "", frames: tuple[DumpFrame, ...] = ()
) -> RacedAccess:
    return RacedAccess(kind, False, frame, None, who, 0, "", frames)


def test_two_lines_are_named_with_what_is_done_there_and_by_whom() -> None:
    claim = race_claim(
        _access("write", _ADD, "from pool_test.go:7"), _access("read", _TOTAL), (), "c.n"
    )
    assert claim == (
        "Race on c.n: (*Count).Add writes at pool.go:12 (from pool_test.go:7), (*Count).Total"
        " reads at pool.go:33"
    )


def test_one_line_of_two_subtests_names_both() -> None:
    claim = race_claim(
        _access("write", _ADD), _access("write", _ADD), ("TestCount/a", "TestCount/b"), ""
    )
    assert claim.startswith(
        "Race between TestCount/a and TestCount/b in (*Count).Add at pool.go:12"
    )
    assert claim.endswith("both write")


def test_who_logs_to_a_test_that_ends_is_named_and_no_variable() -> None:
    ends, logs = _access("write", None, frames=(_ENDS,)), _access("read", _ADD, frames=(_LOGS,))
    assert race_claim(ends, logs, (), "t.done") == (
        "(*Count).Add at pool.go:12 logs to a test while that ends"
    )
    assert late_claim(logs, _access("read", _TOTAL)) == ""


def test_a_claim_has_room_in_a_line() -> None:
    far = StackFrame("example.com/pool.(*Count)." + "Very" * 20, "/src/pool/pool.go", 12)
    claim = race_claim(_access("write", far, "from pool_test.go:7"), _access("read", far), (), "x")
    assert len(claim) <= CLAIM_LIMIT
