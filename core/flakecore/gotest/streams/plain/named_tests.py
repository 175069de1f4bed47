"""gotestsum's format testname: a line for each test that names its package, below its output.

``FAIL pond.TestFlow/east (0.31s)`` stands below what the test printed if it failed, ``PASS
pond.TestIce (0.00s)`` alone; ``FAIL pond`` ends a package (``testjson/format.go``). Packages that
run side by side take turns, each with whole tests.
"""

from __future__ import annotations

import re

from flakecore.gotest.streams.package_events import PackageEvents
from flakecore.gotest.streams.stamps import duration_ns
from flakecore.times import SECOND

_TEST = re.compile(
    r"(PASS|FAIL|SKIP) (\S+?)\.((?:Test|Example|Fuzz|Benchmark)\S*)(?: \(re-run \d{1,4}\))?"
    r" \((\d{1,9}\.\d\d)s\) *\Z"
)
_PACKAGE = re.compile(r"(PASS|FAIL) (\S+)(?: \(.*\))? *\Z")
_ENDS = {"PASS": "pass", "FAIL": "fail", "EMPTY": "skip"}


class NamedTests:
    """Gives tests and what stands above their lines to the packages that these name."""

    def __init__(self, runs: list[PackageEvents]) -> None:
        """Add what is read to ``runs``, each package at its first line."""
        self._runs = runs
        self._packages: dict[str, PackageEvents] = {}
        self._latest = ""

    @property
    def latest(self) -> tuple[PackageEvents, str] | None:
        """The test that was named last, and its package's run; None before the first."""
        package, _, test = self._latest.partition(" ")
        return (self._packages[package], test) if test else None

    def end(self, wall: int | None, text: str, word: str, package: str, took: str | None) -> None:
        """End a package by the format's own line on it.

        Args:
            wall: the line's time.
            text: the line.
            word: PASS, FAIL, or EMPTY for one without tests.
            package: its name.
            took: how long it ran, in Go's notation; None or any other word if that is not told.
        """
        run = self._of(package)
        run.line(wall, "", text, "frame")
        run.end(_ENDS[word], wall, seconds_of(took), "")

    def _of(self, package: str) -> PackageEvents:
        if package not in self._packages:
            self._packages[package] = PackageEvents(package)
            self._runs.append(self._packages[package])
        return self._packages[package]

    def take(self, wall: int | None, text: str, above: PackageEvents) -> bool:
        """Take in a line that begins with PASS, FAIL or SKIP; return whether it is such a one.

        Args:
            wall: its time.
            text: the line.
            above: what was read since the last one, which is of no use after this.
        """
        test = _TEST.match(text)
        package = _PACKAGE.match(text) if test is None else None
        if test is not None:
            if above.running and not above.runs(test[3]):
                return False  # a test prints it
            self._take_test(wall, test, above)
        elif package is not None and package[2] in self._packages and not above.running:
            named = self._packages[package[2]]
            self._give(above, named, set())
            named.line(wall, "", text, "frame")
            named.end(package[1].lower(), wall, None, "")
        else:
            return False
        return True

    def _take_test(self, wall: int | None, found: re.Match[str], above: PackageEvents) -> None:
        action, package, test, seconds = found.groups()
        self._latest = f"{package} {test}"
        named = self._of(package)
        is_known = test in above.test_index
        self._give(above, named, {test, *_parents(test)})
        if not (is_known and named.has_ended(test)):
            if not named.runs(test):
                named.test_event("run", None, test, None)
            named.test_event(action.lower(), wall, test, float(seconds))
        named.line(wall, test, found[0], "frame")

    def _give(self, above: PackageEvents, named: PackageEvents, tests: set[str]) -> None:
        """Give what stands above a line to its package, unless other tests are mentioned there."""
        if above.test_index.keys() <= {"", *tests}:
            named.take(above, range(above.test_count), range(len(above.lines)))
        else:
            self._runs.append(above)


def seconds_of(took: str | None) -> float | None:
    """Return a duration in Go's notation in seconds; None for any other word."""
    try:
        return duration_ns(took or "") / SECOND
    except ValueError:
        return None


def _parents(test: str) -> list[str]:
    return [test[:at] for at, sign in enumerate(test) if sign == "/"]
