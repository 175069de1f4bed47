"""``fatal-elsewhere`` of a subtest: it calls ``t.Fatal`` of the test that it is part of.

Package testing sees a subtest's goroutine end without a result of its own, and states that this may
be why (``src/testing/testing.go``, tRunner). Reported where it states it of a subtest, and the test
around it has failed by a message: both are words of the log. Silent where several subtests end so,
or the test around them has nothing to report.

Example: ``t.Run(name, func(*testing.T) { check(t, name) })``.
Counterexample: ``t.Run(name, func(t *testing.T) { check(t, name) })``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.test_runs import subtests_of
from flakecore.gotest import PARENT_MESSAGE
from flakecore.timeline import Case, FailureKind, TestStatus

_LOOKED_AT = 50
"""Failed subtests that are looked at; the first one ends the test around it."""
_LAST_LINES = 20
"""Lines of a subtest in which the word on its end stands."""


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    if failure is None or failure.kind is not FailureKind.ASSERTION or not failure.line:
        return
    inside = subtests_of(case, failure.test)
    within = [each for each in inside if case.tests[each].status is TestStatus.FAIL]
    ended = [each for each in within[:_LOOKED_AT] if _is_ended_so(case, each)]
    if len(ended) != 1:
        return
    subtest, at = case.tests[ended[0]].name, f"{failure.file.rpartition('/')[2]}:{failure.line}"
    yield Finding(
        rule="fatal-elsewhere",
        claim=first_that_fits(
            f"{subtest} was ended by a Fatal of {failure.test_name} ({at}), not of its own t",
            f"A subtest was ended by a Fatal of {failure.test_name} ({at}), not of its own t",
            f"A subtest was ended by a Fatal of the test around it ({at})",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(Place(Role.FAILS, 0, "", failure.file, failure.line),),
        evidence=(
            Evidence(f"{at} said: {failure.message.partition(chr(10))[0][:200]}", None, 0),
            Evidence(f"package testing said of {subtest}: {PARENT_MESSAGE}", None, 0),
        ),
        next="use the t that the subtest's function is given",
    )


def _is_ended_so(case: Case, test: int) -> bool:
    """Return whether package testing prints it of a test, which is the last that it prints."""
    lines = case.output.of_test(test)[-_LAST_LINES:]
    return any(case.output[int(at)].text.endswith(PARENT_MESSAGE) for at in lines)


RULE = Rule("fatal-of-parent", Needs.FAILURE, _find, ids=("fatal-elsewhere",))
