"""``waits-outside`` of an assertion: a child process that was killed when its context was over.

Package os/exec kills the child of ``exec.CommandContext`` as soon as the context is done; the error
then is ``signal: killed`` and reports nothing of the limit. Reports a failed assertion with these
words whose error the source traces to such a command, where the context comes from
``context.WithTimeout`` there, or in the failing function, which hands it on, and the test had run
for as long as its limit. It is inferred: something else may have killed the child. Silent where the
limit is not a plain number, or the test failed before.

Example: a tool under a limit of 100 ms that takes a second on a busy machine.
Counterexample: ``exec.Command("sh", "-c", "kill -9 $$").Run()``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource, duration_text
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters
from flakecore.times import parse_duration

_MESSAGE = "signal: killed"
_STAMPS_NS = 20_000_000
"""How far the times of a log alone may be from the truth: it has them to 10 ms, and late."""
_RUNS = ("Run", "Output", "CombinedOutput", "Wait")


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.test < 0 or _MESSAGE not in failure.message:
        return
    failing = question.failing
    if failing is None:
        return
    for condition in failing.innermost:
        for file, node in failing.origins.of(failing.name, condition):
            command = _command(failing, file, node)
            made = _limit(failing, file, command) if command is not None else None
            if command is None or made is None:
                continue
            limit_file, limit = made
            text = duration_text(_arguments(limit)[1])
            limit_ns, test = parse_duration(text), question.case.tests[failure.test]
            rough_ns = _STAMPS_NS if question.case.schedule is None else 0
            ran_ns = failure.at_ns - test.start_ns + rough_ns
            if limit_ns is None or (test.timed and ran_ns < limit_ns):
                continue
            where = f"{file}:{line_of(command)}"
            yield Finding(
                rule="waits-outside",
                claim=first_that_fits(
                    f"{failure.test_name}'s child process ({where}) was killed: its context has a"
                    f" limit of {text} ({limit_file}:{line_of(limit)})",
                    f"The child process ({where}) was killed: its context has a limit of {text}"
                    f" ({limit_file}:{line_of(limit)})",
                    f"The child process ({where}) was killed: its context has a limit of {text}",
                ),
                certainty=Certainty.INFERRED,
                test=failure.test,
                places=(
                    failing.fails_at(),
                    failing.place(Role.RUNS, command, file),
                    failing.place(Role.MADE, limit, limit_file),
                ),
                evidence=(
                    failing.evidence(f"the error is {_MESSAGE}, of the command at {where}"),
                    Evidence(f"its context is that of {limit_file}:{line_of(limit)}", None, 0),
                ),
                next="give the child longer, or see what it does all that time",
            )
            return


def _command(failing: FailingSource, file: str, node: Node) -> Node | None:
    """Return the call of ``exec.CommandContext`` whose command a call runs; None for none."""
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    if called is None or called.type != "selector_expression":
        return None
    if text_of(called.child_by_field_name("field")) not in _RUNS:
        return None
    operand = called.child_by_field_name("operand")
    made = failing.origins.assigned(operand) if operand.type == "identifier" else [operand]
    is_one = len(made) == 1 and failing.library_function(made[0], file) == "os/exec.CommandContext"
    return made[0] if is_one else None


def _limit(failing: FailingSource, file: str, command: Node) -> tuple[str, Node] | None:
    """Return the call of ``context.WithTimeout`` that a command's context is of; None for none.

    A context that its function is given is of the only one that the failing function makes.
    """
    given = _arguments(command)
    if not given or given[0].type != "identifier":
        return None
    made, home = failing.origins.assigned(given[0]), file
    function = enclosing(command, *FUNCTIONS)
    if not made and function is not None and text_of(given[0]) in dict(parameters(function)):
        home = failing.name
        made = [
            call
            for call in failing.file.calls_of
            if failing.library_function(call).startswith("context.With")
            and failing.function.start_byte <= call.start_byte < failing.function.end_byte
        ]
    is_one = len(made) == 1 and failing.library_function(made[0], home) == "context.WithTimeout"
    return (home, made[0]) if is_one and len(_arguments(made[0])) == 2 else None


def _arguments(call: Node) -> list[Node]:
    listed = call.child_by_field_name("arguments")
    return list(listed.named_children) if listed is not None else []


RULE = Rule("child-killed", Needs.FAILURE, _find, ids=("waits-outside",))
