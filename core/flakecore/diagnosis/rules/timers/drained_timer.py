"""``timer-lost``: a goroutine that waits for a timer which has nothing left to send.

Reports a goroutine of the test that waits in a receive of a timer's channel, where the source
has the receive in ``if !t.Stop()``, so that Stop found the timer expired or stopped and its one
value was gone; or behind a call of ``t.Stop`` without a Reset between. It is inferred from the
source. Silent in a select, on timers that are merely slow, and where the source is not at hand.

Example: ``<-t.C`` and later ``if !t.Stop() { <-t.C }``.
Counterexample: the same with a select that has a default; or with a Reset between.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.waits.blocked_on import BlockedOn

_TIMERS = ("*time.Timer", "time.Timer")
_BLOCKS = ("block", "communication_case", "expression_case", "default_case", "type_case")


def _find(question: Question) -> Iterator[Finding]:
    for state in question.states.of_test() if question.failure is not None else ():
        if state.blocked_on is BlockedOn.RECEIVE and state.own is not None:
            found = _finding(question, state)
            if found is not None:
                yield found


def _finding(question: Question, state: GoroutineState) -> Finding | None:
    own = state.own
    package = question.files.package_of(own) if own is not None else None
    file = question.files.file_of(own) if own is not None else None
    if own is None or package is None or file is None:
        return None
    received = file.at(own.line, OperationKind.RECEIVE)
    timer = _timer(package, file, received[0]) if len(received) == 1 else None
    if timer is None or received[0].in_select:
        return None
    name, at = text_of(timer), f"{own.file.rpartition('/')[2]}:{own.line}"
    stop = _stop_that_was_false(received[0], name)
    if stop is not None:
        places = _received(package, own.file, own.line, received[0])
        before = f", received before at {places[0][0]}:{places[0][1]}" if len(places) == 1 else ""
        why = f"{name}.Stop() was false, and {name}.C is empty{before}"
        advice = f"drain {name}.C in a select with a default, as Stop does since Go 1.23"
        full = f"a timer with nothing to send: its Stop was false{before}"
        short = "a timer with nothing to send: its Stop was false"
        others = [Place(Role.RECEIVES, 0, "", f"{package.folder}/{n}", e) for n, e in places[:1]]
    else:
        stop = _stopped_before(file, received[0], name)
        if stop is None:
            return None
        advice = f"call {name}.Reset before the wait"
        where = f"{at.partition(':')[0]}:{line_of(stop)}"
        why = f"{name} was stopped at {where}"
        full, short = f"stopped at {where}", "stopped before"
        others = [Place(Role.ENDED, 0, "", own.file, line_of(stop))]
    waits = f"{state.name} waits at {at} for {name}"
    return Finding(
        rule="timer-lost",
        claim=first_that_fits(f"{waits}, {full}", f"{waits}, {short}", waits),
        certainty=Certainty.INFERRED,
        test=state.test,
        places=(state.place_of(Role.WAITS), *others),
        evidence=(state.evidence(), Evidence(why, None, 0)),
        next=advice,
        explains=frozenset((state.number,)),
    )


def _timer(package: GoPackage, file: GoFile, received: Operation) -> Node | None:
    """Return the timer whose channel an operation receives from; None if it is no timer's."""
    channel = received.node.child_by_field_name("operand")
    if channel is None or channel.type != "selector_expression":
        return None
    if text_of(channel.child_by_field_name("field")) != "C":
        return None
    timer = channel.child_by_field_name("operand")
    if package.types.type_of(timer) in _TIMERS:
        return timer
    made = package.origins.assigned(timer) if timer.type == "identifier" else []
    is_timer = any(
        each.type == "call_expression" and file.library_function(each) == "time.NewTimer"
        for each in made
    )
    return timer if is_timer else None


def _stop_that_was_false(received: Operation, name: str) -> Node | None:
    """Return the condition of an if around a receive that asks whether Stop was false."""
    branch = enclosing(received.node, "if_statement", *FUNCTIONS)
    if branch is None or branch.type != "if_statement":
        return None
    body, condition = (branch.child_by_field_name(each) for each in ("consequence", "condition"))
    inside = body.start_byte <= received.node.start_byte < body.end_byte
    return condition if inside and text_of(condition) == f"!{name}.Stop()" else None


def _stopped_before(file: GoFile, received: Operation, name: str) -> Node | None:
    """Return the call of Stop that always comes before a receive, with no Reset between."""
    calls = [
        call
        for call in file.calls_of
        if text_of(call.child_by_field_name("function")) in (f"{name}.Stop", f"{name}.Reset")
        and call.end_byte <= received.node.start_byte
        and enclosing(call, *FUNCTIONS) == received.function
    ]
    if not calls or not text_of(calls[-1].child_by_field_name("function")).endswith(".Stop"):
        return None
    block = enclosing(calls[-1], *_BLOCKS)
    statement = calls[-1].parent
    if block is None or statement is None or statement.type != "expression_statement":
        return None
    around = block.start_byte <= received.node.start_byte < block.end_byte
    return calls[-1] if around else None


def _received(
    package: GoPackage, path: str, line: int, received: Operation
) -> list[tuple[str, int]]:
    """Return the other places of the package that receive from the same timer."""
    name = path.rpartition("/")[2]
    return sorted(
        {
            (file, each.line)
            for file, each in package.uses.of(name, received)
            if each.kind is OperationKind.RECEIVE and (file, each.line) != (name, line)
        }
    )


RULE = Rule("drained-timer", Needs.STATES, _find, ids=("timer-lost",))
