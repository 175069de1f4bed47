"""``timer-lost`` by the source: a loop over the channel of a ticker that has been stopped.

Reports a goroutine in a loop over ``ticker.C``, where another one stands behind a ``Stop`` of the
same ticker: Stop closes no channel, so the loop waits for good. It is inferred: two tickers of one
name are one here. Silent where nobody stands behind a Stop, where that is deferred or in a branch
that was left, and where the function might have set the ticker anew.

Example: ``Close`` stops the ticker, and waits for the goroutine that loops over it.
Counterexample: the loop selects from a channel as well, which Close closes.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.waits.stopped_tickers import StoppedTicker, stopped_ticker


def _find(question: Question) -> Iterator[Finding]:
    for state in question.states:
        stopped = stopped_ticker(question.states, question.files, state)
        if stopped is not None:
            yield _finding(question, state, stopped)


def _finding(question: Question, state: GoroutineState, stopped: StoppedTicker) -> Finding:
    place = state.own.place if state.own is not None else ""
    begin = f"{state.name} ranges over {stopped.text} ({place})"
    at, by = stopped.at, stopped.by
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(*(f"{begin}; {each}" for each in stopped.claims)),
        certainty=Certainty.INFERRED,
        test=state.test,
        places=(
            state.place_of(Role.WAITS),
            Place(Role.CLOSES, by.number, at.function, at.file, at.line),
        ),
        evidence=(
            state.evidence(),
            by.evidence(f"{by.name} is behind the Stop at {at.place}"),
            by.evidence(),
        ),
        next="end the loop by a channel of its own, in a select beside the ticker's",
        explains=question.waits.behind(frozenset((state.number,))),
    )


RULE = Rule("timer-lost", Needs.STATES, _find)
