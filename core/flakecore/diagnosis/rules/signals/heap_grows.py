"""``heap-grows``: what collections leave of the heap grows with every repetition of the tests.

Looked at is what the last collection within each repetition of a run with -count found alive: the
heap as the trace has it right after. Growth by warming up ends after a repetition or two; what
every repetition adds is kept by something that outlives the tests.

Speaks where at least five repetitions had a collection each, and each added to the heap, a
megabyte in all. Silent on growth that slows down, and where repetitions ended without one.

Example: a test that appends what it read to a variable of its package.
Counterexample: a cache that is full after the third repetition.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.timeline import Case
from flakecore.timeline.lanes.heap_by_repetition import HeapLeft, heap_by_repetition

_RUNS_LEAST = 5
"""Repetitions: a heap that happens to grow through four of them is no rarity."""
_GROWTH_LEAST = 1 << 20
"""Bytes from the first repetition to the last; a run of package testing itself varies by 0.1 MB."""
_STEP_PART = 4
"""Each repetition adds at least one part in so many of what they add on average."""


def _find(question: Question) -> Iterator[Finding]:
    alive = _alive_by_repetition(question.case)
    if len(alive) < _RUNS_LEAST:
        return
    heap = np.array([size for _, size, _ in alive], np.int64)
    grown = int(heap[-1] - heap[0])
    step = grown // (len(heap) - 1)
    if grown < _GROWTH_LEAST or (np.diff(heap) * _STEP_PART < step).any():
        return
    first, last = alive[0], alive[-1]
    words = (
        f"{_size(first[1])} after the {_nth(first[0])}, {_size(last[1])} after the {_nth(last[0])}"
    )
    yield Finding(
        rule=RULE.id,
        claim=f"The heap that collections leave grows with every repetition: {words}",
        certainty=Certainty.SEEN,
        weight=Weight.CIRCUMSTANCE,
        evidence=tuple(
            Evidence(f"{_size(size)} alive in repetition {number}", moment_ns, 0)
            for number, size, moment_ns in (alive[0], alive[len(alive) // 2], alive[-1])
        ),
        next=f"about {_size(step)} each time stay reachable: flaketui profile BUNDLE --kind mem"
        " tells what allocates, a heap profile of the end what is kept",
    )


def _alive_by_repetition(case: Case) -> list[HeapLeft]:
    """Return the repetitions in which a collection ended, with what it left."""
    if case.trace is None or case.gc is None:
        return []
    found = heap_by_repetition(case.tests, case.trace, case.gc)
    return [each for each in found if each.size >= 0]


def _nth(number: int) -> str:
    last = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


def _size(count: int) -> str:
    return f"{count / (1 << 20):.1f} MB"


RULE = Rule("heap-grows", Needs.PASSED | Needs.TRACE, _find)
