"""Plain ``go test`` output, with or without ``-v``, as a person or a CI saved it.

A plain log names a package only when it is over (``ok``, ``FAIL``, ``?``), so lines are collected
and get their package then. Which test a line belongs to is told as test2json tells it
(``src/cmd/internal/test2json/test2json.go``, handleInputLine): by the test that was named last,
and below a result by the indentation. Two things are different. ``=== NAME`` lines stay, as each of
them is a write of its own; and where a test ended its output without a newline, the framing that
follows it on the same line is told from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flakecore.gotest.streams.build_output import BuildOutput
from flakecore.gotest.streams.ci_stamps import StampForm, find_form
from flakecore.gotest.streams.line_blocks import blocks, collector_paused
from flakecore.gotest.streams.lines import OUTSIDE
from flakecore.gotest.streams.package_events import PackageEvents
from flakecore.gotest.streams.runs import PackageRun, Stamps, TestLog
from flakecore.gotest.streams.stamps import NO_WALL
from flakecore.gotest.text import clean
from flakecore.loss import Loss

_FRAMING = re.compile(
    r"=== (?:(RUN|PAUSE|CONT|NAME) +(\S*)|(ATTR|ARTIFACTS) +(\S+) (.*))\Z"
    r"|((?: {4})*)--- (PASS|FAIL|SKIP|BENCH): (\S+)(?: \((\d{1,9}\.\d\d)s\))?\Z"
)
_BEHIND_TEXT = re.compile(
    r"(?<=[^ ])(?:=== (?:RUN|PAUSE|CONT|NAME) +(\S+)"
    r"|--- (?:PASS|FAIL|SKIP): (\S+) \(\d+\.\d\ds\))\Z"
)
_VERDICT = re.compile(
    r"(ok {2}|FAIL|\? {3}) {4}(\S+)(?: {4}(?:(\d{1,9}\.\d{1,9})s|\(cached\)|\[no test files\]).*"
    r"| \[(?:build|setup) failed\])\Z"
)
_UNTESTED = re.compile(r" {4}(\S+) {8}coverage: .*\Z")
_BUILD = re.compile(r"# \S+(?: \[\S+\])?\Z")
_COMPILER = re.compile(r"\S+:\d+:(?:\d+:)? | {4}|too many errors|vet: |link: |.*ld: |collect2: ")
"""How the lines below that begin: compiler, vet and linker."""
_PREAMBLE = re.compile(r"##\[endgroup\]|[$+] .*\bgo test\b")
"""The last that a CI prints of its own before a step's output: GitHub's, then a shell's."""
_OUTSIDE = ("go: downloading ", "go: finding ", "go: extracting ")
_LAST_WORDS = ("exit status ", "signal: ", "*** Test killed")
_PERHAPS_FRAMING = frozenset(("P", "F", "o", "?", " ", "\t", "\x1b", ""))
"""What a line may begin with that is not a test's own."""
_ENDS = {"ok  ": "pass", "FAIL": "fail", "?   ": "skip"}
_FOUR = "    "


def read_text(data: bytes | memoryview, *, name: str) -> TestLog:
    """Return what a plain log tells, of one package or of several; never raises.

    Times are those that a CI put in front of the lines, if it did (``PackageRun.stamps``). What
    stands before the first package, and what stands behind the last, is a run without a package.

    Args:
        data: the log; it may be cut off anywhere and may hold much that is no test's output.
        name: what to call the log in a loss.
    """
    form = find_form(_lines(data))
    log = _Log(form)
    with collector_paused():
        for line in _lines(data):
            log.take(line)
        packages = log.packages()
    losses = []
    if log.unstamped and form is not None:
        what = "lines without the stamp that the others have"
        losses.append(Loss(name, what, count=log.unstamped))
    return TestLog(packages, tuple(losses))


def _lines(data: bytes | memoryview) -> Iterator[str]:
    for block in blocks(data):
        yield from block.decode("utf-8", "replace").split("\n")


