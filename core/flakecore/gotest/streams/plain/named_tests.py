"""gotestsum's format testname: a line for each test that names its package, below its output.

``FAIL pond.TestFlow/east (0.31s)`` stands below what the test printed if it failed, ``PASS
pond.TestIce (0.00s)`` alone; ``FAIL pond`` ends a package (``testjson/format.go``). Packages that
run side by side take turns, each with whole tests.
"""

from __future__ import annotations

import re

from flakecore.gotest.streams.package_events import PackageEvents

_TEST = re.compile(
    r"(PASS|FAIL|SKIP) (\S+?)\.((?:Test|Example|Fuzz|Benchmark)\S*)(?: \(re-run \d{1,4}\))?"
    r" \((\d{1,9}\.\d\d)s\) *\Z"
)
_PACKAGE = re.compile(r"(PASS|FAIL) (\S+)(?: \(.*\))? *\Z")
STARTS = ("PASS ", "FAIL ", "SKIP ")


class NamedTests:
    """Gives tests and what stands above their lines to the packages that these name."""

    def __init__(self, runs: list[PackageEvents]) -> None:
        """Add what is read to ``runs``, each package at its first line."""
        self._runs = runs
        self._packages: dict[str, PackageEvents] = {}

    def take(self, wall: int | None, text: str, above: PackageEvents) -> bool:
        """Take in a line that begins with one of ``STARTS``, and return whether it is such a one.

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
        if package not in self._packages:
            self._packages[package] = PackageEvents(package)
            self._runs.append(self._packages[package])
        named = self._packages[package]
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


def _parents(test: str) -> list[str]:
    return [test[:at] for at, sign in enumerate(test) if sign == "/"]
