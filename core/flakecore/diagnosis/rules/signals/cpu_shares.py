"""``scheduler-share``, ``gc-share``: much of the processor's time did not go into the tests.

Looked at are the CPU samples of the trace: how many have a function on their stack that sleeps,
wakes or chooses what runs next, and how many one that collects garbage.

Reports a share of the scheduler above 40 %, or of the collector above 25 %, which is what its pacer
asks for (GoBackgroundUtilization in ``src/runtime/mgcpacer.go``). Silent on fewer than 200 samples.

Example: two threads that hand a token to each other; a loop around ``runtime.GC``.
Counterexample: a loop that computes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.gotrace import Trace

_SAMPLES_LEAST = 200
"""Two seconds of processor time at the usual rate: a share of fewer is off by 7 % and more."""


class _Share(NamedTuple):
    """What is counted: its rule, functions, threshold, name for people, and what to do."""

    rule: str
    functions: frozenset[str]
    threshold: float
    name: str
    next: str


_SHARES = (
    _Share(
        "scheduler-share",
        frozenset({"runtime.futex", "runtime.schedule", "runtime.findRunnable", "runtime.mPark"}),
        0.40,
        "Sleeping, waking and the scheduler",
        "fewer, larger pieces of work: flaketui profile BUNDLE --kind trace-cpu peek futex"
        " tells who wakes",
    ),
    _Share(
        "gc-share",
        frozenset(
            {
                *("runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.gcDrain"),
                *("runtime.bgsweep", "runtime.bgscavenge", "runtime.gcStart"),
            }
        ),
        0.25,
        "Collecting garbage",
        "flaketui profile BUNDLE --kind mem tells what allocates",
    ),
)


def _find(question: Question) -> Iterator[Finding]:
    trace = question.case.trace
    count = len(trace.annotations.samples.time) if trace is not None else 0
    if trace is None or count < _SAMPLES_LEAST:
        return
    for share in _SHARES:
        found = _samples_in(trace, share.functions)
        if found > share.threshold * count:
            yield Finding(
                rule=share.rule,
                claim=f"{share.name} took {found / count:.0%} of the processor time"
                f" (more than {share.threshold:.0%})",
                certainty=Certainty.SEEN,
                weight=Weight.CIRCUMSTANCE,
                evidence=(Evidence(f"{found:,} of {count:,} CPU samples of the trace", None, 0),),
                next=share.next,
            )


def _samples_in(trace: Trace, functions: frozenset[str]) -> int:
    """Return how many CPU samples have one of some functions on their stack."""
    stacks, counts = np.unique(trace.annotations.samples.stack, return_counts=True)
    within = [
        any(frame.function in functions for frame in trace.table.stack(each))
        for each in stacks.tolist()
    ]
    return int(counts[np.array(within, np.bool_)].sum())


RULE = Rule(
    "cpu-shares", Needs.PASSED | Needs.TRACE, _find, ids=tuple(each.rule for each in _SHARES)
)
