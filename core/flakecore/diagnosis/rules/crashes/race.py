"""``race``: both accesses of a data race, each with its function, line and goroutine.

Speaks of what the race detector reports: every pair of accesses once, however often it was
reported. An access without a frame of the program's own is told by the place where its goroutine
was started; two subtests that share a variable by their names, as far as the trace or their number
leaves no other. Of a race with package testing's own end of a test it is told who speaks to that
test. The detector numbers goroutines by a count of its own, so a goroutine is named only
where the trace has exactly one that was started there; the claim rests on functions and lines.

Silent where a report has no second access (it was cut), on locks where the source is not at hand,
and on whether a test had ended where no trace shows whose goroutines these were.

Example: ``Add`` counts without the lock under which ``Total`` reads.
Counterexample: both under one lock; the detector reports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.frames import own_frame
from flakecore.gotest import DumpFrame, Race, RaceAccess
from flakecore.timeline import FailureKind
from flakecore.timeline.dumps.dump_tests import name_of_test

_MAIN = 1
_CLOSURE = re.compile(r".*\.(Test\w*)\.func\d+(?:\.\d+)*\Z")
"""A function literal of a test; no named function is called so (cmd/compile, closure names)."""
_SHOWN = 8
_STARTS_TESTS = "testing.(*T).Run"
_RUNS_TESTS = "testing.tRunner"
_ENDS = "testing.tRunner.func"
"""The deferred function in which a test is set to be done (``src/testing/testing.go``, tRunner)."""
_SPEAKS = re.compile(
    r"^testing\.\(\*(?:common|T|B|F)\)\.(log|logDepth|Logf?|Errorf?|Fatalf?|Fail|FailNow)$", re.M
)
_LATE_NEXT = "let the test wait for the goroutine before it returns"


@dataclass(frozen=True)
class _Side:
    """One access of a race.

    Attributes:
        kind: ``read`` or ``write``.
        previous: whether it is the earlier one.
        frame: the program's own frame; None if the access has none.
        made: where its goroutine was started; None if not known, or by package testing.
        who: ``from`` where its goroutine was started, or ``the test itself``; "" if unknown.
        goroutine: the runtime's number; 0 if not certain.
        after: the test that it belongs to, if that ended before the other's began; "" else.
        frames: its whole stack, innermost first.
        subtest: name of the subtest whose own goroutine it is; "" if none, or not certain.
        closure_of: the top-level test whose closure that goroutine was started with; "" for none.
    """

    kind: str
    previous: bool
    frame: StackFrame | None
    made: StackFrame | None
    who: str
    goroutine: int
    after: str
    frames: tuple[DumpFrame, ...]
    subtest: str = ""
    closure_of: str = ""

    @property
    def at(self) -> str:
        """Function and line, for a person."""
        if self.frame is not None:
            return f"{_plain(self.frame)} {self.kind}s at {self.frame.place}"
        by = f"a goroutine {self.who}" if self.made is not None else self.who
        return f"a {self.kind} by {by}" if by else f"a {self.kind}"

    @property
    def key(self) -> tuple[object, ...]:
        """What alike accesses share."""
        return self.kind, self.frame, self.made, self.who


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    if failure is None or failure.kind is not FailureKind.RACE:
        return
    goroutines = {
        index: numbers
        for each in (*case.failures, failure)
        for index, numbers in zip(each.races, each.race_goroutines, strict=False)
    }
    # A test that fails beside another's goroutine has no report of its own.
    blamed = (at for at, race in enumerate(case.races) if race.test == failure.test)
    alike: dict[frozenset[tuple[object, ...]], list[tuple[_Side, _Side]]] = {}
    for index in failure.races or blamed:
        race = case.races[index]
        if len(race.accesses) != 2:
            continue
        numbers = goroutines.get(index, (0, 0))
        pair = (
            _side(question, race, race.accesses[0], *numbers),
            _side(question, race, race.accesses[1], *numbers[::-1]),
        )
        alike.setdefault(frozenset(side.key for side in pair), []).append(pair)
    for pairs in alike.values():
        yield _finding(question, pairs)


def _siblings(question: Question, one: _Side, other: _Side) -> tuple[str, ...]:
    """Return the subtests that two accesses are in; empty where they are not both in one.

    Both by their goroutines in the trace, or all that the test has of which both are some: two
    goroutines that package testing started for closures of one test are two of its subtests.
    """
    names = tuple(each.subtest for each in (one, other))
    if all(names):
        return names if names[0] != names[1] else ()
    if not one.closure_of or one.closure_of != other.closure_of:
        return ()
    within = {each.index for each in question.case.tests if each.name == one.closure_of}
    found: list[str] = []
    for test in question.case.tests:
        if test.parent in within:
            within.add(test.index)
            found.append(test.name)
    return tuple(dict.fromkeys(found)) if len(found) > 1 else ()


def _side(question: Question, race: Race, access: RaceAccess, number: int, other: int) -> _Side:
    package = question.case.package
    frame = own_frame(access.frames, package)
    own = _frame(frame) if frame is not None and frame in access.frames else None
    entry = next((each for each in race.goroutines if each.number == access.goroutine), None)
    stack = entry.frames if entry is not None else ()
    runs_test = bool(stack) and stack[0].function == _STARTS_TESTS
    made = own_frame(stack, package) if stack and not runs_test else None
    place = _frame(made) if made is not None else None
    who = f"from {place.place}" if place is not None else ""
    if runs_test:
        who = "the test itself"
    elif access.goroutine == _MAIN:
        who = "main"
    after = _ended_before(question, number, other)
    subtest, closure_of = _subtest(question, number, access) if runs_test else ("", "")
    if subtest or closure_of:
        who = subtest or f"a subtest of {closure_of}"
    return _Side(
        access.kind, access.previous, own, place, who, number, after, access.frames, subtest,
        closure_of,
    )  # fmt: skip


def _subtest(question: Question, number: int, access: RaceAccess) -> tuple[str, str]:
    """Return the subtest that a test's goroutine runs, and the test whose closure that is."""
    case, schedule = question.case, question.case.schedule
    functions = [*(frame.function for frame in access.frames), _RUNS_TESTS]
    # One that a test calls, defers or has for its cleanup is not run as a test of its own.
    run = [each for each, by in pairwise(functions) if by == _RUNS_TESTS]
    named = next((found for each in run if (found := _CLOSURE.match(each)) is not None), None)
    if named is None:
        return "", ""
    at = schedule.tree.test_of(number) if schedule is not None and number else -1
    name = case.tests[at].name if at >= 0 and case.tests[at].goroutine == number else ""
    return (name if "/" in name else ""), named[1]


