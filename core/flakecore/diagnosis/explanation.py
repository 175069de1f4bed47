"""Why a failure happened: all rules are asked, and their findings ranked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from flakecore.bundle import Manifest
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Weight
from flakecore.diagnosis.goroutine_states import (
    GoroutineStates,
    states_of_dump,
    states_of_trace,
)
from flakecore.diagnosis.objects.page_states import page_at_the_end, page_of_failure, states_of_page
from flakecore.diagnosis.ranking import ranked
from flakecore.diagnosis.rules.registry import RULES
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.source.go_files import files_of
from flakecore.diagnosis.stacks_alone import endless_waits, is_stacks_alone
from flakecore.diagnosis.test_runs import with_kin
from flakecore.gotest import DumpSource, PackageRun
from flakecore.loss import Loss
from flakecore.timeline import Case, CaseDump, CaseProfile, Failure, FailureKind, Lane, LaneKind
from flakecore.timeline.sources import Sources
from flakecore.times import MILLISECOND
from flakecore.unexpected_errors import loss_of_error

_ASLEEP = "all goroutines are asleep"
"""Of one that is asleep alone, the runtime's dump is whole (``src/runtime/proc.go``, checkdead)."""
_AT_A_STANDSTILL = (_ASLEEP, "SIG")
"""How fatal errors begin that a wait may be the reason of."""

_OF_WAITING = re.compile(
    r"time[ds]?[ -]?out|deadline|deadlock|\bh[au]ng|stuck|block(?:ed|s)\b|wait|within|too long"
    r"|\bnever\b|\bstill\b|leak"
    r"|n[o']t (?:\w+ ){0,2}(?:done|finish|end|ready|receiv|complet|clos|stop|return)",
    re.IGNORECASE,
)
"""Words in messages of assertions that waited for what did not come."""

_LATE_NS = 100 * MILLISECOND
"""A failure may be stamped so much later than the window that was written for it. Chosen."""
_JUST_NS = MILLISECOND
"""A wait that is shorter when a test fails by itself says nothing of why. Chosen."""
_ENDS_OF_PACKAGE = ("FAIL", "exit status ", "ok ")
_LAST_LINES = 32
"""Lines at the end of the output of a package in which its result stands; others print besides."""


def explain(
    case: Case,
    failure: Failure,
    sources: Sources | None = None,
    manifest: Manifest | None = None,
    losses: list[Loss] | None = None,
    runs: Sequence[PackageRun] = (),
) -> tuple[Finding, ...]:
    """Return the findings on one failure, the strongest first.

    Args:
        case: where it happened.
        failure: one of its failures.
        sources: where the Go files of its stacks may be found; None for nowhere.
        manifest: what is recorded of the capture; None if nothing is.
        losses: gets one for each rule that failed; what others have found is returned all the same.
        runs: all runs of the bundle, where it has several.
    """
    losses = losses if losses is not None else []
    where = failure.test_name or case.package
    if not _covers(case, failure.at_ns):
        case = case.without_trace()
    try:
        states = _states(case, failure)
    except Exception as error:
        losses.append(loss_of_error(error, where, "why it failed is not worked out"))
        return ()
    question = Question(case, failure, states, files_of(sources, case.package), manifest, runs)
    found = _ask([rule for rule in RULES if _has(question, rule.needs)], question, where, losses)
    tests = with_kin(case, failure.test)
    of_test = (each for each in found if each.test in tests or failure.test < 0)
    return ranked(of_test, failure.test, _waiting(states, failure))


def explain_passed(
    case: Case,
    sources: Sources | None = None,
    losses: list[Loss] | None = None,
    heap: Callable[[], Sequence[CaseProfile]] | None = None,
) -> tuple[Finding, ...]:
    """Return the findings on a case that belong to no failure, such as what its tests left behind.

    Args:
        case: the case, whether or not some of its tests failed.
        sources: where the Go files of its stacks may be found; None for nowhere.
        losses: gets one for each rule that failed.
        heap: reads the heap profiles of the run in their order; None to look at no profile.
    """
    losses = losses if losses is not None else []
    where = case.package or "the tests that passed"
    if case.trace is not None and case.trace.starts_late:
        # A flight recorder's trace ends with a failure, and shows no test's aftermath.
        case = case.without_trace()
    try:
        states, files = _states_at_the_end(case), files_of(sources, case.package)
    except Exception as error:
        losses.append(loss_of_error(error, where, "what its tests left behind is not worked out"))
        return ()
    question = Question(case, None, states, files)
    waits = [rule for rule in RULES if _is_on_waits(rule) and _has(question, rule.needs)]
    proven = tuple(_ask(waits, question, where, losses))
    if is_stacks_alone(case):
        return ranked(endless_waits(proven), -1)
    question = Question(case, None, states, files, proven=proven, heap=heap)
    has_trace = case.schedule is not None
    rules = [
        rule
        for rule in RULES
        if Needs.PASSED in rule.needs and (has_trace or Needs.TRACE not in rule.needs)
    ]
    return ranked(_ask(rules, question, where, losses), -1)


