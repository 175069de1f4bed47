"""What stands still in TestMain, before or after all tests, is told of the main goroutine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.checked_findings import explain
from diagnosis.program_runs import told
from diagnosis.rule_table import record
from flakecore.timeline import Case
from timeline.captures import read
from toolchains import NEWEST

TOLD = {
    "TestLocksTwice": (
        "self-lock, inferred: Self-deadlock: Ga waits at @locks-again for mu (@locks), its own lock"
        " [waits @locks-again; locked_at @locks]"
    ),
    "TestNeverFinishes": "blocked, seen: Ga waits to receive at @waits [waits @waits]",
}


@pytest.mark.parametrize("release", ["1.22.10", NEWEST])
@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize("test", TOLD)
def test_a_deadlock_of_the_main_goroutine_alone_is_told(
    test: str, of: Callable[..., Case], release: str
) -> None:
    case = of("at_the_end", release, f"-run=^{test}$")
    found = [told(each) for found in found_on(case).values() for each in found]
    level = "log and source" if case.schedule is None else "trace, log and source"
    record(TOLD[test].partition(",")[0], level, [TOLD[test]], found)
    assert found == [TOLD[test]]


def test_an_end_that_comes_is_no_failure() -> None:
    assert case_of("at_the_end", NEWEST, "-run=^TestFinishes$").failures == ()


QUIT = """SIGQUIT: quit
PC=0x4871a1 m=0 sigcode=0

goroutine 0 gp=0x7a3c40 m=0 mp=0x7a4ae0 [idle]:
runtime.futex(0x7a4c20, 0x80, 0x0, 0x0, 0x0, 0x0)
\t/usr/local/go/src/runtime/sys_linux_amd64.s:557 +0x21 fp=0x7ffd sp=0x7ffc pc=0x4871a1

goroutine 1 gp=0xc0000061c0 m=nil [chan receive, 1 minutes]:
example.com/quay.TestMain(0xc000124000)
\t/src/quay/quay_test.go:18 +0x2e

FAIL\texample.com/quay\t80.020s
"""


def test_of_what_is_ended_by_a_signal_the_main_goroutine_is_told(tmp_path: Path) -> None:
    (tmp_path / "test.log").write_text(QUIT)
    case = read(tmp_path).case
    (failure,) = case.failures
    (finding,) = explain(case, failure)
    assert finding.claim == "G1 waits to receive at quay_test.go:18 for 1 minute"