def _ended_before(question: Question, number: int, other: int) -> str:
    """Return the name of a goroutine's test if that ended before the other one's test began.

    The accesses are then both after its end: at least the later one, which the report came with.
    """
    case, schedule = question.case, question.case.schedule
    mine = schedule.tree.test_of(number) if schedule is not None and number else -1
    others = schedule.tree.test_of(other) if schedule is not None and other else -1
    if mine < 0 or others < 0:
        return ""
    test = case.tests[mine]
    return test.name if test.end_ns < case.tests[others].start_ns else ""


def _finding(question: Question, pairs: list[tuple[_Side, _Side]]) -> Finding:
    failure = question.failure
    assert failure is not None
    first, second = sorted(pairs[0], key=lambda side: side.kind != "write")
    locks = [_locks(question, side) for side in (first, second)]
    evidence = [_evidence(side) for side in sorted(pairs[0], key=_later)]
    siblings = _siblings(question, first, second)
    if len(siblings) > 2:
        more = f" and {len(siblings) - _SHOWN} more" if len(siblings) > _SHOWN else ""
        text = f"{first.closure_of} has the subtests {', '.join(siblings[:_SHOWN])}{more}"
        evidence.append(Evidence(text, None, 0))
    if len(pairs) > 1:
        evidence.append(Evidence(f"reported {len(pairs)} times alike", None, 0))
    for side, held in zip((first, second), locks, strict=True):
        if held and side.frame is not None:
            where = f"{_plain(side.frame)} {side.kind}s"
            text = f"{', '.join(held)} is held where {where}, as the source of its stack tells"
            evidence.append(Evidence(text, None, side.goroutine))
    return Finding(
        rule=RULE.id,
        claim=_claim(first, second, siblings),
        certainty=Certainty.SEEN,
        test=failure.test,
        places=tuple(place for side in (first, second) for place in _places(side)),
        evidence=tuple(evidence),
        next=_LATE_NEXT if _late_words(first, second) else _next(first, second, locks),
    )


def _claim(first: _Side, second: _Side, siblings: tuple[str, ...]) -> str:
    """Return both accesses, and who did them.

    Args:
        first: the one that is told first.
        second: the other one.
        siblings: the two subtests that they are in, or all of which they are two; empty for none.
    """
    if siblings:
        return _between(first, second, siblings)
    if late := _late_words(first, second):
        return late
    if first.frame == second.frame and first.frame is not None:
        where = f"in {_plain(first.frame)} at {first.frame.place}"
        does = "both write" if first.kind == second.kind else "one writes, the other reads"
        froms = list(dict.fromkeys(side.who for side in (first, second) if side.who))
        return first_that_fits(
            f"Race: two goroutines{_bracketed(' and '.join(froms))} {where}: {does}",
            f"Race: two goroutines {where}: {does}",
        )
    after = first.after or second.after
    ended = f", after {after} had ended" if after else ""
    with_who = [
        f"{side.at}{_bracketed(side.who) if side.frame is not None else ''}"
        for side in (first, second)
    ]
    return first_that_fits(
        f"Race: {with_who[0]}, {with_who[1]}{ended}",
        f"Race: {first.at}, {second.at}{ended}",
        f"Race: {first.at}, {second.at}",
    )