def _covers(case: Case, at_ns: int) -> bool:
    """Return whether a trace that is not of the whole run has what was before a moment."""
    trace = case.trace
    if trace is None or not trace.starts_late:
        return True
    return any(start <= at_ns <= end + _LATE_NS for start, end in trace.recorded)


def _ask(
    rules: Sequence[Rule], question: Question, where: str, losses: list[Loss]
) -> list[Finding]:
    """Return what rules find; one that fails is a loss, and what it had found until then stays."""
    found: list[Finding] = []
    by_objects: set[int] = set()
    for rule in rules:
        try:
            for finding in rule.find(question):
                if _may_end(question, rule):
                    if _went_on(question, finding):
                        continue
                    finding = _as_circumstance(question, finding)
                if Needs.OBJECTS in rule.needs:
                    by_objects |= finding.explains
                elif _is_known_better(question, finding, by_objects):
                    found = [_with_inferred(each, finding) for each in found]
                    continue
                found.append(finding)
        except Exception as error:
            losses.append(loss_of_error(error, where, f"rule {rule.id} is left out"))
    return found


def _may_end(question: Question, rule: Rule) -> bool:
    """Return whether a rule reports waits during a failure, which the trace may contradict."""
    return question.failure is not None and _is_on_waits(rule)


def _is_on_waits(rule: Rule) -> bool:
    """Return whether a rule reports waits that cannot end."""
    return rule.needs in (Needs.STATES, Needs.STATES | Needs.OBJECTS)


def _waiting(states: GoroutineStates, failure: Failure) -> int:
    """Return the test's own goroutine, if it waited for others when it failed; 0 otherwise."""
    state = states.by_number.get(failure.goroutine) if _may_hang(failure) else None
    return state.number if state is not None and state.blocked_on.on_others else 0


def _has(question: Question, needs: Needs) -> bool:
    """Return whether the evidence that a rule needs is there."""
    if Needs.STATES in needs and not question.states.by_number:
        return False
    if Needs.OBJECTS in needs and question.states.page is None:
        return False
    if needs in (Needs.STATES, Needs.STATES | Needs.OBJECTS) and question.failure is not None:
        return _may_hang(question.failure)
    if Needs.TRACE in needs and question.case.schedule is None:
        return False
    return Needs.PASSED not in needs


def _may_hang(failure: Failure) -> bool:
    """Return whether a wait may be why it failed: a race or a panic fails a test by itself."""
    if failure.kind is FailureKind.FATAL:
        return failure.message.startswith(_AT_A_STANDSTILL)
    return failure.kind not in (FailureKind.RACE, FailureKind.PANIC, FailureKind.BUILD)


def _went_on(question: Question, finding: Finding) -> bool:
    """Return whether the trace shows that a wait ended which a finding states cannot end."""
    schedule = question.case.schedule
    if schedule is None:
        return False
    for number in finding.explains:
        interval = schedule.at(Lane(LaneKind.GOROUTINE, number), question.states.at_ns)
        if interval is not None and interval.state.waiting and not interval.to_the_end:
            return True
    return False


def _as_circumstance(question: Question, finding: Finding) -> Finding:
    """Return a finding on stuck goroutines as a circumstance where a test failed by itself.

    A page or a trace has every goroutine that waits, whether or not the test that failed waited for
    it: it is the cause only of an assertion whose message names a wait, and not if it has just
    begun.
    """
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.ASSERTION:
        return finding
    if _OF_WAITING.search(failure.message) and not _has_just_begun(question, finding):
        return finding
    is_effect = finding.weight is Weight.EFFECT
    return finding if is_effect else replace(finding, weight=Weight.CIRCUMSTANCE)


