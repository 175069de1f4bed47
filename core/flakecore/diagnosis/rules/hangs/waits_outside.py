"""``waits-outside``: the test's goroutine waits for something outside of the program, or sleeps.

Reports a failure by timeout where a goroutine of the test waits for a child process, the network,
a file lock, another system call, a sleep, or within a library for what is its to give: a connection
of a pool, the handlers of a server. It is an effect: what it waits for is named, and why that did
not come is beyond the evidence. Silent on a sleep that the trace shows to have begun just
before the time was up: a loop that polls is not what the test hung in.

Example: ``exec.Command("sleep", "1000").Run()``.
Counterexample: a server's accept loop beside a test that waits for a lock.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import CLAIM_LIMIT, Certainty, Finding, Role, Weight
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.library_waits import ANSWER, library_wait
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers
from flakecore.frames import is_own
from flakecore.timeline import FailureKind

_PIPES = "os/exec.(*Cmd).awaitGoroutines"
"""Wait comes to it when the child has ended, for what copies its output (Go 1.20, os/exec)."""
_CALLS = (
    ("os/exec.(*Cmd).", "waits for a child process"),
    ("os.(*Process).", "waits for a child process"),
    ("syscall.wait4", "waits for a child process"),
    ("syscall.Flock", "waits for a file lock"),
    ("syscall.FcntlFlock", "waits for a file lock"),
    ("net.(*Resolver).", "waits for a name server"),
    ("net.(*sysDialer).", "waits for a connection to be made"),
    ("net.(*Dialer).", "waits for a connection to be made"),
    ("crypto/tls.(*Conn).", "waits for a TLS peer"),
    ("net.(*netFD).accept", "waits for somebody to connect"),
    ("net.(*netFD).Accept", "waits for somebody to connect"),
    ("net.(*netFD).Read", "waits for a network peer to send"),
    ("net.(*netFD).Write", "waits for a network peer to read"),
    ("net.(*conn).Read", "waits for a network peer to send"),
    ("net.(*conn).Write", "waits for a network peer to read"),
    ("os.(*File).Read", "waits to read from a file, pipe or terminal"),
    ("os.(*File).Write", "waits to write to a file, pipe or terminal"),
)

_SHORT = 0.1
"""Share of a test's time: a sleep that had lasted for less when it ended is not what it hung in."""


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.TIMEOUT:
        return
    waiting = [(state, what) for state in question.states.of_test() if (what := _outside(state))]
    answers = [
        state for state, _ in waiting if any(frame.function == ANSWER for frame in state.frames)
    ]
    for state, what in waiting:
        if state.own is None or _polls(question, state):
            continue
        if state in answers and len(answers) < len(waiting):
            continue  # The finding on whoever is to answer is enough.
        since = f" for {state.minutes} minutes" if state.minutes else ""
        made = state.created_at
        if is_own(state.own, state.package):
            where = f" in {state.own.short_function}"
            place = f" ({state.own.place})"
        elif made is not None and is_own(made, state.package):
            where, place = "", f" (started at {made.place})"
        else:
            continue
        begin = f"{state.name} {what}{where}{place}"
        behind = _wait_of_test(question, state)
        both = f"{begin}, while {_wait(behind)}" if behind is not None else ""
        own = [behind.state] if behind is not None and len(both) <= CLAIM_LIMIT else []
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(
                *([both] if own else ()),
                f"{state.name} {what}{since}{where}{place}",
                f"{state.name} {what}{place}",
            ),
            certainty=Certainty.SEEN,
            weight=Weight.EFFECT,
            test=state.test,
            places=tuple(each.place_of(Role.WAITS) for each in (state, *own)),
            evidence=tuple(each.evidence() for each in (state, *own)),
            explains=frozenset((state.number,)),
        )


def _wait_of_test(question: Question, state: GoroutineState) -> WaitPeers | None:
    """Return the wait of the test's own goroutine, where only this one could end it."""
    failure = question.failure
    own = question.states.by_number.get(failure.goroutine) if failure is not None else None
    if own is None or own.number == state.number:
        return None
    peers = question.waits.peers(own)
    numbers = [each.number for each in peers.candidates] if peers is not None else []
    return peers if numbers == [state.number] else None


def _wait(peers: WaitPeers) -> str:
    return f"{peers.state.name} {peers.does} {peers.text} ({peers.place})"


def _polls(question: Question, state: GoroutineState) -> bool:
    """Return whether a sleep began a short while before the time was up: it was one of many."""
    if state.blocked_on is not BlockedOn.SLEEP or state.since_ns is None:
        return False
    whole = question.states.at_ns - question.case.tests[state.test].start_ns
    return question.states.at_ns - state.since_ns < whole * _SHORT


def _outside(state: GoroutineState) -> str:
    """Return what a goroutine waits for outside of its package; "" if it does not."""
    if state.blocked_on is BlockedOn.SLEEP:
        return "sleeps"
    in_library = state.own is not None and state.own is not state.frames[0]
    if not in_library and state.blocked_on not in (BlockedOn.SYSCALL, BlockedOn.NETWORK):
        return ""
    within = [frame.function for frame in state.frames]
    if state.own is not None:
        within = within[: state.frames.index(state.own)]
    named = (what for start, what in _CALLS if any(each.startswith(start) for each in within))
    if state.blocked_on in (BlockedOn.SYSCALL, BlockedOn.NETWORK):
        return next(
            named,
            "is in a system call"
            if state.blocked_on is BlockedOn.SYSCALL
            else "waits for the network",
        )
    if state.blocked_on is BlockedOn.RECEIVE and any(
        each.startswith("os/exec.(*Cmd).") for each in within
    ):
        has_ended = any(each.startswith(_PIPES) for each in within)
        return f"waits for {'the pipes of an ended' if has_ended else 'a'} child process"
    return library_wait(state)


RULE = Rule("waits-outside", Needs.STATES | Needs.FAILURE, _find)
