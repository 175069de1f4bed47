"""Where a test's own goroutine waits is told of a dump of a timeout or a fatal error, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.diagnosis.findings import Certainty, Finding, Weight
from flakecore.diagnosis.goroutine_states import states_of_dump
from flakecore.diagnosis.rules.hangs.blocked import RULE
from flakecore.diagnosis.rules.rule import Question
from timeline.captures import read

TIMEOUT = "panic: test timed out after 5m0s\nrunning tests:\n\tTestCrane (5m0s)\n\n"
ASLEEP = "fatal error: all goroutines are asleep - deadlock!\n\n"
PANIC = "panic: no crane\n\n"
RUNNER = """\
testing.tRunner(0xc000118680, 0x551b10)
\t/usr/local/go/src/testing/testing.go:1689 +0xfb
created by testing.(*T).Run in goroutine 1
\t/usr/local/go/src/testing/testing.go:1742 +0x390
"""
OWN = f"""\
goroutine 18 [{{}}]:
example.com/quay.TestCrane(0xc000118680)
\t/src/quay/crane_test.go:57 +0x487
{RUNNER}
"""
WORKER = """\
goroutine 19 [{}]:
example.com/quay.(*Crane).lift(0xc000394150)
\t/src/quay/crane.go:170 +0x3cc
created by example.com/quay.TestCrane in goroutine 18
\t/src/quay/crane_test.go:50 +0x2c6

"""
END = "FAIL\texample.com/quay\t300.015s\nFAIL\n"


def _found(folder: Path, text: str) -> list[Finding]:
    """Return what the rule finds on the only failure of a log."""
    (folder / "test.log").write_text(text + END)
    case = read(folder).case
    (failure,) = case.failures
    dump = case.crashes[failure.crash].goroutines
    states = states_of_dump(case, dump, failure.test, failure.at_ns)
    return list(RULE.find(Question(case, failure, states)))


@pytest.mark.parametrize(
    ("state", "does"),
    [
        ("chan receive, 4 minutes", "waits to receive at crane_test.go:57 for 4 minutes"),
        ("chan send, 1 minutes", "waits to send at crane_test.go:57 for 1 minute"),
        ("select", "waits in a select at crane_test.go:57"),
        ("sync.Mutex.Lock", "waits for a lock at crane_test.go:57"),
        ("sync.RWMutex.RLock", "waits for a read lock at crane_test.go:57"),
        ("sync.RWMutex.Lock", "waits for a write lock at crane_test.go:57"),
        ("sync.WaitGroup.Wait", "waits for a wait group at crane_test.go:57"),
        ("sync.Cond.Wait", "waits for a cond at crane_test.go:57"),
    ],
)
@pytest.mark.parametrize("crash", [TIMEOUT, ASLEEP])
def test_the_wait_of_the_tests_own_goroutine_is_told(
    tmp_path: Path, crash: str, state: str, does: str
) -> None:
    (finding,) = _found(tmp_path, crash + OWN.format(state) + WORKER.format("IO wait"))
    assert finding.claim == f"G18, the test's own, {does}"
    assert (finding.certainty, finding.weight) == (Certainty.SEEN, Weight.EFFECT)
    assert finding.explains == {18}
    assert [each.line for each in finding.places] == [57]


@pytest.mark.parametrize(
    "state", ["running", "sleep", "IO wait", "chan receive (nil chan)", "select (no cases)"]
)
def test_what_no_other_goroutine_could_end_is_no_such_wait(tmp_path: Path, state: str) -> None:
    assert _found(tmp_path, TIMEOUT + OWN.format(state) + WORKER.format("select")) == []


def test_a_panic_says_nothing_of_what_waits_beside_it(tmp_path: Path) -> None:
    assert _found(tmp_path, PANIC + WORKER.format("running") + OWN.format("chan receive")) == []


def test_the_evidence_has_the_tests_other_goroutines_that_wait(tmp_path: Path) -> None:
    (finding,) = _found(tmp_path, TIMEOUT + OWN.format("select") + WORKER.format("chan send"))
    assert [each.text for each in finding.evidence] == [
        "G18 waits in a select in TestCrane (crane_test.go:57)",
        "G19 waits to send in (*Crane).lift (crane.go:170)",
    ]


def test_one_goroutine_that_was_copied_alone_is_told_and_is_not_the_tests_own(
    tmp_path: Path,
) -> None:
    (finding,) = _found(tmp_path, TIMEOUT + WORKER.format("select"))
    assert finding.claim == "G19 waits in a select at crane.go:170"


def test_of_several_without_the_tests_own_none_is_told(tmp_path: Path) -> None:
    others = WORKER.format("select") + WORKER.format("select").replace("19", "20", 1)
    assert _found(tmp_path, TIMEOUT + others) == []
