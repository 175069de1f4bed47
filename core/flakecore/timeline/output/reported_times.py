"""Tests on a clock of their own, from the durations that their results report.

A log without stamps has how long a test took, and mostly not when. What ran one after another is
known all the same: a test that was never paused had ended before its next sibling began. So tests
are laid end to end, those that were paused behind the others of their parent, all at once. The
distances are those that package testing reports; the moments are none that anything measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flakecore.gotest import TestRun

_LATEST_NS = 1 << 62
"""No moment is later, whatever durations sum up to: columns of times have 64 bits."""


def laid_out(
    runs: Sequence[TestRun],
    parents: Sequence[int],
    running: Mapping[str, int],
    package_ns: int | None,
) -> list[tuple[int, int]]:
    """Return for each test from when to when it ran, in nanoseconds since the package began.

    Args:
        runs: in the order they began; a test's subtests follow it.
        parents: index of each test's parent, -1 for none.
        running: of the tests that a timeout names, for how long they had run.
        package_ns: how long the package took; None if unknown.
    """
    lengths = [_length(run, running) for run in runs]
    behind: dict[int, int] = {}  # by parent, where its next subtest begins, from its own start
    offsets = [0] * len(runs)
    for at, (run, parent) in enumerate(zip(runs, parents, strict=True)):
        if not run.paused:
            offsets[at] = behind.get(parent, 0)
            behind[parent] = offsets[at] + (lengths[at] or 0)
    for at, (run, parent) in enumerate(zip(runs, parents, strict=True)):
        if run.paused:
            # Parallel subtests go on when the function of their parent has returned.
            own = lengths[parent] if parent >= 0 else None
            offsets[at] = max(behind.get(parent, 0), own or 0)
    spans: list[tuple[int, int]] = []
    for at, parent in enumerate(parents):
        start = offsets[at] + (spans[parent][0] if parent >= 0 else 0)
        length = lengths[at]
        if length is None:
            # It never ended, and no timeout reports how long it had run.
            length = max((package_ns or 0) - start, 0) if runs[at].end_unknown else 0
        spans.append((min(start, _LATEST_NS), min(start + length, _LATEST_NS)))
    return spans


def _length(run: TestRun, running: Mapping[str, int]) -> int | None:
    if run.elapsed_ns is not None:
        return run.elapsed_ns
    return running.get(run.name)
