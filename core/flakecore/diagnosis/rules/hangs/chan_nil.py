"""``chan-nil``, ``select-empty``: a goroutine waits on a nil channel, or in a select of no cases.

The runtime states it itself, so the claim is seen. Silent on goroutines that belong to no test,
which may wait so by design (``select {}`` of a main loop), but for a nil channel where no test is
known.

Example: ``var c chan int; c <- 1``.
Counterexample: a send on a channel that was made and that nobody receives from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Finding, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.waits.blocked_on import BlockedOn

_WORDS = {
    BlockedOn.SEND_NIL: ("sends on a nil channel", "send on a nil channel"),
    BlockedOn.RECEIVE_NIL: ("receives from a nil channel", "receive from a nil channel"),
    BlockedOn.SELECT_EMPTY: ("is in a select with no cases", "are in a select with no cases"),
}


def _find_nil(question: Question) -> Iterator[Finding]:
    yield from _find(question, (BlockedOn.SEND_NIL, BlockedOn.RECEIVE_NIL), CHAN_NIL)


def _find_empty(question: Question) -> Iterator[Finding]:
    yield from _find(question, (BlockedOn.SELECT_EMPTY,), SELECT_EMPTY)


def _find(question: Question, kinds: tuple[BlockedOn, ...], rule: Rule) -> Iterator[Finding]:
    alike: defaultdict[tuple[BlockedOn, str], list[GoroutineState]] = defaultdict(list)
    for state in question.states:
        known = state.test >= 0 or (rule is CHAN_NIL and not question.case.tests)
        if state.blocked_on in kinds and state.own is not None and known:
            alike[state.blocked_on, state.own.place].append(state)
    for (kind, place), states in alike.items():
        first = states[0]
        assert first.own is not None
        file = question.files.operations_at(first.own, first.own.line)
        named = {each.object.text for each in file}
        what = f" ({named.pop()})" if len(named) == 1 else ""
        words = _WORDS[kind][len(states) > 1]
        who = names([each.number for each in states])
        yield Finding(
            rule=rule.id,
            claim=first_that_fits(
                f"{who} {words}{what} in {first.own.short_function} ({place}), which never ends",
                f"{who} {words}{what} at {place}, which never ends",
            ),
            certainty=Certainty.SEEN,
            test=first.test,
            places=tuple(each.place_of(Role.WAITS) for each in states),
            evidence=tuple(each.evidence() for each in states[:8]),
            next="make the channel before it is used" if kind is not BlockedOn.SELECT_EMPTY else "",
            explains=frozenset(each.number for each in states),
        )


CHAN_NIL = Rule("chan-nil", Needs.STATES, _find_nil)
SELECT_EMPTY = Rule("select-empty", Needs.STATES, _find_empty)
