"""``race``: both accesses of a data race, each with its function, line and goroutine.

Reports what the race detector found: every pair of accesses once, however often it was reported. An
access without a frame of the program's own is reported by the place where its goroutine was
started; two subtests that share a variable by their names, as far as the trace or their number
leaves no other. Of a race with package testing's own end of a test it is reported who still calls
that test. The detector numbers goroutines by a count of its own, so a goroutine is named only where
the trace has exactly one that was started there; the claim rests on functions and lines.

Where the source is at hand, and one variable is all that both lines may touch, the race is one on
that; it is inferred where a line only hands it to another package.

Of a report that a log has only part of, what is there is reported, and that the rest is missing.
A race that may be another test's, which ran beside this one, is inferred to be this one's, with the
others named; so is one that was reported before the test failed by an assertion.
Locks that both sides hold by the source, and that keep neither out, are reported with why: they are
copies of one, or who writes holds it for reading. Silent on locks where the source is not at hand,
and on whether a test had ended where no trace shows whose goroutines these were.

Example: ``Add`` counts without the lock under which ``Total`` reads.
Counterexample: both under one lock; the detector reports nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.races.race_claims import bracketed, late_claim, race_claim
from flakecore.diagnosis.rules.races.race_owners import Reported, owner_evidence, reported_races
from flakecore.diagnosis.rules.races.raced_accesses import (
    RacedAccess,
    plain_name,
    race_side,
    stack_frame,
)
from flakecore.diagnosis.rules.races.raced_locks import HeldLock, LockFault, held_by, lock_fault
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.values.raced_variables import RacedVariable
from flakecore.frames import is_own, own_frame
from flakecore.gotest import Race
from flakecore.timeline import FailureKind

_SHOWN = 8
_MOST = 20
"""Races of one failure that are reported: what all parallel tests fail by is no one's alone."""
_MOST_REPORTS = 200
"""Reports of the detector that are looked at for one failure."""
_LATE_NEXT = "let the test wait for the goroutine before it returns"


@dataclass(frozen=True)
class _Report:
    """A report of the detector: its index in ``Case.races``, and its accesses as printed."""

    index: int
    one: RacedAccess
    other: RacedAccess

    @property
    def sides(self) -> tuple[RacedAccess, RacedAccess]:
        """Both accesses."""
        return self.one, self.other


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    if failure is None or not (failure.kind is FailureKind.RACE or failure.races):
        return
    # A test that fails beside another's goroutine has no report of its own.
    given = (*case.failures, failure)
    blamed = (at for at, race in enumerate(case.races) if race.test == failure.test)
    indices = failure.races or tuple(blamed)
    goroutines = {
        index: numbers
        for each in given
        for index, numbers in zip(each.races, each.race_goroutines, strict=False)
    }
    alike: dict[frozenset[tuple[object, ...]], list[_Report]] = {}
    for index in indices[:_MOST_REPORTS]:
        race = case.races[index]
        if len(race.accesses) != 2:
            yield from _part(question, race)
            continue
        numbers = goroutines.get(index, (0, 0))
        report = _Report(
            index,
            race_side(question, race, race.accesses[0], *numbers),
            race_side(question, race, race.accesses[1], *numbers[::-1]),
        )
        alike.setdefault(frozenset(side.key for side in report.sides), []).append(report)
    owners = reported_races(given)
    reported: dict[str, list[_Report]] = {}
    pairs = iter(alike.values())
    for reports in pairs:
        reported.setdefault(_finding(question, owners, reports).claim, []).extend(reports)
        if len(reported) == _MOST:
            break
    left = len(list(pairs)) + max(len(indices) - _MOST_REPORTS, 0)
    for nth, reports in enumerate(reported.values(), 1):
        finding = _finding(question, owners, reports)
        if left and nth == len(reported):
            more = Evidence(f"{left:,} more races were reported while it ran", None, 0)
            finding = replace(finding, evidence=(*finding.evidence, more))
        yield finding


def _part(question: Question, race: Race) -> Iterator[Finding]:
    """Yield what there is of a report whose other lines are not in the log."""
    assert question.failure is not None
    sides = [race_side(question, race, access, 0, 0) for access in race.accesses]
    package = question.case.package
    made = [own_frame(each.frames, package) for each in race.goroutines if each.frames]
    places = [stack_frame(each) for each in made if each is not None and is_own(each, package)]
    if len(sides) == 1 and sides[0].frame is not None:
        (side,) = sides
        claim = f"Race: {side.at}{bracketed(side.who)}; the log lacks the other access"
        evidence = [_evidence(side)]
        found = tuple(_places(side))
    elif not sides and places:
        froms = " and ".join(f"from {each.place}" for each in dict.fromkeys(places))
        who = f"{'goroutines' if len(places) > 1 else 'a goroutine'} {froms}"
        claim = f"Race of {who}; the log lacks what {'they' if len(places) > 1 else 'it'} did"
        evidence = [
            Evidence(f"a goroutine was created at {each.place}", None, 0) for each in places
        ]
        found = tuple(Place(Role.CREATED, 0, e.function, e.file, e.line) for e in places)
    else:
        return
    yield Finding(
        rule=RULE.id,
        claim=first_that_fits(claim, claim.partition(";")[0]),
        certainty=Certainty.SEEN,
        weight=Weight.EFFECT,
        test=question.failure.test,
        places=found,
        evidence=tuple(evidence),
        next="look for the lines from WARNING: DATA RACE on in the whole log",
    )


