"""The assertion libraries and test frameworks that are known, and how a run is asked for each.

Some report through ``t.Error``, which frames what they print as a message of the test. Others print
reports of their own, several for one Test function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flakecore.gotest.frameworks.assertions.alecthomas_assert import alecthomas_assert
from flakecore.gotest.frameworks.assertions.go_cmp import go_cmp
from flakecore.gotest.frameworks.assertions.gomega import gomega
from flakecore.gotest.frameworks.assertions.gomock import gomock
from flakecore.gotest.frameworks.assertions.gotest_tools import gotest_tools
from flakecore.gotest.frameworks.assertions.leak_checkers import leak_checkers
from flakecore.gotest.frameworks.assertions.quicktest import quicktest
from flakecore.gotest.frameworks.assertions.recovered_panic import recovered_panic
from flakecore.gotest.frameworks.assertions.shoenig import shoenig
from flakecore.gotest.frameworks.assertions.testify import testify
from flakecore.gotest.frameworks.messages import Message
from flakecore.gotest.frameworks.reports import ginkgo, go_deadlock, gocheck, goconvey
from flakecore.gotest.streams.line_search import positions_of

FORMS: tuple[Callable[[Message], Message | None], ...] = (
    testify,
    gomega,
    quicktest,
    gotest_tools,
    shoenig,
    alecthomas_assert,
    gomock,
    recovered_panic,
    leak_checkers,
    go_cmp,
)
"""Of messages; the first form that a message has is its own."""

REPORTS: tuple[tuple[tuple[str, ...], Callable[[Sequence[str], int], Message | None]], ...] = (
    (ginkgo.WORDS, ginkgo.specs),
    (gocheck.WORDS, gocheck.methods),
    (goconvey.WORDS, goconvey.entries),
    (go_deadlock.WORDS, go_deadlock.locks),
)
"""What lines of interest hold, and what reads the report that begins in one."""


def recognised(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return messages with those of assertion libraries turned into what they report."""
    return tuple(
        next((known for form in FORMS if (known := form(each)) is not None), each)
        for each in messages
    )


def read_reports(texts: Sequence[str]) -> tuple[Message, ...]:
    """Return the reports that frameworks print of their own, in their order."""
    found: dict[int, Message] = {}
    for words, read in REPORTS:
        for at in positions_of(texts, words):
            report = read(texts, at)
            if report is not None:
                found.setdefault(at, report)
    return tuple(ginkgo.without_repeats(texts, [found[at] for at in sorted(found)]))
