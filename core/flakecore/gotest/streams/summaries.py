"""Summaries of runs, as gotestsum prints them: packages and failed tests, told after all is over.

Formats of gotestsum (``testjson/format.go``, ``testjson/summary.go``): a line a package, ``✖  pond
(1.21s)``, in the formats pkgname and testdox; behind them sections ``=== Skipped``, ``=== Failed``,
``=== Errors`` in which ``=== FAIL: pond TestFlow/east (0.31s)`` stands above what the test printed;
``(re-run 1)`` behind the name for tests that were run again; ``DONE 14 tests, 3 failures in 1.4s``.
Packages lack the path of their module. What the log told already is not told again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.gotest.streams.package_events import PackageEvents
from flakecore.gotest.streams.stamps import duration_ns
from flakecore.times import SECOND

SECTION = re.compile(r"=== (?:Skipped|Failed|Errors|Slow)\Z")
_ENTRY = re.compile(
    r"=== (FAIL|SKIP|PASS): (\S+)(?: (\S+))? +(?:\(re-run (\d{1,4})\) )?\((\S+)\)\Z"
)
_PACKAGE = re.compile(
    r"(✓|✔|✖|✗|∅|PASS|FAIL|EMPTY) {1,4}(\S+)(?: \(re-run \d+\))?"
    r"(?: \(((?:\d+h)?(?:\d+m)?[\d.]+(?:ms|s|µs|us)|cached)\))?(?: \(coverage: .*\))?\Z"
)
_PACKAGE_STARTS = ("✓", "✔", "✖", "✗", "∅")
_DONE = re.compile(r"DONE (?:\d+ runs, )?\d+ tests?\b")
_RESULT = re.compile(r" *--- (?:PASS|FAIL|SKIP): (\S+) \(")
_ENDS = {"✓": "pass", "✔": "pass", "✖": "fail", "✗": "fail", "∅": "skip"}


class Summary:
    """What a log's summary tells, on its way to runs of packages."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, int], PackageEvents] = {}
        self._section = False
        self._run: PackageEvents | None = None  # that the lines below an entry belong to
        self._test = ""

    def begins(self, text: str) -> bool:
        """Return whether a line is part of a summary, whatever came before it."""
        if text.startswith("=== "):
            return bool(SECTION.match(text) or _ENTRY.match(text))
        return text.startswith(_PACKAGE_STARTS) and bool(_PACKAGE.match(text))

    @property
    def goes_on(self) -> bool:
        """Whether the next line belongs to the summary, whatever it is."""
        return self._section

    def take(self, wall: int | None, text: str) -> None:
        """Take in one line of the summary."""
        if found := _ENTRY.match(text):
            self._section = True
            self._entry(wall, found)
        elif SECTION.match(text):
            self._section, self._run = True, None
        elif _DONE.match(text):
            self._section, self._run = False, None
        elif not self._section and (package := _PACKAGE.match(text)):
            run = self._of(package[2], 0)
            elapsed = _seconds(package[3])
            run.line(wall, "", text, "frame")
            run.end(_ENDS[package[1]], wall, elapsed, "")
        elif self._run is not None:
            result = _RESULT.match(text)
            if result is None or result[1] != self._test:
                self._run.line(wall, self._test, text, "")

    def _entry(self, wall: int | None, found: re.Match[str]) -> None:
        action, package, test, again, took = found.groups()
        run = self._run = self._of(package, int(again or 0))
        self._test = test or ""
        if not test:
            run.end(action.lower(), wall, _seconds(took), "")
            return
        run.test_event("run", None, test, None)
        run.line(wall, test, found[0], "frame")
        run.test_event(action.lower(), wall, test, _seconds(took))
        if action == "FAIL" and not run.has_ended_itself:
            run.end("fail", None, None, "")

    def _of(self, package: str, attempt: int) -> PackageEvents:
        key = (package, attempt)
        if key not in self._runs:
            self._runs[key] = PackageEvents(package)
        return self._runs[key]

    def runs(self, told: Sequence[PackageEvents]) -> Sequence[PackageEvents]:
        """Return the runs that nothing but the summary tells of.

        Args:
            told: the runs that the log itself tells of.
        """
        self._name_packages(told)
        known = {(_last(run.package), name) for run in told for name in run.test_index}
        rest = []
        for (package, _), run in self._runs.items():
            tests = [name for name in run.test_index if name]
            mine = [name for name in tests or [""] if (_last(package), name) not in known]
            if mine or not any(_last(package) == _last(each.package) for each in told):
                rest.append(run)
        return rest

    def _name_packages(self, told: Sequence[PackageEvents]) -> None:
        """Name the package of a run that tells of tests alone, where one package has all of them.

        So formats of one line a test print what failed, and its package in the summary only.
        """
        for run in told:
            names = {name for name in run.test_index if name}
            if run.package or not names:
                continue
            having = [each for each in self._runs.values() if names <= each.test_index.keys()]
            if len({each.package for each in having}) == 1:
                run.package = having[0].package


def _last(package: str) -> str:
    """Return what the path of a package within its module ends with."""
    return package.rpartition("/")[2]


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return duration_ns(text) / SECOND
    except ValueError:
        return None
