"""What a failed test printed, in order: its messages and all else, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest import TextsAt, first_bytes
from flakecore.report.text.output_text import cut
from flakecore.timeline import Case, Failure

_SHOWN = 24
"""Lines of a test's output that are shown: the first half and the last half of them."""
_FRAMING = re.compile(r"=== |\s*--- (?:PASS|FAIL|SKIP|BENCH): |(?:PASS|FAIL)\s*\Z|FAIL {4}|exit st")
_RULE = "=================="
_MAY_BEGIN = np.ones(256, np.bool_)
"""By the first byte of a line whether it may be framing: its first letters, blanks, and all that
may be a blank of another alphabet."""
_MAY_BEGIN[ord("!") : 0x7F] = False
_MAY_BEGIN[list(b"=-PFe")] = True
_ALIKE = 4
"""Lines in a row, differing in stamps alone, of which the first and the last are shown; chosen."""
_LOOKED_AT = 300
"""Characters of a line that are compared; chosen."""
_COMPARED = 5_000
"""Lines from each end that are compared with those beside them: 20 ms of work for a failure."""
_STAMP = re.compile(r"\A(?:time=\S+|[\d/:.,+TZ-]+(?: [\d/:.,+TZ-]+)?)\s")
"""What loggers put before a line: ``2026/11/28 09:40:03``, ``time=2026-11-28T09:40:03Z``."""


class OutputOfTests:
    """The lines of a case's output by test, sorted once."""

    def __init__(self, case: Case) -> None:
        self._case = case

    @cached_property
    def _stretches(self) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
        """(stretches,) the test of each stretch of lines of one test, its first row and its end."""
        tests = self._case.output.columns.test
        changes = np.flatnonzero(tests[1:] != tests[:-1]) + 1
        starts = np.concatenate([np.zeros(min(1, len(tests)), np.int64), changes])
        ends = np.append(changes, len(tests))[: len(starts)]
        order = np.argsort(tests[starts], kind="stable")
        return tests[starts[order]], starts[order], ends[order]

    def _rows_of(self, test: int) -> NDArray[np.signedinteger]:
        """Return the rows of the lines of a test: in few bytes, for there may be millions."""
        tests, starts, ends = self._stretches
        first, last = np.searchsorted(tests, [test, test + 1]).tolist()
        starts, lengths = starts[first:last], (ends - starts)[first:last]
        until = np.cumsum(lengths)
        size = int(until[-1]) if len(until) else 0
        narrow = len(self._case.output) <= np.iinfo(np.int32).max
        number = np.int32 if narrow else np.int64
        rows = np.repeat((starts - (until - lengths)).astype(number), lengths)
        rows += np.arange(size, dtype=number)
        return rows

    def of(self, failure: Failure) -> Sequence[str]:
        """Return what the test of a failure printed, without results, dumps and race reports."""
        if failure.test < 0:
            return ()
        indices = self._rows_of(failure.test)
        if failure.crash >= 0:
            indices = indices[indices < failure.output_line]
        texts = self._case.output.columns.texts
        chosen = np.ones(len(indices), np.bool_)
        race = -1  # where a report of one began
        for row in np.flatnonzero(self._may_be_framing[indices]).tolist():
            text = texts[int(indices[row])]
            if text == _RULE:
                chosen[race if race >= 0 else row : row + 1] = False
                race = row if race < 0 else -1
            elif race < 0 and (not text.strip() or _FRAMING.match(text)):
                chosen[row] = False
        if race >= 0:
            chosen[race:] = False
        return TextsAt(texts, indices if chosen.all() else indices[chosen])

    @cached_property
    def _may_be_framing(self) -> NDArray[np.bool_]:
        """(lines,) whether each may be blank, a rule, or what ``_FRAMING`` matches."""
        first = first_bytes(self._case.output.columns.texts)
        return _MAY_BEGIN[first]


def bounded(lines: Sequence[str]) -> tuple[list[str], int]:
    """Return the lines of a test's output that are shown, and how many are left out amid them."""
    if len(lines) <= _SHOWN:
        return [*lines], 0
    half = _SHOWN // 2
    return [*lines[:half], *lines[-half:]], len(lines) - _SHOWN


def test_output(failure: Failure, printed: Sequence[str]) -> Iterator[str]:
    """Return what a test printed, where that is more than the message of its failure.

    Args:
        failure: its failure.
        printed: all lines that it printed.
    """
    known = len(failure.message.splitlines())
    only = len(failure.messages) == 1 and len(printed) <= known + 1
    only |= len(failure.messages) == 1 and all(text.startswith("    ") for text in printed)
    covered = len(printed) <= known and all(text.strip() in failure.message for text in printed)
    if not printed or (failure.crash < 0 and (only or covered)):
        return
    yield f"  Output of {failure.test_name}:"
    if len(printed) <= _SHOWN:
        yield from (f"    {cut(text)}" for text in printed)
        return
    compared = min(_COMPARED, len(printed) // 2)
    first, begin = _outermost(printed, range(compared))
    last, end = _outermost(printed, range(len(printed) - 1, len(printed) - 1 - compared, -1))
    yield from (f"    {text}" for text in first)
    more = len(printed) - begin - end
    if more:
        yield f"    … {more:,} more lines; --output --test '{failure.test_name}' shows all"
    yield from (f"    {text}" for text in reversed(last))


def _outermost(lines: Sequence[str], order: Sequence[int]) -> tuple[list[str], int]:
    """Return lines from one end of what was printed, and for how many lines they stand.

    Of lines in a row that differ in their stamps alone the outer two are shown.

    Args:
        lines: all of them.
        order: indices from that end on, of those that are looked at.
    """
    shown: list[str] = []
    stands_for = 0
    for _, group in groupby(order, key=lambda at: _STAMP.sub("", lines[at][:_LOOKED_AT])):
        alike = list(group)
        if len(alike) < _ALIKE:
            alike = alike[: _SHOWN // 2 - len(shown)]
            shown += [cut(lines[at]) for at in alike]
        else:
            between = f"… {len(alike) - 2:,} more like it"
            shown += [cut(lines[alike[0]]), between, cut(lines[alike[-1]])]
        stands_for += len(alike)
        if len(shown) >= _SHOWN // 2:
            break
    return shown, stands_for