def _has_just_begun(question: Question, finding: Finding) -> bool:
    """Return whether all goroutines of a finding had waited for a moment only by the trace."""
    schedule, at_ns = question.case.schedule, question.states.at_ns
    if schedule is None or not finding.explains:
        return False
    waits = [schedule.at(Lane(LaneKind.GOROUTINE, each), at_ns) for each in finding.explains]
    return all(
        each is not None and each.state.waiting and at_ns - each.start_ns < _JUST_NS
        for each in waits
    )


def _with_inferred(finding: Finding, inferred: Finding) -> Finding:
    """Return a finding with what the source states besides, where that is of the same wait."""
    same = finding.rule == inferred.rule and not finding.explains.isdisjoint(inferred.explains)
    if not same or finding.claim == inferred.claim or finding.certainty is not Certainty.SEEN:
        return finding
    known = {(each.role, each.file, each.line) for each in finding.places}
    more = [each for each in inferred.places if (each.role, each.file, each.line) not in known]
    if not more:
        return replace(finding, next=inferred.next or finding.next)
    return replace(
        finding,
        places=(*finding.places, *more),
        evidence=(
            *finding.evidence,
            Evidence(f"inferred from the source: {inferred.claim}", None, 0),
            *inferred.evidence[1:],
        ),
        next=inferred.next or finding.next,
    )


def _is_known_better(question: Question, finding: Finding, by_objects: set[int]) -> bool:
    """Return whether an objects page shows what a finding only infers, or that it is not so.

    Args:
        question: what was asked.
        finding: of a rule that does not look at objects.
        by_objects: the goroutines that the rules on objects have explained.
    """
    if question.states.page is None or finding.certainty is not Certainty.INFERRED:
        return False
    goes_on = any(_goes_on(question.states, number) for number in finding.explains)
    return goes_on or not by_objects.isdisjoint(finding.explains)


def _goes_on(states: GoroutineStates, number: int) -> bool:
    """Return whether the page shows that a wait ends by itself, as that for a timer does.

    Where it only has an address of the object in other hands, that may be a stale word on a stack,
    or in a variable whose owner is done with it.
    """
    state, page = states.by_number.get(number), states.page
    if state is None or page is None or not state.live or not state.blocked_on.on_others:
        return False
    return page.by_number[number].because not in ("object", "unknown")


def _states(case: Case, failure: Failure) -> GoroutineStates:
    """Return what every goroutine was doing at a failure: by page, crash dump, or trace."""
    page = page_of_failure(case, failure)
    if page is not None:
        return states_of_page(case, page, failure.test, failure.at_ns)
    crash = case.crashes[failure.crash] if failure.crash >= 0 else None
    if crash is not None and (len(crash.goroutines) > 1 or crash.message.startswith(_ASLEEP)):
        whole = _has_its_end(case)
        return states_of_dump(case, crash.goroutines, failure.test, failure.at_ns, whole=whole)
    return states_of_trace(case, failure.test, failure.at_ns)


def _has_its_end(case: Case) -> bool:
    """Return whether the output goes on to what ``go test`` writes last, so that no dump is cut."""
    last = range(max(len(case.output) - _LAST_LINES, 0), len(case.output))
    return any(case.output[at].text.startswith(_ENDS_OF_PACKAGE) for at in last)


def _states_at_the_end(case: Case) -> GoroutineStates:
    """Return what every goroutine was doing when the tests were over.

    That is in the page or the dump that ``collect`` had written then, or else in the trace.
    """
    page = page_at_the_end(case)
    dump = next((each for each in reversed(case.dumps) if _is_whole_file(each)), None)
    if dump is None and is_stacks_alone(case):
        dump = max(case.dumps, key=lambda each: len(each.goroutines))
    stacks = [each.stack for each in dump.goroutines] if dump is not None else []
    stacks = [each for each in stacks if each.number or each.state]  # whose line is not cut off
    if page is not None:
        # The collector proves more than who has an address: its marks in the dump count as well.
        leaked = frozenset(each.number for each in stacks if "(leaked)" in each.state)
        return states_of_page(case, page, -1, case.end_ns).with_leaked(leaked)
    if dump is not None:
        return states_of_dump(case, stacks, -1, case.end_ns)
    return states_of_trace(case, -1, case.end_ns)


def _is_whole_file(dump: CaseDump) -> bool:
    return dump.source is DumpSource.FILE and len(dump.goroutines) > 1
