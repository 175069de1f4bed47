"""One package's events on their way to a ``PackageRun``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from flakecore.gotest.crashes.crashes import read_crashes
from flakecore.gotest.crashes.printed_dumps import read_printed_dumps
from flakecore.gotest.crashes.races import read_races
from flakecore.gotest.streams.benchmarks import passed_benchmarks
from flakecore.gotest.streams.hidden_results import hidden_results
from flakecore.gotest.streams.lines import GrowingLines
from flakecore.gotest.streams.runs import Outcome, PackageRun, TestRun
from flakecore.text.printable import clean
from flakecore.times import SECOND

TEST_ACTIONS = frozenset(("run", "pause", "cont", "bench", "pass", "fail", "skip"))
"""What an event can state about a test, apart from output."""

_FRAMING = re.compile(
    r"=== (?:RUN|PAUSE|CONT|NAME|ATTR|ARTIFACTS) |(?: {4})*--- (?:PASS|FAIL|SKIP|BENCH): "
    r"|(?:PASS|FAIL)\n"
)
_ENDS = {
    "pass": Outcome.PASS,
    "bench": Outcome.PASS,
    "fail": Outcome.FAIL,
    "skip": Outcome.SKIP,
}
_LAST_LINES = 8
"""How far above the end of a package's output go's own verdict (``ok``, ``FAIL``) may stand."""


class _TestEvents:
    """One test's events on their way to a ``TestRun``."""

    __slots__ = (
        "artifacts",
        "attempt",
        "attributes",
        "elapsed_ns",
        "end_wall_ns",
        "name",
        "outcome",
        "paused",
        "run_wall_ns",
        "waits",
    )

    def __init__(self, name: str, attempt: int) -> None:
        self.name = name
        self.attempt = attempt
        self.outcome = Outcome.UNFINISHED
        self.run_wall_ns: int | None = None
        self.end_wall_ns: int | None = None
        self.elapsed_ns: int | None = None
        self.waits: list[tuple[int, int | None]] = []
        self.attributes: list[tuple[str, str]] = []
        self.artifacts = ""
        self.paused = False

    @property
    def waits_open(self) -> bool:
        """Whether it is paused and has not gone on."""
        return bool(self.waits) and self.waits[-1][1] is None

    def finished(self) -> TestRun:
        return TestRun(
            self.name,
            self.attempt,
            self.outcome,
            self.run_wall_ns,
            self.end_wall_ns,
            self.elapsed_ns,
            tuple(self.waits),
            tuple(self.attributes),
            self.artifacts,
            self.paused,
        )


