"""``panic-cause`` of wait groups: a Done too many, and an Add that came when it must not.

Reports the panics of ``sync/waitgroup.go``: ``negative WaitGroup counter``, ``WaitGroup is reused
before previous Wait has returned`` and ``WaitGroup misuse: Add called concurrently with Wait``. It
names the call that panicked, and from the source what else counts the same wait group: the Add that
added too little, the second Done of the same function, the Add that came too late. With a trace it
shows whose Done had let the Wait return before. Silent on the other side where the wait group is
used where nobody has looked, or where more than a few places count it.

Example: ``defer wg.Done()`` in a function that also calls ``wg.Done()`` before it returns early.
Counterexample: a Done for each Add.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.crash_site import CrashSite
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.objects.method_values import counts_down_elsewhere
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import enclosing
from flakecore.frames import own_frame
from flakecore.timeline import State
from flakecore.times import format_duration

_NEGATIVE = "sync: negative WaitGroup counter"
_REUSED = "sync: WaitGroup is reused before previous Wait has returned"
_MISUSED = "sync: WaitGroup misuse: Add called concurrently with Wait"
_COUNTS = (OperationKind.ADD, OperationKind.DONE)
_OF_GROUP = (*_COUNTS, OperationKind.WAIT)
_ROLES = {
    OperationKind.ADD: Role.ADDS,
    OperationKind.DONE: Role.DONE,
    OperationKind.WAIT: Role.WAITS,
}
_SHOWN = 4
"""Other places that count it of which the evidence has so many."""
_FEW_ADDS = 2
"""Places that add to it, of which so many are named."""
_PLAIN = 2
"""Versions of a claim that has no other side."""
_GO = "sync.(*WaitGroup).Go"


@dataclass(frozen=True)
class _Counted:
    """One operation on the wait group.

    Attributes:
        path: of its file, as the stacks have it.
        operation: what it does.
    """

    path: str
    operation: Operation

    @property
    def at(self) -> str:
        """``pool.go:33``."""
        return f"{self.path.rpartition('/')[2]}:{self.operation.line}"

    @property
    def text(self) -> str:
        """``wg.Add(2) (pool.go:33)``."""
        called = " ".join(text_of(self.operation.node).split())
        return f"{called} ({self.at})"

    @property
    def place(self) -> Place:
        """It as a place of a finding."""
        return Place(_ROLES[self.operation.kind], 0, "", self.path, self.operation.line)


def _find(question: Question) -> Iterator[Finding]:
    failure, site = question.failure, question.panic
    message = site.message.partition("\n")[0].strip() if site is not None else ""
    if failure is None or site is None or message not in (_NEGATIVE, _REUSED, _MISUSED):
        return
    file = question.files.file_of(site.own)
    if file is not None and file.panics(site.own.line):
        return
    own = _failed_operation(question, site)
    others = _other_operations(question, site, own) if own is not None else []
    is_known = own is not None and _is_followed(question, site, own)
    claims = _claims(site, message, own, others if is_known else [])
    is_cause = len(claims) > _PLAIN
    ended = _let_go(question, [each for each in others if each.operation.kind is _OF_GROUP[2]])
    evidence = [Evidence(f"panic: {message}", None, site.goroutine)]
    if ended is not None and message == _NEGATIVE:
        evidence.append(ended)
    named = [each for each in others if each.operation.kind in _COUNTS][:_SHOWN]
    twice = _second_done(own, others) or ()
    shown = [*named, *(each for each in twice if each not in named and each.at != site.own.place)]
    evidence += [Evidence(f"the source has {each.text}", None, 0) for each in shown]
    yield Finding(
        rule="panic-cause",
        claim=first_that_fits(*claims),
        certainty=Certainty.INFERRED if is_cause else Certainty.SEEN,
        weight=Weight.CAUSE if is_cause else Weight.EFFECT,
        test=failure.test,
        places=(*site.places(Role.PANICS), *(each.place for each in shown)),
        evidence=tuple(evidence),
        next=_NEXT[message],
    )


_NEXT = {
    _NEGATIVE: "call Done once for what Add counts, by defer alone",
    _REUSED: "let all Waits return before the next Add, or use another wait group for it",
    _MISUSED: "call every Add before Wait is called, and before the go statement",
}


def _failed_operation(question: Question, site: CrashSite) -> _Counted | None:
    """Return the operation that panicked, where the source leaves one."""
    file = question.files.file_of(site.own)
    if file is None or any(each.function == _GO for each in site.frames):
        return None
    own = file.failed_operation(site.own.line, *_OF_GROUP, deferred=OperationKind.DONE)
    return _Counted(site.own.file, own) if own is not None else None


def _other_operations(question: Question, site: CrashSite, own: _Counted) -> list[_Counted]:
    """Return the other operations on the wait group that the source has."""
    package = question.files.package_of(site.own)
    return (
        [
            _Counted(f"{package.folder}/{file}", each)
            for file, each in package.uses.of(site.own.file.rpartition("/")[2], own.operation)
            if each.kind in _OF_GROUP and each.node != own.operation.node
        ]
        if package is not None
        else []
    )


def _is_followed(question: Question, site: CrashSite, own: _Counted) -> bool:
    """Return whether the package's source has every operation on the wait group."""
    package = question.files.package_of(site.own)
    name = site.own.file.rpartition("/")[2]
    if package is None or package.uses.escapes(name, own.operation):
        return False
    return not counts_down_elsewhere(package)


