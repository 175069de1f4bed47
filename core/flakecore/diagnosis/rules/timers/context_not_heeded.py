"""``context-not-heeded``: a goroutine that went on when its context had been cancelled.

Reports a failed assertion in a select's case that a timer won, behind a call of ``cancel`` in the
same function, where the trace has the only goroutine that was to come to the other case still at
work, in functions that take a context and do nothing with it but hand it to one another. It is
inferred from the source. Silent where one of these functions looks at its context, or hands it to
any other; where the cancel is deferred or stands in a branch; on goroutines that were given no
context; and without a trace or the source.

Example: ``func work(ctx context.Context) { for range 50 { time.Sleep(tick) } }``.
Counterexample: the same with ``if ctx.Err() != nil { return }`` in the loop.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.timers.timer_races import LatePeer, late_peers, timer_race
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk
from flakecore.timeline import Lane, LaneKind

_MAKERS = (
    *("context.WithCancel", "context.WithCancelCause", "context.WithTimeout"),
    *("context.WithTimeoutCause", "context.WithDeadline", "context.WithDeadlineCause"),
)
_CONTEXT = "context.Context"
_BLOCKS = ("block", "communication_case", "expression_case", "default_case", "type_case")


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    failing = question.failing
    race = timer_race(failing) if failing is not None else None
    if failure is None or failing is None or race is None or failing.is_in_bubble:
        return
    cancel = _cancelled_before(failing, race.select)
    peers = late_peers(question, failing, race)
    if cancel is None or len(peers) != 1 or peers[0].later_ns is not None:
        return
    (peer,) = peers
    functions = _functions_of(question, failing, peer)
    if not functions or not _is_given(functions) or _looks(failing, functions):
        return
    who, at = f"G{peer.goroutine.id}", f"{failing.name}:{line_of(cancel)}"
    went_on = f"{who} went on after the cancel at {at}"
    name = StackFrame(peer.place.function, peer.place.file, peer.place.line).short_function
    yield Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"{went_on}: {name} ({peer.at}) never looks at its context",
            f"{went_on}: {name} never looks at its context",
            f"{went_on} and never looks at its context",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(failing.fails_at(), peer.place, failing.place(Role.SIGNALS, cancel)),
        evidence=(
            failing.evidence(f"the test gave up at {failing.at}, behind the cancel at {at}"),
            Evidence(
                f"{who} was {peer.state.label} at {peer.at}", peer.since_ns, peer.goroutine.id
            ),
            Evidence(
                f"the source of {', '.join(_names(functions))} does nothing with its context",
                None,
                0,
            ),
        ),
        next=f"return from {name} when ctx.Done() is closed",
        explains=frozenset({peer.goroutine.id, failing.goroutine} - {0}),
    )


def _cancelled_before(failing: FailingSource, select: Node) -> Node | None:
    """Return the call of a cancel function that always comes before a select; None for none."""
    inner = enclosing(select, *FUNCTIONS)
    for call in failing.file.calls_of:
        called = call.child_by_field_name("function")
        statement = call.parent
        if call.end_byte > select.start_byte or called.type != "identifier":
            continue
        if statement is None or statement.type != "expression_statement":
            continue
        block = enclosing(call, *_BLOCKS)
        around = block is not None and block.start_byte <= select.start_byte < block.end_byte
        if not around or enclosing(call, *FUNCTIONS) != inner:
            continue
        made = failing.origins.assigned(called)
        if any(
            each.type == "call_expression" and failing.library_function(each) in _MAKERS
            for each in made
        ):
            return call
    return None


def _functions_of(question: Question, failing: FailingSource, peer: LatePeer) -> list[Node]:
    """Return the functions that a goroutine stood in when the test failed; empty if not all known.

    Those of the standard library, in which it sleeps or waits, are passed over.
    """
    schedule, failure = question.case.schedule, question.failure
    assert schedule is not None and failure is not None
    now = schedule.at(Lane(LaneKind.GOROUTINE, peer.goroutine.id), failure.at_ns)
    found = []
    for frame in now.stack if now is not None else ():
        stands = failing.package.function_of(frame)
        if stands is not None:
            found.append(stands[1])
        elif failing.package.has(frame):
            return []
    return found


def _is_given(functions: list[Node]) -> bool:
    """Return whether the outermost of some functions takes a context."""
    return bool(_contexts(functions[-1]))


def _contexts(function: Node) -> set[str]:
    return {name for name, kind in parameters(function) if kind == _CONTEXT}


def _looks(failing: FailingSource, functions: list[Node]) -> bool:
    """Return whether functions use a context, but to hand it to one another."""
    starts = {each.start_byte for each in functions}
    for function in functions:
        names = _contexts(function)
        body = function.child_by_field_name("body")
        for node in walk(body) if body is not None else ():
            if node.type != "identifier" or text_of(node) not in names:
                continue
            listed = node.parent
            call = listed.parent if listed is not None and listed.type == "argument_list" else None
            if call is None or call.type != "call_expression":
                return True
            called = failing.package.calls.called_by(failing.name, call)
            if not called or not all(each.start_byte in starts for _, each in called):
                return True
    return False


def _names(functions: list[Node]) -> list[str]:
    named = (text_of(each.child_by_field_name("name")) for each in functions)
    return list(dict.fromkeys(name or "the function literal" for name in named))


RULE = Rule("context-not-heeded", Needs.TRACE | Needs.FAILURE, _find)
