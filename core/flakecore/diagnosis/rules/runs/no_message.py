"""``no-message``: where a test failed that printed nothing.

``t.FailNow`` and ``t.Fail`` print neither text nor line. Reports the only call of the test that
fails in this way, by itself or in a helper of its package; it is inferred from the source. Silent
where several calls do so, where the test is handed to functions of other packages, and where the
source is not at hand.

Example: ``check(t, q.Len() == 3)``, where check calls ``t.FailNow()``.
Counterexample: the same twice in one test.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role, Weight
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_parser import line_of, text_of


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    if question.failure is None or question.failure.line:
        return
    helper = failing.helper
    file, fails = (failing.name, failing.call) if helper is None else (helper.file, helper.fails)
    asks = " ".join(" && ".join(text_of(each) for each in failing.innermost).split())
    failed = f"{failing.test_name} failed without a message"
    called = " ".join(text_of(failing.call).split())
    yield assertion_finding(
        failing,
        (
            f"{failed} at {failing.at}, by {called}, its only call that may",
            f"{failed} at {failing.at}, by its only call that may",
            f"The test failed without a message at {failing.at}, by its only call that may",
        ),
        (
            f"no other call of the test fails without a message; it asks for {asks or 'nothing'}",
            f"{text_of(fails)} stands at {file}:{line_of(fails)}",
        ),
        "give it a message: t.Fatalf with what there is and what was wanted",
        places=(failing.place(Role.FAILS, fails, file),) if helper is not None else (),
        rule="no-message",
        weight=Weight.EFFECT,
    )


RULE = assertion_rule("no-message", _find, "no-message")
