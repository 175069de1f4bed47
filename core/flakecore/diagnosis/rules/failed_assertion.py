"""What the rules share that explain a failed assertion by the source of its line.

They are asked where the call that failed is found in the source. Each yields findings that begin at
that call: its line is the first place, a fact about the moment at which it failed the first
evidence, and they are inferred, for the source shows what may happen and not what did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits

TEST_ITSELF = "test-itself"
"""The id of findings on a test that cannot but fail sometimes."""


def assertion_rule(
    rule: str,
    find: Callable[[Question, FailingSource], Iterator[Finding]],
    *ids: str,
    needs: Needs = Needs.FAILURE,
) -> Rule:
    """Return a rule that is asked where the call which failed is found in the source.

    Args:
        rule: its own id.
        find: its findings on a question and that call.
        ids: those that its findings bear, where it is not ``test-itself`` alone.
        needs: evidence without which it is not asked.
    """

    def found(question: Question) -> Iterator[Finding]:
        if question.failing is not None:
            yield from find(question, question.failing)

    return Rule(rule, needs, found, ids=ids or (TEST_ITSELF,))


def source_rule(rule: str, find: Callable[[FailingSource], Iterator[Finding]]) -> Rule:
    """Return such a rule that looks at the call and its message alone, at nothing that was seen."""
    return assertion_rule(rule, lambda _, failing: find(failing))


def assertion_finding(
    failing: FailingSource,
    claims: Sequence[str],
    facts: Sequence[str | Evidence],
    remedy: str,
    *,
    places: Iterable[Place] = (),
    rule: str = TEST_ITSELF,
    weight: Weight = Weight.CAUSE,
    explains: frozenset[int] = frozenset(),
) -> Finding:
    """Return a finding on a failed assertion.

    Args:
        failing: the call that failed.
        claims: the same claim in fewer and fewer words; the first that fits is taken.
        facts: what it rests on; the first one is about the moment at which it failed.
        remedy: how to be sure, or to see more.
        places: those that it names besides the failing line, which is the first.
        rule: the id that it bears.
        weight: what kind of explanation it is.
        explains: the goroutines whose state it accounts for.
    """
    first, *others = facts
    return Finding(
        rule=rule,
        claim=first_that_fits(*claims),
        certainty=Certainty.INFERRED,
        weight=weight,
        test=failing.test,
        places=(failing.fails_at(), *places),
        evidence=(
            failing.evidence(first) if isinstance(first, str) else first,
            *(Evidence(each, None, 0) if isinstance(each, str) else each for each in others),
        ),
        next=remedy,
        explains=explains,
    )