def _siblings(question: Question, one: RacedAccess, other: RacedAccess) -> tuple[str, ...]:
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


def _finding(question: Question, owners: Reported, reports: Sequence[_Report]) -> Finding:
    failure = question.failure
    assert failure is not None
    first, second = sorted(reports[0].sides, key=lambda side: side.kind != "write")
    locks = held_by(question, first), held_by(question, second)
    fault = lock_fault(first, second, locks)
    evidence = [_evidence(side) for side in sorted(reports[0].sides, key=_later)]
    siblings = _siblings(question, first, second)
    variable = _variable(question, first, second)
    if variable is not None:
        how = "hand over" if variable.handed_over else "touch"
        evidence.append(Evidence(f"both lines {how} {variable.text} by the source", None, 0))
    if len(siblings) > 2:
        more = f" and {len(siblings) - _SHOWN} more" if len(siblings) > _SHOWN else ""
        text = f"{first.closure_of} has the subtests {', '.join(siblings[:_SHOWN])}{more}"
        evidence.append(Evidence(text, None, 0))
    if len(reports) > 1:
        evidence.append(Evidence(f"reported {len(reports)} times alike", None, 0))
    for side, held in zip((first, second), locks, strict=True):
        if held and side.frame is not None:
            where = f"{plain_name(side.frame)} {side.kind}s"
            names = ", ".join(each.name for each in held)
            text = f"{names} is held where {where}, as the source of its stack tells"
            evidence.append(Evidence(text, None, side.goroutine))
    claim = race_claim(
        first,
        second,
        siblings,
        variable.text if variable is not None else "",
        fault.words if fault is not None else "",
    )
    by_source = fault is not None and claim.endswith(fault.words)
    # Two subtests that are named share the race: whose report it is does not matter.
    own = failure.kind is FailureKind.RACE
    indices = [each.index for each in reports]
    whose, inferred = owner_evidence(question.case, failure, owners, indices)
    if siblings and own:
        whose, inferred = [], False
    return Finding(
        rule=RULE.id,
        claim=claim,
        certainty=Certainty.INFERRED if inferred or by_source else _certainty(variable),
        weight=Weight.CAUSE if own else Weight.EFFECT,
        test=failure.test,
        places=tuple(place for side in (first, second) for place in _places(side)),
        evidence=(*dict.fromkeys(evidence), *whose),
        next=_LATE_NEXT if late_claim(first, second) else _next(first, second, locks, fault),
    )


def _variable(question: Question, first: RacedAccess, second: RacedAccess) -> RacedVariable | None:
    """Return the variable that both touch; None where the source is not at hand or leaves more."""
    one, other = first.line, second.line
    return (
        question.files.raced_variable(one, other) if one is not None and other is not None else None
    )


def _certainty(variable: RacedVariable | None) -> Certainty:
    """Return seen where a line itself touches the variable: the report has that it does."""
    handed_over = variable is not None and variable.handed_over
    return Certainty.INFERRED if handed_over else Certainty.SEEN


def _evidence(side: RacedAccess) -> Evidence:
    when = "earlier" if side.previous else "later"
    where = ""
    if side.frame is not None:
        where = f" in {plain_name(side.frame)}{bracketed(side.frame.place)}"
    who = f", {'goroutine ' if side.made is not None else ''}{side.who}" if side.who else ""
    number = f": G{side.goroutine} in the trace" if side.goroutine else ""
    after = f"; {side.after}, which it belongs to, had ended" if side.after else ""
    kind = side.kind if side.frame is not None else side.what.removeprefix("an ").removeprefix("a ")
    return Evidence(f"{when} {kind}{where}{who}{number}{after}", None, side.goroutine)


def _later(side: RacedAccess) -> bool:
    return side.previous


def _places(side: RacedAccess) -> Iterator[Place]:
    if side.frame is not None:
        role = Role.WRITES if side.kind == "write" else Role.READS
        yield Place(role, side.goroutine, side.frame.function, side.frame.file, side.frame.line)
    if side.made is not None:
        made = side.made
        yield Place(Role.CREATED, side.goroutine, made.function, made.file, made.line)


def _next(
    first: RacedAccess,
    second: RacedAccess,
    locks: tuple[tuple[HeldLock, ...], tuple[HeldLock, ...]],
    fault: LockFault | None,
) -> str:
    if fault is not None:
        return fault.next
    for held, other, without in ((locks[0], second, locks[1]), (locks[1], first, locks[0])):
        if held and not without and other.frame is not None:
            return f"take {held[0].text} in {plain_name(other.frame)} too, if both mean one object"
    return ""


RULE = Rule("race", Needs.FAILURE, _find)