def _claims(
    site: CrashSite,
    message: str,
    own: _Counted | None,
    others: list[_Counted],
) -> list[str]:
    """Return versions of the claim, the longest first; two where the other side is not known."""
    adds = [each for each in others if each.operation.kind is OperationKind.ADD]
    waits = [each for each in others if each.operation.kind is OperationKind.WAIT]
    name = own.operation.object.text if own is not None else "a wait group"
    does = own.operation.kind.value if own is not None else ""
    where = site.own.place
    if message == _NEGATIVE:
        if own is None or not others:
            return [f"{site.who} takes a wait group below zero{site.at}"]
        plain = [
            f"{site.who} takes {name} below zero{site.at}",
            f"{site.who} takes {name} below zero ({where})",
        ]
        twice = _second_done(own, others)
        if twice is not None:
            direct, deferred = twice
            again = f"calls Done at {direct.at} and again by defer"
            return [
                f"{site.who} takes {name} below zero ({where}): its function {again}"
                f" ({deferred.at})",
                f"{site.who} takes {name} below zero ({where}): its function {again}",
                *plain,
            ]
        if (
            own is None
            or not (does == "Done" or _takes_away(own))
            or not 0 < len(adds) <= _FEW_ADDS
        ):
            return [f"{site.who} takes a wait group below zero{site.at}"]
        if _takes_away(own):
            calls = " ".join(text_of(own.operation.node).split())
            texts = " and ".join(each.text for each in adds)
            return [
                f"{site.who} calls {calls} ({where}), which is more than {texts} counted",
                *plain,
            ]
        added = " and ".join(each.text for each in adds)
        return [
            f"{site.who} calls {name}.Done ({where}) once more than {added} counted",
            f"{site.who} calls {name}.Done ({where}) more often than Add counted"
            f" ({' and '.join(each.at for each in adds)})",
            *plain,
        ]
    words = message.removeprefix("sync: ")
    plain = [f"{site.who}: {words}{site.at}", f"{site.who}: {words} ({where})"]
    if message == _REUSED and does == "Wait" and len(adds) == 1:
        return [
            f"{site.who}'s {name}.Wait ({where}) had not returned when {adds[0].text} counted anew",
            f"{name}.Wait ({where}) had not returned when Add ({adds[0].at}) counted anew",
            *plain,
        ]
    if message == _MISUSED and does == "Add" and len(waits) == 1:
        return [
            f"{site.who} calls {name}.Add ({where}) at the count of 0 while"
            f" {waits[0].operation.object.text}.Wait ({waits[0].at}) waits",
            f"{site.who} calls {name}.Add ({where}) while Wait ({waits[0].at}) waits",
            *plain,
        ]
    return plain


def _takes_away(counted: _Counted) -> bool:
    """Return whether it is an Add of a number below zero."""
    return counted.operation.kind is OperationKind.ADD and "Add(-" in text_of(
        counted.operation.node
    )


def _second_done(own: _Counted | None, others: list[_Counted]) -> tuple[_Counted, _Counted] | None:
    """Return a Done and the deferred one that is called behind it in the same function."""
    if own is None or own.operation.kind is not OperationKind.DONE:
        return None
    same = [
        each
        for each in (own, *others)
        if each.operation.kind is OperationKind.DONE
        and each.operation.function == own.operation.function
        and each.path == own.path
    ]
    deferred = [each for each in same if each.operation.deferred]
    direct = [each for each in same if not each.operation.deferred]
    if len(deferred) != 1 or len(direct) != 1:
        return None
    block = enclosing(deferred[0].operation.node, "block")
    node = direct[0].operation.node
    is_behind = block is not None and bool(
        deferred[0].operation.node.end_byte <= node.start_byte < block.end_byte
    )
    return (direct[0], deferred[0]) if is_behind else None


def _let_go(question: Question, waits: list[_Counted]) -> Evidence | None:
    """Return that a Done had let a Wait return before, by the trace."""
    case, failure = question.case, question.failure
    schedule = case.schedule
    if schedule is None or failure is None or failure.test < 0:
        return None
    places = {(each.path.rpartition("/")[2], each.operation.line) for each in waits}
    for wait in schedule.waits(case.tests[failure.test].start_ns, failure.at_ns):
        wake, frame = wait.wake, own_frame(wait.stack, case.package)
        if wait.state is not State.WAIT_GROUP or wake is None or wake.goroutine <= 0:
            continue
        if frame is None or (frame.file.rpartition("/")[2], frame.line) not in places:
            continue
        by = own_frame(wake.stack, case.package)
        at = f" ({by.file.rpartition('/')[2]}:{by.line})" if by is not None else ""
        before = format_duration(max(failure.at_ns - wake.time_ns, 0))
        text = f"G{wake.goroutine}'s Done{at} had let the Wait return {before} before"
        return Evidence(text, wake.time_ns, wake.goroutine)
    return None


RULE = Rule("wait-group-panic", Needs.FAILURE, _find, ids=("panic-cause",))
