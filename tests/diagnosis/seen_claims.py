"""What a claim that is ``seen`` states, made out again from the raw evidence by plain code."""

from __future__ import annotations

import re
from collections.abc import Callable

from diagnosis.raw_evidence import RawEvidence, numbers_in
from flakecore.diagnosis import Finding, Role
from flakecore.timeline import Failure

_WAITING_FOR = {
    "sends on": ("send", "select"),
    "send on": ("send", "select"),
    "receives from": ("receive", "select"),
    "receive from": ("receive", "select"),
    "ranges over": ("receive",),
    "waits for wait group": ("WaitGroup", "wait group", "semacquire"),
    "waits for mutex": ("Mutex", "mutex", "semacquire"),
    "waits for a signal": ("Cond", "cond"),
    "sleeps in": ("sleep",),
}
"""By what a claim states of a goroutine, words one of which its state in a dump, a page or a trace
has (``src/runtime/runtime2.go``, waitReasonStrings; ``internal/trace`` names them alike)."""
_CRASHED = ("send-on-closed", "chan-closed-twice", "map-concurrent")
"""Rules on operations that ended the process, and did not wait."""
_ENDED = re.compile(r"G(\d+)(?:,[^;,]*,)?,? (?:has ended|ended|which ended)")
_SHARE = re.compile(
    r"G(\d+) of \S+ (?:waited \((?P<state>[^)]*)\)|(?P<ready>was ready without a proc)"
    r"|(?P<runs>was running)) for (?P<share>\d+)% of (?P<whole>[\d.]+)(?P<unit>ms|s)\b"
)
_WAITED = re.compile(
    r"^G(\d+) had been waiting for (?:a|an|the) .* for (?P<time>[\d.]+)(?P<unit>m?s) "
)
_UNITS = {"ms": 10**6, "s": 10**9}


def check_seen(raw: RawEvidence, finding: Finding, failure: Failure | None) -> None:
    """Assert that what a claim states of goroutines holds by the raw evidence."""
    waiting = _WAITING_FOR if finding.rule not in _CRASHED else {}
    for words, states in waiting.items():
        for found in re.finditer(rf"\bG(\d+) {words}\b", finding.claim):
            _check_state(raw, int(found[1]), states, finding)
    for found in _ENDED.finditer(finding.claim):
        _check_ended(raw, int(found[1]), finding)
    for place in finding.places:
        if place.role is Role.ENDED and place.goroutine:
            _check_ended(raw, place.goroutine, finding)
    for pattern, check in _CHECKS:
        if failure is not None and (match := pattern.search(finding.claim)) is not None:
            check(raw, match, finding, failure)


def _check_state(raw: RawEvidence, number: int, states: tuple[str, ...], finding: Finding) -> None:
    """Assert that some evidence has a goroutine in one of some states."""
    reasons = {reason for _, state, reason in raw.transitions[number] if state == "Waiting"}
    found = raw.states[number] | reasons
    assert any(word in state for state in found for word in states), (finding, found)


def _check_ended(raw: RawEvidence, number: int, finding: Finding) -> None:
    """Assert that a trace or a page states that a goroutine has ended."""
    assert number in raw.ended, finding


def _check_waited(
    raw: RawEvidence, match: re.Match[str], finding: Finding, failure: Failure
) -> None:
    """Assert for how long a goroutine had waited: from its last change of state to the failure."""
    (number,) = numbers_in(match[0])
    before = [at for at, _, _ in raw.transitions[number] if at <= failure.at_ns]
    if before:
        told = float(match["time"]) * _UNITS[match["unit"]]
        waited = failure.at_ns - before[-1]
        assert abs(told - waited) <= _UNITS[match["unit"]], (finding, waited)


def _check_share(
    raw: RawEvidence, match: re.Match[str], finding: Finding, failure: Failure
) -> None:
    """Assert a share of a test's time by adding up the goroutine's states, one by one."""
    number = int(match[1])
    whole = float(match["whole"]) * _UNITS[match["unit"]]
    begin = failure.at_ns - whole
    wanted = "Running" if match["runs"] else "Runnable" if match["ready"] else "Waiting"
    spent, state, since = 0.0, "", 0
    for at, after, _ in [*raw.transitions[number], (failure.at_ns, "", "")]:
        if state == wanted:
            spent += max(min(at, failure.at_ns) - max(since, begin), 0)
        state, since = after, at
    assert abs(100 * spent / whole - int(match["share"])) <= 2, (finding, spent, whole)


Check = Callable[[RawEvidence, re.Match[str], Finding, Failure], None]
_CHECKS: tuple[tuple[re.Pattern[str], Check], ...] = (
    (_WAITED, _check_waited),
    (_SHARE, _check_share),
)
