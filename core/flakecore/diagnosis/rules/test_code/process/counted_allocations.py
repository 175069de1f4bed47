"""``test-itself``: an assertion on allocations, counted while an execution trace is written.

Reports a failed comparison with a value that the source traces to ``testing.AllocsPerRun``, where
the run was traced: it counts what the whole process allocates, and the reader of the trace is of
that process. ``bytes.TestGrow`` of Go 1.27.3, which wants none, failed by ``go test -trace`` alone
in 54 of 1,000 counts with the race detector, in 1 of 1,000 without, and in none without a trace. It
is inferred from the source. Silent where there is no trace, and where the source is not at hand.

Example: ``if n := testing.AllocsPerRun(100, fill); n != 0``.
Counterexample: ``if n := fill(); n != 0``; the same count in a run without a trace.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Needs, Question
from flakecore.diagnosis.source.go_parser import line_of
from flakecore.diagnosis.source.values.counted_numbers import counted_from

_COUNT = "testing.AllocsPerRun"


def _find(_: Question, failing: FailingSource) -> Iterator[Finding]:
    test = failing.test_name.partition("/")[0]
    functions = failing.package.writes.functions_of(test)
    for condition in failing.comparisons:
        for side in (condition.left, condition.right):
            for file, node in counted_from(failing.package, failing.name, side, functions):
                if failing.library_function(node, file) != _COUNT:
                    continue
                where = f"{file}:{line_of(node)}"
                counts = f"{failing.test_name} counts allocations"
                beside = "while a trace is written, which allocates too"
                yield assertion_finding(
                    failing,
                    (
                        f"{counts} ({where}) {beside}",
                        f"{counts} beside the trace's own ({where})",
                        f"The test counts allocations ({where}) {beside}",
                    ),
                    (
                        f"the condition of the failing line is {condition.text}",
                        f"{_COUNT} ({where}) counts what the whole process allocates",
                    ),
                    f"go test -count=100 -run '^{test}$', without a trace, shows whether it is so",
                    places=(failing.place(Role.READS, node, file),),
                )
                return


RULE = assertion_rule("counted-allocations", _find, needs=Needs.FAILURE | Needs.TRACE)
