"""``timer-lost``, of a child process: a command that the deadline of its context killed.

Speaks of a failure that says ``signal: killed`` where what the failing line asks for comes from
``exec.CommandContext`` by the source, the failing function makes one context with a time, and the
test had run for that time. It is inferred: the system's want of memory kills with the same words.
Silent where the time is not written in the source, where the test failed before it, and where the
source is not at hand.

Example: ``ctx, cancel := context.WithTimeout(ctx, 30*time.Millisecond)``, and ``sleep 1`` under it.
Counterexample: ``exec.Command``, killed by somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing_call import duration_ns, duration_text, failing_call
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_parser import line_of, text_of
from flakecore.times import format_duration

_SAID = re.compile(r"signal: killed\b")
_COMMAND = "os/exec.CommandContext"
_MAKES = ("context.WithTimeout", "context.WithTimeoutCause")


def _find(question: Question) -> Iterator[Finding]:
    case, failure = question.case, question.failure
    failing = failing_call(case, failure, question.files)
    if failure is None or failing is None or not _SAID.search(failure.message):
        return
    commands = [
        (file, node)
        for condition in failing.innermost
        for file, node in failing.origins.of(failing.name, condition, receivers=True)
        if node.type == "call_expression" and failing.library_function(node, file) == _COMMAND
    ]
    around = failing.function
    made = [
        call
        for call in failing.file.calls_of
        if failing.library_function(call) in _MAKES
        and around.start_byte <= call.start_byte < around.end_byte
    ]
    if len(commands) != 1 or len(made) != 1:
        return
    given = made[0].child_by_field_name("arguments").named_children
    lasts = duration_ns(given[1]) if len(given) > 1 else None
    ran = failure.at_ns - case.tests[failure.test].start_ns if failure.test >= 0 else 0
    if lasts is None or ran < lasts:
        return
    file, command = commands[0]
    name = f"{text_of(made[0].child_by_field_name('function'))} of {duration_text(given[1])}"
    at, run_at = f"{failing.name}:{line_of(made[0])}", f"{file}:{line_of(command)}"
    yield Finding(
        rule="timer-lost",
        claim=first_that_fits(
            f"{name} ({at}) ran out and killed the command of {run_at}",
            f"A deadline ({at}) ran out and killed the command of {run_at}",
            f"A deadline killed the command of {run_at}",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(
            failing.fails_at(),
            failing.place(Role.MADE, made[0]),
            failing.place(Role.RUNS, command, file),
        ),
        evidence=(
            failing.evidence("the message says signal: killed"),
            Evidence(f"the test had run for {format_duration(ran)}", None, 0),
            Evidence(f"the command of {run_at} has a context, made at {at}", None, 0),
        ),
        next="give the command a longer time, and print what it wrote until then",
    )


RULE = Rule("killed-command", Needs.FAILURE, _find, ids=("timer-lost",))
