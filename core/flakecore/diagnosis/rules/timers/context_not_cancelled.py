"""``context-not-cancelled``: a goroutine that waits for a context which nobody can cancel.

Reports a goroutine of a test that is over, or that waits for it alone, which waits in a receive
from ``ctx.Done()``, where the source has the context made by ``context.WithCancel`` of the
background in the function that started the goroutine, or in the only place that sets the field that
it is, and has no use of its cancel function but to drop it, or to keep it in a field that nothing
in the package reads; or made so by the very function that waits, which cancels it by ``defer``
alone. A parent that is a parameter is the background where every call of the function gives it
that. It is inferred from the source, and stands beside the leak itself, which is seen. Silent where
the cancel function is called, deferred or handed on anywhere, on contexts with a deadline, which
end by themselves, where files of the package are missing, and where the source is not at hand.

Example: ``ctx, _ := context.WithCancel(context.Background()); go func() { <-ctx.Done() }()``.
Counterexample: the same with ``defer cancel()``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState, StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.test_runs import ended_tests
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.dropped_cancels import (
    SourcePlace,
    made_by_itself,
    made_for_nobody,
)

_Standing = tuple[str, str, int]
"""Function, file and line: what goroutines that stand alike have in common."""


def _find_left(question: Question) -> Iterator[Finding]:
    over = ended_tests(question.case)
    yield from _findings(question, (each for each in question.states if each.test in over))


def _find_stuck(question: Question) -> Iterator[Finding]:
    failure = question.failure
    for each in _findings(question, question.states.of_test()):
        behind = _with_waiters(question, each.places[0].goroutine)
        if failure is not None and failure.goroutine in behind:
            yield replace(each, explains=behind)


def _with_waiters(question: Question, number: int) -> frozenset[int]:
    """Return a goroutine, and those of the test that wait for nobody else."""
    waits = {each.number: question.waits.unblockers(each) for each in question.states.of_test()}
    found = {number}
    while True:
        new = {each for each, ends in waits.items() if ends and ends - {each} <= found}
        if new <= found:
            return frozenset(found)
        found |= new


def _findings(question: Question, states: Iterable[GoroutineState]) -> Iterator[Finding]:
    files = question.files
    known: dict[tuple[_Standing, _Standing], tuple[SourcePlace | None, SourcePlace | None]] = {}
    for state in states:
        if state.own is None or state.created_at is None:
            continue
        if state.blocked_on is not BlockedOn.RECEIVE:
            continue
        alike = _standing(state.own), _standing(state.created_at)
        if alike not in known:
            known[alike] = made_by_itself(files, state), made_for_nobody(files, state)
        itself, elsewhere = known[alike]
        made = itself or elsewhere
        if made is None:
            continue
        file, line = made
        nobody = "only its own defer" if itself else "nobody"
        called = "by a defer of who waits for it" if itself else "nowhere"
        at = f"{file.rpartition('/')[2]}:{line}"
        waits = f"{state.name} waits for ctx.Done() at {state.own.place}"
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(
                f"{waits}: {nobody} calls the cancel of {at}", f"{waits}: {nobody} calls its cancel"
            ),
            certainty=Certainty.INFERRED,
            test=state.test,
            places=(state.place_of(Role.WAITS), Place(Role.CREATED, 0, "", file, line)),
            evidence=(
                state.evidence(),
                Evidence(f"the context is made at {at}, and its cancel called {called}", None, 0),
            ),
            next="derive it from the context that the function is given"
            if itself
            else "call the cancel when the work is over: by defer, or from a method that ends it",
        )


def _standing(frame: StackFrame) -> _Standing:
    return frame.function, frame.file, frame.line


RULE = Rule("context-not-cancelled", Needs.PASSED, _find_left)
STUCK = Rule("context-not-cancelled", Needs.STATES, _find_stuck)
