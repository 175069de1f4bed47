"""Summaries of runs, as gotestsum prints them after all is over: packages and failed tests.

Formats of gotestsum (``testjson/format.go``, ``testjson/summary.go``): a line a package, ``✖  pond
(1.21s)``, in the formats pkgname and testdox; behind them sections ``=== Skipped``, ``=== Failed``,
``=== Errors`` in which ``=== FAIL: pond TestFlow/east (0.31s)`` stands above what the test printed;
``(re-run 1)`` behind the name for tests that were run again; ``DONE 14 tests, 3 failures in 1.4s``.
Packages lack the path of their module. What the log reported already is not reported again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from flakecore.gotest.streams.package_events import PackageEvents
from flakecore.gotest.streams.plain.named_tests import seconds_of
from flakecore.gotest.streams.plain.text_grammar import PACKAGE_MARKS
from flakecore.gotest.streams.plain.tparse import TparseReport

SECTION = re.compile(r"=== (?:Skipped|Failed|Errors|Slow)\Z")
_ENTRY = re.compile(
    r"=== (FAIL|SKIP|PASS): (\S+)(?: (\S+))? +(?:\(re-run (\d{1,4})\) )?\((\S+)\)\Z"
)
_PACKAGE = re.compile(
    r"(✓|✔|✖|✗|∅|PASS|FAIL|EMPTY) {1,4}(\S+)(?: \(re-run \d+\))?"
    r"(?: \(((?:\d+h)?(?:\d+m)?[\d.]+(?:ms|s|µs|us)|cached)\))?(?: \(coverage: .*\))?\Z"
)
_NEVER_ENDED = "unknown"
"""What stands for the time of a test that ran when its process ended."""
_DONE = re.compile(r"DONE (?:\d+ runs, )?\d+ tests?\b")
_FRAMES = re.compile(
    r" *(?:--- (?:PASS|FAIL|SKIP): |=== (?:RUN|PAUSE|CONT|NAME|FAIL|SKIP|PASS):? )\S"
    r"|(?:PASS|FAIL|SKIP) \S+ \(|\s*\Z"
)
"""What stands around the output of a test."""
_MOST_FRAMES = 8
"""Lines of a test that may all be such. Chosen: with -v there are two, and three when it is run by
gotestsum; each pause adds two."""
_RESULT = re.compile(r" *--- (?:PASS|FAIL|SKIP): (\S+) \(")
_ENDS = {"✓": "pass", "✔": "pass", "✖": "fail", "✗": "fail", "∅": "skip"}


class Summary:
    """What a log's summary shows, on its way to runs of packages."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, int], PackageEvents] = {}
        self._section = False
        self._run: PackageEvents | None = None  # that the lines below an entry belong to
        self._test = ""
        self._tparse = TparseReport(lambda package: self._of(package, 0))

    def begins(self, text: str) -> bool:
        """Return whether a line is part of a summary, whatever came before it."""
        if text.startswith("=== "):
            return bool(SECTION.match(text) or _ENTRY.match(text))
        if text.startswith(PACKAGE_MARKS):
            return bool(_PACKAGE.match(text))
        return self._tparse.begins(text)

    @property
    def goes_on(self) -> bool:
        """Whether the next line belongs to the summary, whatever it is."""
        return self._section or self._tparse.goes_on

    def take(self, wall: int | None, text: str) -> None:
        """Take in one line of the summary."""
        if self._tparse.goes_on or self._tparse.begins(text):
            self._tparse.take(text)
        elif found := _ENTRY.match(text):
            self._section = True
            self._entry(wall, found)
        elif SECTION.match(text):
            self._section, self._run = True, None
        elif _DONE.match(text):
            self._section, self._run = False, None
        elif not self._section and (package := _PACKAGE.match(text)):
            run = self._of(package[2], 0)
            elapsed = seconds_of(package[3])
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
            run.end(action.lower(), wall, seconds_of(took), "")
            return
        run.test_event("run", None, test, None)
        run.line(wall, test, found[0], "frame")
        if took != _NEVER_ENDED:
            run.test_event(action.lower(), wall, test, seconds_of(took))
        if action == "FAIL" and not run.has_ended_itself:
            run.end("fail", None, None, "")

    def _of(self, package: str, attempt: int) -> PackageEvents:
        key = (package, attempt)
        if key not in self._runs:
            self._runs[key] = PackageEvents(package)
        return self._runs[key]

    def merged_with(self, read: Sequence[PackageEvents]) -> list[PackageEvents]:
        """Return the runs that the log itself mentions and those that only the summary mentions.

        What both mention is there once.
        """
        packages: dict[str, set[str]] = {}  # that have a test, by its name
        for (package, _), run in self._runs.items():
            for name in _tests(run):
                packages.setdefault(name, set()).add(package)
        runs = [each for run in read for each in _by_package(run, packages)]
        rest = []
        for (package, attempt), run in self._runs.items():
            same = [each for each in runs if f"/{each.package}".endswith(f"/{package}")]
            if len({each.package for each in same}) == 1:
                run.package = same[0].package
            # A test that passed when it was run again has failed before.
            failed = run.failed - {name for each in same for name in each.failed}
            known = {name for each in same for name in each.test_index} - failed
            if len(same) == 1 and not attempt:
                new = _tests(run) - known
                said = _tests(run) - new
                same[0].take(run, *_of_tests(run, new))
                _take_messages(run, same[0], said)
            elif not same or not (_tests(run) or {""}) <= known:
                rest.append(run)
        return runs + rest


