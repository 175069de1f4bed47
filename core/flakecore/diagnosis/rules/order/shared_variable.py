"""``shared-state``, ``order-dependent``: a variable that is checked, and that another test changed.

Reports a failed assertion whose condition the source traces to a variable of the package or of
the environment, or that missed a file in the working directory, where a test that ran before it, or
beside it, changes that. A file of a known path (``file_paths``) and what captures output, such as
``os.Stdout``, are variables, too. It is inferred: which test ran when is seen, what each does with
the variable is read from the source. It is the cause where the failing test itself leaves the
variable alone, so that what it found is what the other one left or what the package began with; and
where the first run of the test passed and each later one in the same process failed, for what its
own first run left, where no run begins anew. It is called order-dependent where the bundle has runs
with that test before, which failed, and without it, which passed. Where the log names no test that
passed (without ``-v``) it names the only one that the source has before it and that changes the
variable, as such, and where no times show which parallel tests ran beside each other, of the only
one that is parallel.

Silent where the other test puts back what was there before the failing one begins, and where the
failing test assigns the variable before it looks, unless both are parallel tests that are known to
have run at the same time. Without the source, runs with and without another test are an
association, reported where chance alone hardly divides them so; of four and more runs of which the
first alone passed, the counts are reported, as a circumstance.

Example: ``TestLimit`` sets ``limit = 3``; ``TestDefault`` wants 10, and runs behind it.
Counterexample: ``TestLimit`` puts 10 back by ``t.Cleanup``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Weight
from flakecore.diagnosis.rules.order.checked_variables import checked_variables
from flakecore.diagnosis.rules.order.order_counts import OrderCounts, associated, order_counts
from flakecore.diagnosis.rules.order.repeated_lines import lines_of_the_first
from flakecore.diagnosis.rules.order.replay import replay_of
from flakecore.diagnosis.rules.order.shared_state_findings import (
    VariableChange,
    changed_by_others,
    shared_state,
    with_counts,
)
from flakecore.diagnosis.rules.order.unlisted_tests import (
    changes_before,
    changes_beside,
    lists_passing_tests,
)
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.shared_state.variable_writes import VariableWrite, VariableWrites
from flakecore.diagnosis.test_runs import runs_of
from flakecore.gotest.run_flag import run_flag
from flakecore.timeline import TestSpan, TestStatus

_LEAST_COUNTED = 4
"""Runs of which the first alone passed, before that is reported without a variable: of fewer it is
the first by chance too often."""


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.test < 0:
        return
    counts = order_counts(question)
    found = list(_by_source(question, counts))
    if counts is not None and not any(each.rule == "order-dependent" for each in found):
        finding = associated(question, counts)
        found += [finding] if finding is not None else []
    yield from found
    if not found:
        yield from _by_counts(question)


def _by_source(question: Question, counts: OrderCounts | None) -> Iterator[Finding]:
    case, failure = question.case, question.failure
    failing = question.failing
    if failure is None or failing is None:
        return
    writes = failing.package.writes
    own = _top(question, case.tests[failure.test])
    by_itself, certain = writes.of_test(own.name), writes.of_test(own.name, always=True)
    for variable in sorted(checked_variables(failing, failure.message)):
        mine = [each for each in by_itself if each.variable == variable and not each.once]
        again = _again(question, failing, own, [each for each in mine if each in certain])
        if again is not None:
            yield again
        else:
            # Of several runs of one test, the last.
            changes = list(
                {e.test.name: e for e in _changes(question, own, variable, writes)}.values()
            )
            if any(_comes_before(each, failing) for each in mine):
                changes = [each for each in changes if _overlap(each.test, own)]
            if changes:
                finding = changed_by_others(
                    question, failing, variable, changes, is_left_alone=not mine
                )
                names = {each.test.name for each in changes}
                known = counts is not None and counts.before in names
                yield with_counts(finding, counts) if counts is not None and known else finding
            elif not lists_passing_tests(case) or not own.timed:
                yield from _by_text(question, failing, variable, is_left_alone=not mine)


def _comes_before(write: VariableWrite, failing: FailingSource) -> bool:
    """Return whether a change may make a variable anew before the failing line looks at it."""
    if not write.whole or write.puts_back:
        return False
    return write.file != failing.name or write.line < failing.line


def _by_counts(question: Question) -> Iterator[Finding]:
    """Yield that a test passed in its first run of a process, and failed in each later one."""
    case, failure = question.case, question.failure
    assert failure is not None
    name = case.tests[failure.test].name
    runs = runs_of(case, name)
    if runs[0].status is not TestStatus.PASS or len(runs) < _LEAST_COUNTED:
        return
    failed = len(runs) - 1
    if any(each.status is not TestStatus.FAIL for each in runs[1:]):
        return
    chance = f"p = {1 / len(runs):.2g}"
    counts = f"passed in its first run and failed in {failed} of {failed} later ones of one process"
    yield Finding(
        rule="shared-state",
        claim=first_that_fits(f"{name} {counts}; {chance}", f"It {counts}; {chance}"),
        certainty=Certainty.ASSOCIATED,
        weight=Weight.CIRCUMSTANCE,
        test=failure.test,
        evidence=(
            Evidence(f"{len(runs)} runs of {name}, in the order they ran", None, 0),
            *_only_first(question, runs),
        ),
        next=f"compare -count=1 {run_flag(name.partition('/')[0])}, again and again",
    )


def _top(question: Question, test: TestSpan) -> TestSpan:
    """Return the top-level test that a test is part of."""
    while test.parent >= 0:
        test = question.case.tests[test.parent]
    return test


def _changes(
    question: Question, own: TestSpan, variable: str, writes: VariableWrites
) -> Iterator[VariableChange]:
    """Yield which other tests changed a variable before the failing one ended, in order."""
    for test in question.case.tests:
        if test.parent >= 0 or test.name == own.name or test.status is TestStatus.SKIP:
            continue
        if test.index > own.index and not _overlap(test, own):
            continue
        if test.waits and not own.waits and _went_on(test) >= own.start_ns:
            continue  # what it does behind t.Parallel it did not do before
        made = [each for each in writes.of_test(test.name) if each.variable == variable]
        certain = [
            each
            for each in writes.of_test(test.name, always=True)
            if each.variable == variable and not each.puts_back
        ]
        beside = bool(test.waits or own.waits) and test.end_ns > _went_on(own)
        if certain and (beside or not any(each.puts_back for each in made)):
            yield VariableChange(test, certain[0], beside)


def _overlap(first: TestSpan, second: TestSpan) -> bool:
    """Return whether two parallel tests are known to have run at the same time."""
    if not (first.timed and second.timed and first.waits and second.waits):
        return False
    return _went_on(first) < second.end_ns and _went_on(second) < first.end_ns


def _went_on(test: TestSpan) -> int:
    """Return when a test began, or a parallel one went on."""
    return test.waits[-1][1] if test.waits else test.start_ns


def _by_text(
    question: Question, failing: FailingSource, variable: str, *, is_left_alone: bool
) -> Iterator[Finding]:
    """Yield that the only test which may do so by the source changes what is checked, if it ran.

    That is one before the failing test, where the log names none that passed, or a parallel one,
    where nothing shows when they ran.
    """
    failure, case, writes = question.failure, question.case, failing.package.writes
    assert failure is not None
    own = _top(question, case.tests[failure.test])
    beside = list(changes_beside(own.name, variable, writes)) if not own.timed else []
    is_unlisted = is_left_alone and not lists_passing_tests(case)
    before = list(changes_before(case, own.name, variable, writes)) if is_unlisted else []
    if len(beside) + len(before) != 1:
        return
    other, write = (*beside, *before)[0]
    where = "parallel to it" if beside else "before it in the source"
    at, who = f"{write.file}:{write.line}", failure.test_name
    yield shared_state(
        failing,
        claims=(
            f"{who} checks {variable}, which {other}, {where}, changes ({at})",
            f"It checks {variable}, which {other}, {where}, changes ({at})",
            f"{other}, {where}, changes {variable} ({at})",
        ),
        writes=[write],
        facts=(
            Evidence(f"{other} changes {variable} at {at}", None, 0),
            Evidence("the log does not tell whether it ran, or when", None, 0),
        ),
        remedy=replay_of(case, [other], who),
    )


def _again(
    question: Question, failing: FailingSource, own: TestSpan, mine: list[VariableWrite]
) -> Finding | None:
    """Return that a test's first run left what its later ones fail by; None where not so."""
    case, failure = question.case, question.failure
    assert failure is not None
    runs = [each for each in runs_of(case, own.name) if each.parent < 0]
    failed = [each for each in runs[1:] if each.status is TestStatus.FAIL]
    passed_first = bool(runs) and runs[0].status is TestStatus.PASS
    if not passed_first or not failed or len(failed) != len(runs) - 1:
        return None
    if not mine or any(each.puts_back for each in mine):
        return None
    if any(_comes_before(each, failing) for each in mine):
        return None
    write, variable = mine[0], mine[0].variable
    at = f"{write.file}:{write.line}"
    times = "once" if len(failed) == 1 else f"{len(failed)} of {len(failed)} times"
    counts = f"it passed first, then failed {times}"
    return shared_state(
        failing,
        claims=(
            f"{own.name} changes {variable} ({at}) and finds it so when it runs again: {counts}",
            f"{own.name} changes {variable} ({at}); run again, {counts}",
            f"{own.name} changes {variable} ({at}) and finds it so when it runs again",
        ),
        writes=[write],
        facts=(
            Evidence(f"of {len(runs)} runs in one process, {counts}", None, 0),
            *_only_first(question, runs),
        ),
        remedy=f"put {variable} back by t.Cleanup",
    )


def _only_first(question: Question, runs: Sequence[TestSpan]) -> list[Evidence]:
    """Return what the first run of a test printed, and no later one, as facts."""
    return [
        Evidence(f"its first run alone printed: {text}", None, 0)
        for text in lines_of_the_first(question.case, runs)
    ]


RULE = Rule("shared-state", Needs.FAILURE, _find, ids=("shared-state", "order-dependent"))