class PackageEvents:
    """Collects the events of one package.

    ``lines``, ``test_index`` and ``partial`` are open to the reader's inner loop.

    Attributes:
        package: import path.
        lines: the whole lines so far.
        test_index: from a test's name to the index of its latest run; "" is the package.
        partial: the pieces of a line that has not ended yet.
        start_wall_ns: when the test binary started, in Unix nanoseconds.
        failed_build: the import path whose build failed.
        running: how many tests have begun and not ended.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self.lines = GrowingLines()
        self.test_index: dict[str, int] = {"": -1}
        self.partial: list[str] = []
        self.start_wall_ns: int | None = None
        self.failed_build = ""
        self.running = 0
        self._partial_test = -1
        self._partial_type = ""
        self._partial_wall: int | None = None
        self._tests: list[_TestEvents] = []
        self._attempts: dict[str, int] = {}
        self._unfinished: dict[str, list[int]] = {}  # of each name, in the order they began
        self._status = Outcome.UNFINISHED
        self._end_wall_ns: int | None = None
        self._elapsed_ns: int | None = None
        self._cached = False

    @property
    def has_begun(self) -> bool:
        """Whether this run has an event that a new run could not have."""
        return (
            self.start_wall_ns is not None
            or bool(self._tests)
            or self._status is not Outcome.UNFINISHED
        )

    @property
    def has_ended_itself(self) -> bool:
        """Whether the package's own result was reported."""
        return self._status is not Outcome.UNFINISHED

    def runs(self, test: str) -> bool:
        """Return whether a test has begun and not ended."""
        index = self.test_index.get(test, -1)
        return index >= 0 and self._tests[index].outcome is Outcome.UNFINISHED

    def has_ended(self, test: str) -> bool:
        """Return whether the latest run of a test has ended."""
        index = self.test_index.get(test, -1)
        return index >= 0 and self._tests[index].outcome is not Outcome.UNFINISHED

    def output(self, wall: int | None, test: str, text: str, output_type: str) -> None:
        """Add a piece of output: part of a line, a line, or several."""
        index = self._index_of(test)
        if self.partial and (
            index != self._partial_test
            or output_type not in (self._partial_type, "error-continue")
            or output_type == "error"
            or _FRAMING.match(text)
        ):
            # test2json ends a line where testing's own begins, or where an error does.
            self._end_line()
        *whole, rest = text.split("\n")
        for piece in whole:
            self._begin_line(wall, index, output_type, piece)
            self._end_line()
        if rest:
            self._begin_line(wall, index, output_type, rest)

    def end_unfinished_line(self) -> None:
        """End the line of which pieces are there, where its others are missing."""
        if self.partial:
            self._end_line()

    def _begin_line(self, wall: int | None, test: int, output_type: str, piece: str) -> None:
        """Begin a line, or go on with the one that has begun."""
        if not self.partial:
            self._partial_test = test
            self._partial_type = output_type
        self._partial_wall = wall
        self.partial.append(piece)

    def _end_line(self) -> None:
        text = clean("".join(self.partial))
        self.partial.clear()
        self.lines.append(self._partial_wall, self._partial_test, text, self._partial_type)

    def line(self, wall: int | None, test: str, text: str, output_type: str) -> None:
        """Add a whole, clean line."""
        self.lines.append(wall, self._index_of(test), text, output_type)

    def test_event(self, action: str, wall: int | None, name: str, elapsed: object) -> None:
        """Take in one of ``TEST_ACTIONS``."""
        if action == "run":
            self._new_test(name).run_wall_ns = wall
            return
        test = self._tests[self._index_of(name)]
        if action == "pause":
            test.paused = True
            if wall is not None:
                test.waits.append((wall, None))
            return
        # Of several that run under one name, the first to begin is taken to go on, and to end.
        same = self._unfinished.get(name, ())
        if action == "cont":
            waiting = (self._tests[at] for at in same if self._tests[at].waits_open)
            test = next(waiting, test)
            if test.waits_open:
                test.waits[-1] = (test.waits[-1][0], wall)
            return
        if len(same) > 1:
            test = self._tests[same[0]]
        if same:
            self._unfinished[name] = list(same[1:])
        self.running -= test.outcome is Outcome.UNFINISHED
        test.outcome = _ENDS[action]
        test.end_wall_ns = wall
        test.elapsed_ns = _nanoseconds(elapsed)

    def attribute(self, name: str, key: str, value: str) -> None:
        """Note a pair that a test gave to ``t.Attr``."""
        self._tests[self._index_of(name)].attributes.append((clean(key), clean(value)))

    def artifacts(self, name: str, path: str) -> None:
        """Note the folder that a test asked for with ``t.ArtifactDir``."""
        self._tests[self._index_of(name)].artifacts = clean(path)

    def end(self, action: str, wall: int | None, elapsed: object, failed_build: str) -> None:
        """Take in the package's own result."""
        self._status = _ENDS[action]
        self._end_wall_ns = wall
        self._elapsed_ns = _nanoseconds(elapsed)
        self.failed_build = failed_build
        last = zip(self.lines.texts[-_LAST_LINES:], self.lines.tests[-_LAST_LINES:], strict=True)
        last_words = [text for text, test in last if test < 0]
        self._cached = any(text.startswith("ok  ") and "(cached)" in text for text in last_words)
        if failed_build or any(
            text.startswith("FAIL") and text.endswith(("[build failed]", "[setup failed]"))
            for text in last_words
        ):
            self._status = Outcome.BUILD_FAIL

    def finished(self, build_output: tuple[str, ...]) -> PackageRun:
        """Return all of it; a line that has not ended ends here."""
        self.end_unfinished_line()
        self._settle_benchmarks()
        self._settle_hidden_results()
        lines = self.lines.finished()
        crashes = read_crashes(lines)
        for crash in crashes:
            for name, _ in crash.running:
                self._index_of(name.partition("/")[0])  # without -v nothing else mentions them
                self._index_of(name)
        return PackageRun(
            package=self.package,
            status=self._status,
            start_wall_ns=self.start_wall_ns,
            end_wall_ns=self._end_wall_ns,
            elapsed_ns=self._elapsed_ns,
            cached=self._cached,
            tests=tuple(test.finished() for test in self._tests),
            lines=lines,
            crashes=crashes,
            races=read_races(lines),
            build_output=build_output,
            failed_build=self.failed_build,
            dumps=read_printed_dumps(lines, crashes),
        )

    def _settle_benchmarks(self) -> None:
        """Give benchmarks the result that their figures show, for which there is no event.

        One that reports nothing has none either, and has passed with its package
        (``src/testing/benchmark.go``).
        """
        for name in passed_benchmarks(self.lines.texts, self.test_index):
            test = self._tests[self._index_of(name)]
            if test.outcome is Outcome.UNFINISHED:
                test.outcome = Outcome.PASS
                self.running -= 1
        passed = self._status is Outcome.PASS
        names = {test.name for test in self._tests if test.outcome is Outcome.PASS}
        parents = {name[:at] for name in names for at, sign in enumerate(name) if sign == "/"}
        for test in self._tests:
            if test.outcome is Outcome.UNFINISHED and test.name.startswith("Benchmark"):
                ended = self._status is not Outcome.UNFINISHED and test.name in parents
                if passed or ended:
                    test.outcome = Outcome.PASS

    def _settle_hidden_results(self) -> None:
        rows = enumerate(self._tests)
        open_ = {at: test.name for at, test in rows if test.outcome is Outcome.UNFINISHED}
        for at, action, seconds in hidden_results(self.lines.texts, self.lines.tests, open_):
            self._tests[at].outcome = _ENDS[action]
            self._tests[at].elapsed_ns = _nanoseconds(seconds)
            self.running -= 1

    def give_lines(self, positions: Iterable[int], test: str) -> None:
        """Give lines that are among ``lines`` already to a test."""
        index = self._index_of(test)
        for position in positions:
            self.lines.tests[position] = index

    def take(self, others: PackageEvents, tests: Iterable[int], positions: Iterable[int]) -> None:
        """Add tests and lines that were taken for those of another package.

        Its end is this one's as well, where nothing else was stated of that.

        Args:
            others: what they were read into, which is not to be used any more.
            tests: indices of the tests.
            positions: those of the lines, in their order.
        """
        index = {-1: -1}
        for at in tests:
            test = others._tests[at]
            index[at] = len(self._tests)
            self._add_test(test)
        others.lines.settle()
        for position in positions:
            self.lines.add(others.lines, position, index.get(others.lines.tests[position], -1))
        if self._status is Outcome.UNFINISHED:
            self._status = others._status
            self._end_wall_ns, self._elapsed_ns = others._end_wall_ns, others._elapsed_ns

    def tests_named(self, names: Collection[str]) -> list[int]:
        """Return the indices of all tests of some names."""
        return [at for at, test in enumerate(self._tests) if test.name in names]

    @property
    def failed(self) -> set[str]:
        """Names of the tests that have failed, in any of their runs."""
        return {test.name for test in self._tests if test.outcome is Outcome.FAIL}

    @property
    def test_count(self) -> int:
        """How many tests there are, of which several may have one name."""
        return len(self._tests)

    def _index_of(self, test: str) -> int:
        """Return a test's index, making one for a test whose ``run`` event is missing."""
        if test not in self.test_index:
            self._new_test(test)
        return self.test_index[test]

    def _new_test(self, name: str) -> _TestEvents:
        test = _TestEvents(name, 0)
        self._add_test(test)
        return test

    def _add_test(self, test: _TestEvents) -> None:
        name = test.name
        test.attempt = self._attempts.get(name, 0)
        self._attempts[name] = test.attempt + 1
        self.test_index[name] = len(self._tests)
        if test.outcome is Outcome.UNFINISHED:
            self._unfinished.setdefault(name, []).append(len(self._tests))
            self.running += 1
        self._tests.append(test)


def _nanoseconds(seconds: object) -> int | None:
    """Return an event's Elapsed, in seconds, as nanoseconds; None if it is missing or absurd."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return round(seconds * SECOND) if abs(seconds) < 1e9 else None
