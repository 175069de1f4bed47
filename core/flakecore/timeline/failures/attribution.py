"""Assigns the lines of crash dumps and race reports to tests and goroutines.

The runtime and the race detector print by writes that the trace does not record. A race belongs to
the test whose goroutines raced, a crash to the test that died of it, and each goroutine of a dump
to the test that it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flakecore.timeline.failures.failure import Failure
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.output.output_lines import TIME_SOURCES, LineColumns, TimeSource

_GOROUTINE = re.compile(r"goroutine (\d{1,18}) ")


def attribute(
    output: LineColumns,
    index_of: NDArray[np.signedinteger],
    inputs: FailureInputs,
    failures: Sequence[Failure],
) -> LineColumns:
    """Return lines with the test and goroutine of those that crashes and races printed.

    Args:
        output: all lines in order of time.
        index_of: from a line's position in ``inputs.run.lines`` to its index in ``output``.
        inputs: crashes and races, and the tests of goroutines.
        failures: those that were found from them.
    """
    run = inputs.run
    if not run.crashes and not run.races:
        return output
    test = output.test.copy()
    goroutine = output.goroutine.copy()
    free = output.time_source != TIME_SOURCES.index(TimeSource.EXACT)
    texts = run.lines.texts
    for index, crash in enumerate(run.crashes):
        dead = [failure.test for failure in failures if failure.crash == index]
        owner, number = (dead[0] if len(dead) == 1 else -1), 0
        for position, text in enumerate(
            texts[crash.first_line : crash.last_line + 1], crash.first_line
        ):
            found = _GOROUTINE.match(text)
            if found is not None:
                number = int(found[1])
                theirs = inputs.test_of([number], -1)
                owner = theirs if theirs >= 0 or inputs.tree is not None else owner
            at = index_of[position]
            if free[at]:
                test[at], goroutine[at] = owner, number
    for failure in failures:
        for index, _ in zip(failure.races, failure.race_goroutines, strict=False):
            race = run.races[index]
            at = index_of[race.first_line : race.last_line + 1]
            test[at[free[at]]] = failure.test
    return replace(output, test=test, goroutine=goroutine)
