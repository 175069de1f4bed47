"""tparse's report: above the failed tests of each package a box, last a table of all packages.

Formats of tparse (``internal/app/table_failed.go``, ``table_summary.go``): the box is ``┃  FAIL
package: p  ┃`` or ``┃  PANIC  package: p • TestX  ┃``; below it stands each failed test, its result
above what it printed; a row is ``│  FAIL   │  0.03s  │ p │ 0.0% │ 2 │ 3 │ 1 │``, with bars of
ASCII in older releases.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flakecore.gotest.streams.package_events import PackageEvents

_BOX = re.compile(r"┃ +(?:FAIL|PANIC) +package: (\S+)(?: • (\S+))? +┃ *\Z")
_ROW = re.compile(
    r"[│|] *(PASS|FAIL|SKIP|PANIC|NOTEST) *[│|] *(?:(\d{1,9}\.\d\d)s|\(cached\)) *[│|] *(\S+) *"
    r"[│|](?: *[\d.%-]{1,9} *[│|]){4} *\Z"
)
_EDGE = re.compile(r"[┏┗┌└│|+][━─┓┛┐┘┼│|+-]{8,}\Z|─{20,}\Z")
_RESULT = re.compile(r" *--- FAIL: (\S+) \((\d{1,9}\.\d\d)s\) *\Z")
_ENDS = {"PASS": "pass", "SKIP": "skip", "NOTEST": "skip"}
STARTS = ("┃", "│", "|")


class TparseReport:
    """What such a report shows, on its way to runs of packages."""

    def __init__(self, run_of: Callable[[str], PackageEvents]) -> None:
        """Give each package's tests and result to what ``run_of`` returns for its name."""
        self._run_of = run_of
        self._run: PackageEvents | None = None  # whose box is above
        self._test = ""

    @property
    def goes_on(self) -> bool:
        """Whether the next line stands below a package's box."""
        return self._run is not None

    def begins(self, text: str) -> bool:
        """Return whether a line is part of the report, whatever came before it."""
        return text.startswith(STARTS) and bool(_BOX.match(text) or _ROW.match(text))

    def take(self, text: str) -> None:
        """Take in one line of the report."""
        if found := _BOX.match(text):
            self._run, self._test = self._run_of(found[1]), found[2] or ""
            if self._test:
                self._fail(self._test, None)
        elif found := _ROW.match(text):
            run = self._run_of(found[3])
            action = _ENDS.get(found[1], "fail")
            run.line(None, "", text, "frame")
            run.end(action, None, float(found[2]) if found[2] else None, "")
            self._run = None
        elif _EDGE.match(text):
            if not text.startswith(("┗", "─")):
                self._run = None
        elif self._run is not None:
            if result := _RESULT.match(text):
                if result[1] != self._test:
                    self._fail(result[1], float(result[2]))
                self._run.line(None, self._test, text.strip(), "frame")
            else:
                self._run.line(None, self._test, text, "")

    def _fail(self, test: str, seconds: float | None) -> None:
        if self._run is not None:
            self._test = test
            self._run.test_event("run", None, test, None)
            self._run.test_event("fail", None, test, seconds)
