"""``lock-copied``: a wait for a lock that was copied in its locked state.

Reported where the source has a goroutine wait for a lock that is part of a parameter, or a
receiver, that its function takes by value, and has not locked it in there: the copy was made of a
locked lock, and what unlocks the original leaves the copy as it is. Silent on what is passed by
pointer.

Example: ``(a *account) deposit`` locks and calls ``(a account) snapshot``, which locks.
Counterexample: snapshot takes a pointer, and another goroutine holds the lock.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Finding, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits


def _find(question: Question) -> Iterator[Finding]:
    for wait in question.locks.waits.values():
        if not wait.copied or wait.state.test < 0:
            continue
        state, place, function = wait.state, wait.frame.place, wait.frame.short_function
        begin = f"{state.name} waits for a copy of {wait.text} ({place}), made while it was locked"
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(
                f"{begin}: {function} takes it by value",
                begin,
                f"{state.name} waits for a lock ({place}) that was copied while it was locked",
            ),
            certainty=Certainty.INFERRED,
            test=state.test,
            places=(state.place_of(Role.WAITS, wait.frame),),
            evidence=(
                state.evidence(),
                state.evidence(f"{function} takes what {wait.text} is part of by value"),
            ),
            next="take a pointer: go vet (copylocks) lists what is copied with a lock in it",
            explains=question.waits.behind(frozenset((state.number,))),
        )


RULE = Rule("lock-copied", Needs.STATES, _find)
