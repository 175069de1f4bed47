"""``fatal-elsewhere``: ``t.Fatal`` in a goroutine of its own, while the test waits on.

Package testing allows FailNow, and with it Fatal and Skip, on the goroutine that runs the test
alone: anywhere else it ends the goroutine that calls it, and the test goes on. Reports a timeout
in which the test's own goroutine waits, where the test has printed something by such a call in a
function literal that a ``go`` statement or a method ``Go`` starts. With a trace it names the
goroutine. Silent where the source is not at hand, and on calls of ``t.Error``.

Example: ``go func() { if err := serve(); err != nil { t.Fatal(err) }; done <- true }()``.
Counterexample: the same with ``t.Error`` and a deferred close of ``done``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState, StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import enclosing
from flakecore.gotest import Message
from flakecore.timeline import FailureKind, TimeSource

_ENDS = frozenset(("Fatal", "Fatalf", "FailNow", "Skip", "Skipf", "SkipNow"))
_REQUIRE = "github.com/stretchr/testify/require."
_RUNS_TEST = "testing.tRunner"
_LOOKED_AT = 50
"""Messages of a test that are looked at, the last ones."""


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.TIMEOUT or failure.test < 0:
        return
    waits = _runner(question)
    if waits is None or waits.own is None:
        return
    for message in failure.messages[-_LOOKED_AT:]:
        found = _call(question, waits, message)
        if found is None:
            continue
        path, call, starts = found
        caller = _caller(question, message, waits.number)
        name = " ".join(text_of(call.child_by_field_name("function")).split())
        at = f"{path.rpartition('/')[2]}:{message.line}"
        whom = f"G{caller}" if caller else "its own goroutine"
        where, test = waits.own.place, failure.test_name
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(
                f"{name} ({at}) ended {whom}, not {test}, which waits at {where}",
                f"{name} ({at}) ended {whom}, not the test, which waits at {where}",
                f"{name} ({at}) ended {whom}, and not the test",
            ),
            certainty=Certainty.SEEN if caller else Certainty.INFERRED,
            test=failure.test,
            places=(
                Place(Role.FAILS, caller, "", path, message.line),
                Place(Role.CREATED, caller, "", path, line_of(starts)),
                waits.place_of(Role.WAITS),
            ),
            evidence=(
                Evidence(f"{at} said: {message.message.partition(chr(10))[0][:200]}", None, caller),
                Evidence(f"the call stands in what line {line_of(starts)} starts", None, 0),
                waits.evidence(),
            ),
            next="call t.Error there and return, and let the test end by itself",
            explains=frozenset((waits.number,)),
        )
        return


def _runner(question: Question) -> GoroutineState | None:
    """Return the test's own goroutine, if it waits for another."""
    for state in question.states.of_test():
        runs = any(frame.function == _RUNS_TEST for frame in state.frames)
        if runs and state.blocked_on.on_others:
            return state
    return None


def _caller(question: Question, message: Message, runner: int) -> int:
    """Return the goroutine that wrote a message, by the trace; 0 if unknown, or the test's own."""
    case, failure = question.case, question.failure
    for each in case.failures if case.schedule is not None else ():
        is_it = failure is not None and (each.test, each.line) == (failure.test, message.line)
        if is_it and each.kind is FailureKind.ASSERTION and each.output_line >= 0:
            line = case.output[each.output_line]
            exact = line.time_source is TimeSource.EXACT
            return line.goroutine if exact and line.goroutine != runner else 0
    return 0


def _call(
    question: Question, waits: GoroutineState, message: Message
) -> tuple[str, Node, Node] | None:
    """Return the call that printed something and ended its goroutine, and what started that one.

    Returns:
        The path of its file, the call, and the statement or call that starts its function literal;
        None where the test's own goroutine may have called it.
    """
    runs = [each.function for each in waits.frames].index(_RUNS_TEST)
    of_test = waits.frames[runs - 1]
    folder = of_test.file.rpartition("/")[0]
    path = message.file if "/" in message.file else f"{folder}/{message.file}"
    package = question.files.package_of(StackFrame(of_test.function, path, message.line))
    name = path.rpartition("/")[2]
    if package is None or name not in package.files:
        return None
    calls = [
        each
        for each in package.files[name].calls_of
        if line_of(each) == message.line and _ends(package, name, each)
    ]
    if len(calls) != 1:
        return None
    starts = _started(calls[0])
    return (path, calls[0], starts) if starts is not None else None


def _ends(package: GoPackage, file: str, call: Node) -> bool:
    called = call.child_by_field_name("function")
    if called is None or called.type != "selector_expression":
        return False
    if package.files[file].library_function(call).startswith(_REQUIRE):
        return True
    return text_of(called.child_by_field_name("field")) in _ENDS


def _started(call: Node) -> Node | None:
    """Return what starts the function literal that a call stands in; None if none is started.

    Literals in between, such as a deferred one, are passed over; one that is run as a subtest ends
    the search, for it has a test of its own.
    """
    literal = enclosing(call, "func_literal")
    while literal is not None:
        around = literal.parent
        if around is not None and around.type == "argument_list":
            called = text_of(around.parent.child_by_field_name("function"))
            if called.endswith(".Go"):
                return around.parent
            if called.endswith(".Run"):
                return None
        elif around is not None and around.type == "call_expression":
            statement = around.parent
            if statement is not None and statement.type == "go_statement":
                return statement
        literal = enclosing(literal, "func_literal")
    return None


RULE = Rule("fatal-elsewhere", Needs.STATES | Needs.FAILURE, _find)