def _take_messages(summary: PackageEvents, told: PackageEvents, names: Collection[str]) -> None:
    """Add what tests printed by the summary alone: above it their output was cut, or left out.

    Args:
        summary: the package's run as the summary shows it.
        told: the same run as the log itself shows it, to which the lines are added.
        names: the tests that both mention.
    """
    counts = np.bincount(np.frombuffer(told.lines.tests, np.int32) + 1, minlength=told.test_count)
    short = {name for name in names if counts[told.test_index[name] + 1] <= _MOST_FRAMES}
    printing = {name for name, _ in _printed(told, short)}
    for name, text in list(_printed(summary, short - printing)):
        told.line(None, name, text, "")


def _printed(run: PackageEvents, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the lines that only some tests can have printed, each with its test's name."""
    owners = {run.test_index[name]: name for name in names}
    tests = np.frombuffer(run.lines.tests, np.int32)
    for position in np.flatnonzero(np.isin(tests, list(owners))).tolist():
        text = run.lines.texts[position]
        if not _FRAMES.match(text):
            yield owners[run.lines.tests[position]], text


def _by_package(run: PackageEvents, packages: Mapping[str, set[str]]) -> list[PackageEvents]:
    """Return a run that mentions tests alone by the packages that the summary states they are of.

    So formats that show what failed print tests, and their packages only in the summary. A test
    whose name several packages have, or none, stays in a run without one.
    """
    if run.package:
        return [run]
    owners: dict[str, set[str]] = {}
    for name in _tests(run):
        having = packages.get(name, set())
        owner = min(having) if len(having) == 1 else ""
        owners.setdefault(owner, set()).add(name)
    if not owners.keys() - {""}:
        return [run]
    parts = []
    for package, names in {"": set(), **owners}.items():
        part = PackageEvents(package)
        part.take(run, *_of_tests(run, names | ({""} if not package else set())))
        parts.append(part)
    return [part for part in parts if len(part.lines)]


def _of_tests(run: PackageEvents, names: Collection[str]) -> tuple[list[int], list[int]]:
    """Return the indices of the tests of some names, and the positions of their lines."""
    tests = run.tests_named(names)
    wanted = np.zeros(run.test_count + 1, np.bool_)  # the last stands for no test
    wanted[tests] = True
    wanted[-1] = "" in names
    return tests, np.flatnonzero(wanted[np.frombuffer(run.lines.tests, np.int32)]).tolist()


def _tests(run: PackageEvents) -> set[str]:
    return {name for name in run.test_index if name}


def _last(package: str) -> str:
    """Return what the path of a package within its module ends with."""
    return package.rpartition("/")[2]
