"""``leak``: goroutines that a test left waiting when it ended, also of a test that passed.

Reports a goroutine that belongs to a test that is over and waits for what only another goroutine
can do, where one of these is at hand:

- the objects page that was written when the tests were over has it among those that cannot go on;
- the collector found that nothing can wake it (``leaked`` in a dump of Go 1.27);
- a rule on waits shows that nothing can end it: a lock that is held for good, a nil channel;
- it is of no test, as a timer's function is, and waits for a lock that a goroutine of the test had
  when that ended;
- there is no such page, and the collector was not asked, or it waits for a lock, and a trace has it
  waiting for at least ``_LEAST_NS`` until its end (not in a select, which may have a timer), nobody
  of another test ever woke it or its like, and no goroutine of its test can still go on.

Silent on what can go on by the page (a package variable may lead to what it waits on), on the
runtime's and testing's own goroutines, on those of no test (started by ``init``,
``TestMain`` or a package variable), on those that sleep, run, or wait for the network or a system
call, on a worker that a later test has used, and on a run that a crash cut short.

Goroutines that wait at one place, started at one place, are one finding, whichever tests left
them: it is of the first, or of the test whose subtests all of them are.

Example: a function starts ``go func() { c <- ask() }()`` on a channel without room, and returns at
its deadline.
Counterexample: the same with a channel of capacity 1; or a goroutine that is asleep and ends later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import islice

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState, StackFrame
from flakecore.diagnosis.rules.leaks.other_side import is_of_itself, why_all_wait
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.test_runs import ended_tests
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.timeline import Lane, LaneKind
from flakecore.times import format_duration

_LEAST_NS = 100_000_000
"""Waits of a trace that are shorter at its end may end a moment later: the probe of ``collect``
gives what is left 300 ms to settle."""
_LEAK_PROFILE = "goroutineleak.pprof"
"""The collector was asked where a bundle has it; dumps that follow bear its marks."""
_SHOWN = 8
"""Goroutines of a finding whose places and evidence it has."""
_BY_TRACE = frozenset(
    (
        *(BlockedOn.SEND, BlockedOn.RECEIVE, BlockedOn.MUTEX, BlockedOn.RWMUTEX_READ),
        *(BlockedOn.RWMUTEX_WRITE, BlockedOn.WAIT_GROUP, BlockedOn.COND),
        *(BlockedOn.SEND_NIL, BlockedOn.RECEIVE_NIL, BlockedOn.SELECT_EMPTY),
    )
)
"""Waits that the trace alone may show to be left behind; a select may have a timer."""
_GOES_ON = frozenset(
    (
        *(BlockedOn.RUNNING, BlockedOn.RUNNABLE, BlockedOn.SYSCALL, BlockedOn.SLEEP),
        *(BlockedOn.NETWORK, BlockedOn.UNKNOWN, BlockedOn.SELECT),
    )
)
"""What a goroutine is in that may yet do something without another one of the program."""
_PROOFS = frozenset(
    ("chan-nil", "lock-cycle", "lock-held", "select-empty", "self-lock", "wait-cycle")
)
"""Rules whose finding alone shows that a wait cannot end. A worker of a package variable may wait
for a channel that nobody sends on until the next test does."""
_BODY, _REQUESTS = "net/http.(*persistConn).readLoop", "net/http.(*persistConn).writeLoop"
"""The goroutines of a client's connection: the first is in a select until the body of the response
has been read to its end or closed, and the other ends with it (net/http/transport.go)."""
_DOES = {BlockedOn.SEND: "sending", BlockedOn.RECEIVE: "receiving"}
_Place = tuple[str, str, str, str]
"""What goroutines of one finding share: what they wait for, where, where they were started, and the
rule that shows that the wait cannot end."""


def _find(question: Question) -> Iterator[Finding]:
    case = question.case
    if case.crashes:
        return
    over = ended_tests(case)
    order = sorted(question.proven, key=lambda each: each.certainty is Certainty.SEEN)
    proven = {number: finding for finding in order for number in finding.explains}
    has_leak_profile = any(each.name.endswith(_LEAK_PROFILE) for each in case.artefacts)
    kin = _Kin(question)
    alike: defaultdict[_Place, list[GoroutineState]] = defaultdict(list)
    for state in question.states:
        if state.test not in over or state.own is None or not state.blocked_on.on_others:
            continue
        unsure = question.objects is not None and question.objects.is_unsure(state.number)
        if (state.live or unsure) and not state.leaked:
            continue
        lock = question.locks.waits.get(state.number)
        if lock is not None and question.waits.may_be_unlocked(lock):
            continue
        reason = proven.get(state.number)
        is_proven = _is_dead(question, state) or (reason is not None and reason.rule in _PROOFS)
        asked_trace = state.blocked_on.on_lock or not has_leak_profile
        if not is_proven and not (asked_trace and _is_left_by_trace(question, state, kin)):
            continue
        started = state.created_at.place if state.created_at is not None else ""
        rule = reason.rule if reason is not None else ""
        alike[str(state.blocked_on), state.own.place, started, rule].append(state)
    bodies = {each.test for group in alike.values() for each in group if _is_in(each, _BODY)}
    for group in alike.values():
        left = (each for each in group if each.test not in bodies or not _is_in(each, _REQUESTS))
        states = sorted(left, key=lambda each: (case.tests[each.test].start_ns, each.number))
        if states:
            yield _finding(question, states, proven)
    yield from _left_locked(question, over)


def _is_in(state: GoroutineState, function: str) -> bool:
    """Return whether a goroutine is in a select of a function of another package."""
    own = state.own
    return state.blocked_on is BlockedOn.SELECT and own is not None and own.function == function


def _left_locked(question: Question, over: Set[int]) -> Iterator[Finding]:
    """Yield the locks that a test's goroutine ended with, where who waits is of no test.

    A timer's function is so: nobody started the goroutine that it runs on.
    """
    schedule = question.case.schedule
    for finding in question.proven if schedule is not None else ():
        held = [each for each in finding.places if each.role is Role.LOCKED_AT and each.goroutine]
        waiting = [question.states.by_number.get(number) for number in finding.explains]
        if finding.rule != "lock-held" or finding.certainty is not Certainty.SEEN or not held:
            continue
        if any(each is None or each.test >= 0 for each in waiting):
            continue
        holder = schedule.goroutine(held[0].goroutine) if schedule is not None else None
        test = schedule.tree.test_of(held[0].goroutine) if schedule is not None else -1
        if test in over and holder is not None and holder.ended_ns is not None:
            yield replace(finding, rule=RULE.id, test=test)


def _is_dead(question: Question, state: GoroutineState) -> bool:
    """Return whether the collector or the objects page shows that nothing can wake it.

    When all tests are over nobody is left to use what a package variable leads to, though another
    test might: a page has nothing of that.
    """
    if state.leaked or state.live is not False or question.objects is None:
        return state.leaked or state.live is False
    waits = question.objects.waits_of(state.number)
    return not any(each.object is not None and each.object.is_global for each in waits)


class _Kin:
    """The goroutines of each test; what is asked of one is the same for all that stand alike."""

    def __init__(self, question: Question) -> None:
        self._schedule = question.case.schedule
        self._by_maker: defaultdict[tuple[int, StackFrame | None], list[int]] = defaultdict(list)
        self._tests: dict[tuple[int, StackFrame | None], set[int]] = {}
        self.going_on: set[int] = set()
        """Tests of which a goroutine may yet do something by itself."""
        for each in question.states:
            self._by_maker[each.test, each.created_at].append(each.number)
            if each.blocked_on in _GOES_ON:
                self.going_on.add(each.test)

    def tests_of_partners(self, state: GoroutineState) -> set[int]:
        """Return the tests of the goroutines that one and its like had to do with.

        Workers of one pool: which of them another test came to use is chance.
        """
        like = state.test, state.created_at
        schedule = self._schedule
        if like not in self._tests and schedule is not None:
            partners = schedule.wake_partners(self._by_maker[like])
            tests = {schedule.tree.test_of(number) for number in partners if number > 0}
            self._tests[like] = tests
        return self._tests.get(like, set())


def _is_left_by_trace(question: Question, state: GoroutineState, kin: _Kin) -> bool:
    """Return whether the trace shows that a goroutine was left behind."""
    schedule = question.case.schedule
    if schedule is None or state.blocked_on not in _BY_TRACE or state.test in kin.going_on:
        return False
    last = schedule.last(Lane(LaneKind.GOROUTINE, state.number))
    if last is None or not last.to_the_end or not last.state.waiting:
        return False
    if schedule.end_ns - last.start_ns < _LEAST_NS:
        return False
    return kin.tests_of_partners(state) <= {state.test}


def _finding(
    question: Question, states: list[GoroutineState], proven: dict[int, Finding]
) -> Finding:
    first = states[0]
    assert first.own is not None
    found = dict.fromkeys(proven[s.number] for s in states if s.number in proven)
    reasons = [each for each in found if not is_of_itself(states, each)]
    reasons = [each for each in reasons if _is_dead(question, first) or each.rule in _PROOFS]
    by_test = _by_test(question, states)
    shown = states[:_SHOWN] if len(by_test) == 1 else states[:1]
    evidence = [state.evidence() for state in shown]
    if any(state.leaked for state in states):
        text = (
            f"the garbage collector found that nothing can wake {names([s.number for s in states])}"
        )
        evidence.append(Evidence(text, None, first.number))
    elif first.live is False:
        text = f"by the objects page nothing can wake {names([s.number for s in states])}"
        evidence.append(Evidence(text, None, first.number))
    ended = _ended(question, first)
    for reason in reasons[:1]:
        evidence.append(Evidence(reason.claim, None, first.number))
        # That its creator ended is reported below.
        left_by = (
            each
            for each in reason.evidence[1:4]
            if (each.time_ns, each.goroutine) != (ended, first.creator)
        )
        evidence += left_by
    if ended:
        evidence.append(
            Evidence(f"G{first.creator}, which started it, ended", ended, first.creator)
        )
    elif first.creator and first.created_at is not None:
        started = f"{first.name} was started by G{first.creator}"
        evidence.append(Evidence(started, None, first.creator))
    if len(by_test) > 1:
        evidence += [
            Evidence(f"{test} left {names(numbers)}", None, numbers[0])
            for test, numbers in islice(by_test.items(), _SHOWN)
        ]
    seen = all(_is_dead(question, each) for each in states) or not reasons
    is_stuck = bool(reasons) or _is_dead(question, first)
    why = why_all_wait(states, proven)
    claim = _claim(question, states, why, is_stuck=is_stuck, ended=bool(ended))
    by_source = claim.endswith(why) if why else False
    if by_source:
        seen = seen and proven[first.number].certainty is Certainty.SEEN
    return Finding(
        rule=RULE.id,
        claim=claim,
        certainty=Certainty.SEEN if seen else Certainty.INFERRED,
        test=_test_of(question, states),
        places=tuple(_places(states, proven[first.number].places if by_source else (), claim)),
        evidence=tuple(evidence),
        next=_next(question, first, reasons),
        explains=frozenset(state.number for state in states),
    )


def _by_test(question: Question, states: list[GoroutineState]) -> dict[str, list[int]]:
    """Return the goroutines that each test left, by its name, in the order of the states."""
    left: defaultdict[str, list[int]] = defaultdict(list)
    for state in states:
        left[question.case.tests[state.test].name].append(state.number)
    return left


def _test_of(question: Question, states: list[GoroutineState]) -> int:
    """Return the test that a finding is of: the parent of subtests that left one each."""
    tests, names_left = question.case.tests, _by_test(question, states)
    first = states[0].test
    if len(names_left) == 1:
        return first
    roots = {name.partition("/")[0] for name in names_left}
    while len(roots) == 1 and (parent := tests[first].parent) >= 0:
        first = parent
    return first


def _tests_left(question: Question, states: list[GoroutineState]) -> str:
    """Return the tests that left goroutines, for a claim."""
    found = list(_by_test(question, states))
    if len(found) == 1:
        return found[0]
    root, *others = dict.fromkeys(name.partition("/")[0] for name in found)
    if not others and root not in found:
        return f"{len(found)} subtests of {root}"
    if len(found) == 2:
        return f"{found[0]} and {found[1]}"
    return f"{found[0]} and {len(found) - 1} more tests"


def _claim(
    question: Question,
    states: list[GoroutineState],
    why: Sequence[str],
    *,
    is_stuck: bool,
    ended: bool,
) -> str:
    """Return the claim: ``stuck`` only where it is known that nothing can end the wait."""
    first, test = states[0], _tests_left(question, states)
    assert first.own is not None
    who = f"{len(states)} goroutines" if len(states) > 1 else first.name
    how = "stuck" if is_stuck else "waiting"
    what = f"{test} left {who} {how} in {first.blocked_on.noun} at {first.own.place}"
    made = first.created_at
    if _is_in(first, _BODY):
        body = f"until the body of an HTTP response is closed ({first.own.place})"
        return first_that_fits(f"{test} left {who} {how} {body}", what)
    if made is None or not made.file:
        return first_that_fits(what)
    does = _DOES.get(first.blocked_on, f"in {first.blocked_on.noun}")
    short = f"{test} left {who} {how} {does} at {first.own.place}"
    plain = f"{test} left {who} {how} at {first.own.place}"
    with_why = first_that_fits(*(f"{b}; {each}" for each in why for b in (what, short, plain)), "")
    if with_why:
        return with_why
    one_maker = len({state.creator for state in states}) == 1
    by = f" by G{first.creator}" if first.creator and one_maker else ""
    gone = ", which ended" if by and ended else ""
    return first_that_fits(
        f"{what}, started at {made.place}{by}{gone}",
        f"{what}, started at {made.place}",
        f"{plain}, started at {made.place}",
        plain,
    )


def _ended(question: Question, state: GoroutineState) -> int | None:
    """Return when the creator of a goroutine ended; None if it did not, or nothing shows."""
    schedule = question.case.schedule
    creator = schedule.goroutine(state.creator) if schedule is not None else None
    return creator.ended_ns if creator is not None else None


def _places(states: list[GoroutineState], others: Sequence[Place], claim: str) -> Iterator[Place]:
    """Yield where goroutines wait, the other side's places in a claim, and who started them."""
    for state in states[:_SHOWN]:
        yield state.place_of(Role.WAITS)
    for each in others:
        if each.role is not Role.WAITS and f"{each.file.rpartition('/')[2]}:{each.line})" in claim:
            yield each
    made = states[0].created_at
    if made is not None:
        yield Place(Role.CREATED, states[0].number, made.function, made.file, made.line)


def _next(question: Question, first: GoroutineState, reasons: list[Finding]) -> str:
    if _is_in(first, _BODY):
        return "read the body of each response to its end and close it"
    if reasons and reasons[0].next:
        return reasons[0].next
    last = question.case.tests[-1].end_ns if question.case.tests else 0
    settled = question.case.end_ns - last
    waited = f" (it had {format_duration(settled)} after the last test)" if settled > 0 else ""
    return f"let it end before the test does, and wait for it{waited}"


RULE = Rule("leak", Needs.PASSED, _find)