class _Log:
    """The state of one reading."""

    def __init__(self, form: StampForm | None) -> None:
        self.unstamped = 0
        self._form = form
        self._clock = 0
        self._pending: tuple[int | None, str] | None = None  # a line that may go on
        self._runs: list[PackageEvents] = []
        self._run = PackageEvents("")
        self._test = ""  # that was named last
        self._reported: list[str] = []  # tests whose results were told, by their indentation
        self._builds = BuildOutput()
        self._in_build = False
        self._result = ""  # PASS or FAIL, as the test binary itself said
        self._is_over = False  # whether a verdict is no longer in doubt
        self._held: list[tuple[int | None, str]] | None = None  # a verdict in doubt, what follows

    def take(self, raw: str) -> None:
        """Take in one line of the file."""
        form = self._form
        if form is None:
            self._stampless(None, raw)
            return
        found = form.pattern.match(raw)
        if found is None:
            self.unstamped += bool(raw.strip())
            self._settle()
            self._stampless(None, raw)
            return
        text = raw[found.end() :]
        if form.goes_on(found) and self._pending is not None:
            self._pending = (self._pending[0], self._pending[1] + text)
            return
        self._settle()
        wall = form.wall_ns(found)
        if form.steps and wall != NO_WALL:
            self._clock += wall
            wall = self._clock
        self._pending = (None if wall == NO_WALL else wall, text)

    def _settle(self) -> None:
        """Take in the line that might have gone on."""
        if self._pending is not None:
            wall, text = self._pending
            self._pending = None
            self._stampless(wall, text)

    def _stampless(self, wall: int | None, raw: str) -> None:
        """Take in a line without its stamp, or hold it back behind a verdict that is in doubt.

        While a test runs, a verdict is the end of a process that died, or a test printed what some
        other go test said. What is told next of that test, if anything, decides.
        """
        if self._held is None:
            run = self._run
            # Nearly all lines are nobody's but the test's, and can be told so at once.
            if raw[:1] in _PERHAPS_FRAMING or "--- " in raw or "=== " in raw or not run.has_begun:
                self._line(wall, raw)
            else:
                run.lines.append(wall, run.test_index[self._test], clean(raw), "")
            return
        self._held.append((wall, raw))
        found = _FRAMING.match(clean(raw))
        if found is not None:
            name = found[8] or found[4] or found[2] or ""
            parent = name.rpartition("/")[0]
            goes_on = self._run.runs(parent if found[1] == "RUN" else name)
            self._release(is_over=not goes_on)

    def _release(self, *, is_over: bool) -> None:
        """Take in the lines held back, now that it is known whether the first is a verdict."""
        held, self._held = self._held or [], None
        if is_over:
            self._is_over = True
            for wall, raw in held:
                self._line(wall, raw)
        else:
            *said, (wall, raw) = held
            for wall_said, raw_said in said:
                self._output(wall_said, clean(raw_said), indented=raw_said.startswith(_FOUR))
            self._line(wall, raw)

    def _line(self, wall: int | None, raw: str) -> None:
        """Take in a line that is in its place."""
        text = clean(raw)
        if "=== " in text or "--- " in text:
            cut = self._framing_behind_text(text)
            if cut:
                self._output(wall, text[:cut])
                text = text[cut:]
            if (found := _FRAMING.match(text)) and self._framing(wall, text, found):
                return
        elif text in ("PASS", "FAIL"):
            self._test = ""
            self._reported.clear()
            if not self._run.running:
                self._result = text.lower()
        elif text.startswith(("ok  ", "FAIL", "?   ", _FOUR)):
            if found := _VERDICT.match(text):
                if self._run.running and not self._is_over:
                    self._held = [(wall, raw)]
                else:
                    self._verdict(wall, text, found[2], _ENDS[found[1]], found[3])
                return
            if (found := _UNTESTED.match(text)) and not self._run.has_begun:
                self._verdict(wall, text, found[1], "skip", None)
                return
        elif not self._run.has_begun and self._before_tests(wall, text):
            return
        self._output(wall, text, indented=raw.startswith(_FOUR))

    def _framing_behind_text(self, text: str) -> int:
        """Return where framing begins that stands behind text without a newline; 0 for nowhere."""
        found = _BEHIND_TEXT.search(text)
        if found is None:
            return 0
        name = found[1] or found[2]
        known = name in self._run.test_index or name.partition("/")[0] in self._run.test_index
        begins = found[1] is not None and name.startswith(("Test", "Benchmark", "Example", "Fuzz"))
        return found.start() if known or begins else 0

    def _framing(self, wall: int | None, text: str, found: re.Match[str]) -> bool:
        """Take in a line of testing's own; say whether it was one."""
        run = self._run
        if found[7] is not None:
            depth = len(found[6]) // len(_FOUR)
            if depth > len(self._reported):
                return False
            action, name = found[7].lower(), found[8]
            if run.has_ended(name):
                run.test_event("run", None, name, None)  # without -v only its end is printed
            run.test_event(action, wall, name, float(found[9]) if found[9] else None)
            self._reported[depth:] = [name]
        else:
            self._reported.clear()
            action = found[1] or found[3]
            name = found[2] or found[4] or ""
            if action == "ATTR":
                key, _, value = found[5].partition(" ")
                run.attribute(name, key, value)
            elif action == "ARTIFACTS":
                run.artifacts(name, found[5])
            elif action != "NAME" and name:
                run.test_event(action.lower(), wall, name, None)
        self._in_build = False
        self._test = name
        run.line(wall, name, text, "frame")
        return True

    def _verdict(
        self, wall: int | None, text: str, package: str, action: str, elapsed: str | None
    ) -> None:
        """Take in go's own word on a package, which ends it."""
        run = self._run
        run.package = package
        last = len(run.lines) - 1
        while last >= 0 and run.lines.texts[last].startswith(_LAST_WORDS):
            run.lines.tests[last] = -1  # these are go's own as well
            last -= 1
        run.line(wall, "", text, "frame")
        run.end(action, wall, float(elapsed) if elapsed else None, "")
        self._next_run()

    def _next_run(self) -> None:
        self._runs.append(self._run)
        self._run = PackageEvents("")
        self._test = self._result = ""
        self._is_over = self._in_build = False
        self._reported.clear()

    def _before_tests(self, wall: int | None, text: str) -> bool:
        """Take in a line that comes before the first test, if it is go's or the CI's own."""
        if _PREAMBLE.match(text):
            self._run.line(wall, "", text, OUTSIDE)
            self._next_run()
            return True
        self._in_build = bool(_BUILD.match(text) or (self._in_build and _COMPILER.match(text)))
        if self._in_build:
            self._builds.plain_text(text)
        elif not text.startswith(_OUTSIDE):
            return False
        self._run.line(wall, "", text, OUTSIDE)
        return True

    def _output(self, wall: int | None, text: str, *, indented: bool = False) -> None:
        """Take in a line that somebody printed."""
        if indented and self._reported:
            depth = (len(text) - len(text.lstrip(" "))) // len(_FOUR)
            if depth <= len(self._reported):
                self._test = self._reported[depth - 1]
        self._run.line(wall, self._test, text, "")

    def packages(self) -> tuple[PackageRun, ...]:
        """Return all that was read."""
        self._settle()
        while self._held is not None:
            self._release(is_over=True)
        if self._result and self._run.has_begun:
            # A test binary that ran by itself: nobody names its package.
            self._run.end(self._result, None, None, "")
        if len(self._run.lines):
            self._next_run()
        form = self._form
        stamps = form.stamps if form is not None else Stamps.NONE
        resolution = form.resolution_ns if form is not None else 1
        return tuple(
            replace(
                run.finished(self._builds.of(run.package, "")),
                stamps=stamps,
                resolution_ns=resolution,
            )
            for run in self._runs
        )
