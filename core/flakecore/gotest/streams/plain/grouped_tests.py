"""gotestsum's format github-actions: what a test printed stands below its line, in a group.

``::group::FAIL pond.TestFlow (0.31s)``, its output, ``::endgroup::``; ``  PASS pond.TestIce
(0.00s)`` alone where it printed nothing; ``  FAIL Package pond (297ms)`` ends a package
(``testjson/format.go``, githubActionsFormat). GitHub's own log has ``##[group]`` for the first.
"""

from __future__ import annotations

import re

from flakecore.gotest.streams.package_events import PackageEvents
from flakecore.gotest.streams.plain.named_tests import NamedTests

_LINE = re.compile(r"(::group::|##\[group\]|  )(?=(?:PASS|FAIL|SKIP) \S+\.\S)(.*)\Z")
_PACKAGE = re.compile(r"  (PASS|FAIL|EMPTY) Package (\S+)(?: \((\S+)\))?(?: \(.*\))? *\Z")
_CLOSE = ("::endgroup::", "##[endgroup]")
_WORDS = ("PASS ", "FAIL ", "SKIP ")
STARTS = ("::group::", "##[group]", "  PASS ", "  FAIL ", "  SKIP ", "  EMPTY ", *_WORDS)
"""How lines of this format, and of testname, begin."""


class GroupedTests:
    """Gives what stands in groups to their tests, and passes on whatever else names a test."""

    def __init__(self, named: NamedTests) -> None:
        """Give tests and packages to ``named``."""
        self._named = named
        self._open: tuple[PackageEvents, str] | None = None

    @property
    def goes_on(self) -> bool:
        """Whether the next line stands in a group, if it does not end it."""
        return self._open is not None

    def take(self, wall: int | None, text: str, above: PackageEvents) -> bool:
        """Take in a line that begins with one of ``STARTS`` or stands in a group.

        Args:
            wall: its time.
            text: the line.
            above: what was read since the last one, which is of no use after this.

        Returns:
            Whether it is a line of this format.
        """
        if text.startswith(_WORDS) and self._open is None:
            return self._named.take(wall, text, above)
        found = _LINE.match(text)
        if found is not None and self._named.take(wall, found[2], above):
            is_group = not found[1].isspace()
            self._open = self._named.latest if is_group else None
            return True
        if package := _PACKAGE.match(text):
            self._open = None
            self._named.end(wall, text, *package.groups())
            return True
        if self._open is None:
            return False
        if text.startswith(_CLOSE):
            self._open = None
        else:
            run, test = self._open
            run.line(wall, test, text, "")
        return True
