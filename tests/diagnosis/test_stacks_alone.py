"""Stacks cut out of a hang's log, with nothing around them: what they prove by themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagnosis.checked_findings import explain_passed
from diagnosis.program_runs import RELEASES, program
from flakecore.diagnosis import Finding
from flakecore.report.text.text_report import render_text
from flakecore.timeline.sources import Sources
from timeline.captures import read

ALARM = "startAlarm"
WAITER = """\
goroutine {number} [sync.Mutex.Lock, 12 minutes]:
sync.runtime_SemacquireMutex(0xc0000b2{lock}?, 0x0?, 0x1?)
\t/usr/local/go/src/runtime/sema.go:95 +0x25
sync.(*Mutex).lockSlow(0xc0000b2{lock})
\t/usr/local/go/src/sync/mutex.go:173 +0x15d
sync.(*Mutex).Lock(...)
\t/usr/local/go/src/sync/mutex.go:92
example.com/bank.(*Account).Deposit(0xc0000b2{into}, 0x5)
\t/src/bank/account.go:31 +0x5c
example.com/bank.(*Account).TransferTo(0xc0000b2{out_of}, 0xc0000b2{into}, 0x5)
\t/src/bank/account.go:44 +0x78
created by example.com/bank.serve in goroutine 1
\t/src/bank/main.go:20 +0x97

"""
SERVER = """\
goroutine 1 [{state}]:
internal/poll.runtime_pollWait(0x7f, 0x72)
\t/usr/local/go/src/runtime/netpoll.go:345 +0x85
net.(*TCPListener).Accept(0xc00001)
\t/usr/local/go/src/net/tcpsock.go:327 +0x30
main.main()
\t/src/bank/main.go:30 +0x1
"""
BOTH = WAITER.format(number=19, lock="010", into="000", out_of="040") + WAITER.format(
    number=20, lock="050", into="040", out_of="000"
)
PREFIX = "#14 12.3 "
"""As builders of containers print it before each line."""


def stacks(shape: str, release: str) -> str:
    """Return the stacks of a hang's goroutines as one copies them, without the deadline's own."""
    lines = (program(shape, release).folder / "test.json").read_text().splitlines()
    text = "".join(json.loads(line).get("Output", "") for line in lines)
    blocks = text[text.index("panic: test timed out") :].split("\n\n")
    copied = [each for each in blocks if each.startswith("goroutine ") and ALARM not in each]
    return "\n\n".join(copied).partition("\nexit status")[0] + "\n"


def found(folder: Path, text: str, name: str = "stacks.txt") -> tuple[Finding, ...]:
    """Return what is found in a file of stacks, of which nothing may be said to be lost."""
    (folder / name).write_text(text)
    held = read(folder / name)
    assert not held.case.failures
    assert not held.case.losses
    return explain_passed(held.case, Sources())


@pytest.mark.needs_go
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("shape", "rule"), [("lock_cycle", "lock-cycle"), ("self_lock", "self-lock")]
)
def test_locks_that_never_come_free_are_told_by_stacks_alone(
    tmp_path: Path, shape: str, rule: str, release: str
) -> None:
    told = {each.rule for each in found(tmp_path, stacks(shape, release))}
    assert rule in told
    assert told <= {"lock-cycle", "self-lock", "chan-nil"}


@pytest.mark.needs_go
@pytest.mark.parametrize("release", RELEASES)
def test_waits_that_may_end_are_no_findings_of_stacks_alone(tmp_path: Path, release: str) -> None:
    assert not found(tmp_path, stacks("peer_gone", release))


@pytest.mark.needs_go
@pytest.mark.parametrize("release", RELEASES)
def test_what_is_found_in_stacks_stands_before_them(tmp_path: Path, release: str) -> None:
    (tmp_path / "stacks.txt").write_text(stacks("self_lock", release))
    held = read(tmp_path / "stacks.txt")
    text = render_text(held.bundle, [held.case])
    assert text.index("Found in the stacks:") < text.index("goroutines in stacks.txt:")


def test_a_cycle_by_addresses_is_told_beside_a_server_that_waits_as_long(tmp_path: Path) -> None:
    (told,) = found(tmp_path, BOTH + SERVER.format(state="IO wait, 13 minutes"))
    assert told.claim == (
        "Likely deadlock: G19 and G20 each wait for a lock of what the other works on "
        "(account.go:31)"
    )


@pytest.mark.parametrize("state", ["IO wait, 2 minutes", "IO wait", "running"])
def test_one_that_went_on_since_may_hold_both_locks(tmp_path: Path, state: str) -> None:
    assert not found(tmp_path, BOTH + SERVER.format(state=state))


@pytest.mark.needs_go
def test_stacks_behind_a_prefix_are_read_as_those_without(tmp_path: Path) -> None:
    text = stacks("lock_cycle", "1.27.3")
    behind = "".join(f"{PREFIX}{line}".rstrip(" ") for line in text.splitlines(keepends=True))
    claims = [each.claim for each in found(tmp_path, text)]
    assert [each.claim for each in found(tmp_path, behind, "job.log")] == claims