def _late_words(first: _Side, second: _Side) -> str:
    """Return the claim on a race of a test's end with who still speaks to it; "" for any other."""
    for ends, speaks in ((first, second), (second, first)):
        does = _SPEAKS.search("\n".join(frame.function for frame in speaks.frames))
        if not (ends.frames and ends.frames[0].function.startswith(_ENDS) and does):
            continue
        if speaks.frame is None:
            return ""
        what = "logs to" if does[1].lower().startswith("log") else "fails"
        where = f"{_plain(speaks.frame)} at {speaks.frame.place}"
        name = name_of_test(speaks.made.function) if speaks.made is not None else ""
        test = name or "a test"
        return first_that_fits(
            f"{where}{_bracketed(speaks.who)} {what} {test} while that ends",
            f"{where} {what} {test} while that ends",
            f"{where} {what} its test while that ends",
        )
    return ""


def _between(first: _Side, second: _Side, siblings: tuple[str, ...]) -> str:
    """Return the claim on a race between two subtests of one test."""
    whom = f"two of {len(siblings)} subtests of {first.closure_of}"
    if len(siblings) == 2:
        whom = " and ".join(siblings)
    if first.frame == second.frame and first.frame is not None:
        does = "both write" if first.kind == second.kind else "one writes, the other reads"
        where = f"at {first.frame.place}: {does}"
        return first_that_fits(
            f"Race between {whom} in {_plain(first.frame)} {where}",
            f"Race between {whom} {where}",
            f"Race between subtests of {first.closure_of} {where}",
        )
    short = [
        f"{side.kind} at {side.frame.place}" if side.frame is not None else f"a {side.kind}"
        for side in (first, second)
    ]
    return first_that_fits(
        f"Race between {whom}: {first.at}, {second.at}",
        f"Race between {whom}: {short[0]}, {short[1]}",
        f"Race between subtests of {first.closure_of}: {short[0]}, {short[1]}",
    )


def _bracketed(text: str) -> str:
    return f" ({text})" if text else ""


def _evidence(side: _Side) -> Evidence:
    when = "earlier" if side.previous else "later"
    where = f" in {_plain(side.frame)} ({side.frame.place})" if side.frame is not None else ""
    who = f", {'goroutine ' if side.made is not None else ''}{side.who}" if side.who else ""
    number = f": G{side.goroutine} in the trace" if side.goroutine else ""
    after = f"; {side.after}, which it belongs to, had ended" if side.after else ""
    return Evidence(f"{when} {side.kind}{where}{who}{number}{after}", None, side.goroutine)


def _later(side: _Side) -> bool:
    return side.previous


def _places(side: _Side) -> Iterator[Place]:
    if side.frame is not None:
        role = Role.WRITES if side.kind == "write" else Role.READS
        yield Place(role, side.goroutine, side.frame.function, side.frame.file, side.frame.line)
    if side.made is not None:
        made = side.made
        yield Place(Role.CREATED, side.goroutine, made.function, made.file, made.line)


def _locks(question: Question, side: _Side) -> list[str]:
    """Return the locks that an access's function and its callers hold there, by their text.

    A caller's lock counts where its line names the function that it calls there.
    """
    found: list[str] = []
    inner: DumpFrame | None = None
    for frame in side.frames if side.frame is not None else ():
        held = question.files.held_at(_frame(frame), frame.line, inner)
        found += [each.object.text for each in held]
        inner = frame
    return list(dict.fromkeys(found))


def _next(first: _Side, second: _Side, locks: list[list[str]]) -> str:
    for held, other, without in ((locks[0], second, locks[1]), (locks[1], first, locks[0])):
        if held and not without and other.frame is not None:
            return f"take {held[0]} in {_plain(other.frame)} too, if both mean one object"
    return ""


def _frame(frame: DumpFrame) -> StackFrame:
    return StackFrame(frame.function, frame.file, frame.line)


def _plain(frame: StackFrame) -> str:
    """Return a frame's function without package and without the compiler's ``.gowrap1``."""
    return frame.short_function.partition(".gowrap")[0]


RULE = Rule("race", Needs.FAILURE, _find)
