"""The lines by which go's own output is known, wherever in a line it begins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

LANDMARK = re.compile(
    r"""
      \{"(?:Time|Action|ImportPath|Package)":(?=[ ]?")      # an event of go test -json
    | \{"(?:log|textPayload|insertId)":[ ]?"                # a record that holds a line
    | ===[ ](?:RUN|PAUSE|CONT|NAME|FAIL:)[ ]+\S
    | ---[ ](?:PASS|FAIL|SKIP):[ ]\S+[ ]\(\d
    | ---[ ](?:FAIL|SKIP|BENCH):[ ]Benchmark\S
    | (?<!group::)(?<!\[group\])                              # GitHub's headings of groups
      (?:ok[ ]{2}|FAIL|\?[ ]{3})\s+[\w./~-]+(?:\s+\(?\d|\s+\(cached\)|\s+\[)
    | goroutine[ ]\d+[ ](?:gp=\S+[ ])?(?:m=\S+[ ])?(?:mp=\S+[ ])?\[[a-zA-Z]
      (?![^\]"]{0,100}\]:\\)                                  # none of a string with escapes
    | goroutine(?:leak)?[ ]profile:[ ]total[ ]\d
    | \d+[ ]@(?:[ ]0x[0-9a-f]+){2}                            # an entry of it, and its frames
    | \#[ \t]+0x[0-9a-f]+[ \t]+\S+\+0x[0-9a-f]+[ \t]
    | Goroutine[ ]\d+[ ]-[ ](?:User|Runtime):[ ]\S.*?:\d+[ ]\S+[ ]\(0x    # Delve's
    | WARNING:[ ]DATA[ ]RACE\s*$
    | (?<!\S)={18}\s*$
    | (?:Previous[ ](?:atomic[ ])?)?(?:[Aa]tomic[ ])?(?:[Rr]ead|[Ww]rite)
      (?:[ ]at[ ]0x[0-9a-f]+)?[ ]by[ ](?:main[ ])?goroutine
    | panic:[ ](?=\S).*(?:\[recovered|goroutine[ ]\d+|timed[ ]out|runtime[ ]error)
    | panic:[ ](?:(?:Log|Fail)[ ]in[ ]goroutine[ ]after|(?:send[ ]on|close[ ]of)[ ]\w+[ ]channel
      |assignment[ ]to[ ]entry|sync:[ ]|deadlock:[ ])
    | testing\.go:\d+:[ ]race[ ]detected[ ]during
    | Error[ ]Trace:\s+\S+\.go:\d                               # testify's blocks
    | (?:(?<!\d:[ ])fatal[ ]error:[ ]  # a C compiler's has its place before it
      |(?<!signal[ ])SIG[A-Z]+:[ ][a-z])
    | created[ ]by[ ][\w./-]+\.\S
    | exit[ ]status[ ]\d{1,3}\s*$
    | (?:FAIL|PANIC):[ ]\S+\.go:\d{1,9}:[ ]\w+\.\w+\s*$      # gocheck's methods
    | (?:OOPS|OK):[ ]\d+[ ]passed
    | \#[ ]\S+[ ]\[\S+\.test\]\s*$                            # above a compiler's errors
    | [ ]{2}\*[ ]/\S+\.go\s*$                                 # goconvey's list of failures
    | \[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED)\][ ]\S        # ginkgo's verdicts
    | In[ ]\[[A-Z]\w+\][ ]at:[ ]\S+\.go:\d
    | [•+]!?[ ](?:Failure|Panic)[ ]\[\d+\.\d+[ ]seconds\]
    | Summarizing[ ]\d+[ ]Failures?:
    """,
    re.VERBOSE | re.ASCII,
)
"""Matched anywhere in a line. What a program prints seldom looks so."""


@lru_cache(maxsize=8192)
def landmark_in(line: str) -> re.Match[str] | None:
    """Return the first landmark in a line of a log's sample, of which each wrapping asks."""
    return LANDMARK.search(line)


_INDENTED = re.compile(
    r"--- \w+: (?:\S*/|Benchmark)|exit status|goroutine|created by|\[[A-Z]+\] |In \[|testing\.go:"
    r"|Error Trace:"
)


def starts(lines: Iterable[str]) -> list[tuple[str, int]]:
    """Return the lines with a landmark, and in which column it begins."""
    found = []
    for line in lines:
        landmark = landmark_in(line)
        if landmark is not None:
            found.append((line, landmark.start()))
    return found


def may_be_indented(line: str, column: int) -> bool:
    """Return whether go itself may have put blanks before a landmark, as before a subtest's result.

    So may a framework have before one of its own.
    """
    return _INDENTED.match(line, column) is not None
