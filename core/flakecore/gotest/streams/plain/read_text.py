"""Plain ``go test`` output, with or without ``-v``, as a person or a CI saved it."""

from __future__ import annotations

from collections.abc import Iterable

from flakecore.gotest.streams.plain.text_stream import TextLog
from flakecore.gotest.streams.runs import PackageRun, Stamps, TestLog
from flakecore.gotest.streams.wrappings.rows import BOUNDARY
from flakecore.gotest.streams.wrappings.unwrap import find_wrappings, lines_of, texts_of
from flakecore.loss import Loss
from flakecore.python_gc import python_gc_paused
from flakecore.text.encodings import as_utf_8


def read_text(data: bytes | memoryview, *, name: str) -> TestLog:
    """Return what a plain log shows, of one package or of several; never raises.

    Times are those that a CI put in front of the lines, if it did (``PackageRun.stamps``). What
    stands before the first package, and what stands behind the last, is a run without a package.

    Args:
        data: the log; it may be cut off anywhere and may hold much that is no test's output.
        name: what to call the log in a loss.
    """
    data = as_utf_8(data)
    unwrapped = find_wrappings(data)
    log = TextLog()
    with python_gc_paused():
        if unwrapped.wrappings:
            for wall, line in unwrapped.rows(lines_of(data)):
                if line == BOUNDARY:
                    log.end()
                else:
                    log.take(wall, line)
        else:
            for block in texts_of(data):
                log.take_block(block)
        packages = log.packages(unwrapped.stamps, unwrapped.resolution_ns)
    counts = sorted(unwrapped.counts.items())
    return TestLog(
        packages, tuple(Loss(name, what, count=count) for what, count in counts if count)
    )


def read_lines(lines: Iterable[str]) -> tuple[PackageRun, ...]:
    """Return what lines of a plain log show that stand among others."""
    log = TextLog()
    for line in lines:
        log.take(None, line)
    return log.packages(Stamps.NONE, 1)
