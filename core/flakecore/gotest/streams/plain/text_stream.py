"""Plain ``go test`` output, with or without ``-v``, as a person or a CI saved it.

A plain log names a package only when it is over (``ok``, ``FAIL``, ``?``), so lines are collected
and get their package then. Which test a line belongs to is decided as test2json decides it
(``src/cmd/internal/test2json/test2json.go``, handleInputLine): by the test that was named last,
and below a result by the indentation. Two things are different. ``=== NAME`` lines stay, as each of
them is a write of its own; and where a test ended its output without a newline, the framing that
follows it on the same line is separated from it.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from flakecore.gotest.streams.benchmarks import benchmark_name, without_procs
from flakecore.gotest.streams.line_search import lines_holding
from flakecore.gotest.streams.lines import OUTSIDE
from flakecore.gotest.streams.package_events import PackageEvents
from flakecore.gotest.streams.plain.build_lines import BuildLines
from flakecore.gotest.streams.plain.grouped_tests import STARTS, GroupedTests
from flakecore.gotest.streams.plain.mixed_packages import (
    EndedPackage,
    MixedPackages,
    split_by_package,
)
from flakecore.gotest.streams.plain.named_tests import NamedTests
from flakecore.gotest.streams.plain.summaries import Summary
from flakecore.gotest.streams.plain.text_grammar import (
    BEHIND_TEXT,
    ENDS,
    EXIT_NOTES,
    FOUR,
    FRAMING,
    PERHAPS_FRAMING,
    PREAMBLE,
    RESULT_MARKS,
    UNTESTED,
    VERDICT,
)
from flakecore.gotest.streams.plain.truncated_logs import CutFront
from flakecore.gotest.streams.plain.unreported_builds import with_refused
from flakecore.gotest.streams.runs import PackageRun, Stamps
from flakecore.text.printable import clean

_FEWEST_AT_ONCE = 4
"""Lines from which on taking them at once is less work."""
_BEFORE_TESTS = ("#", "$", "+", "go: ")
"""How ``PREAMBLE``, ``HEADER`` and ``OUTSIDE_STARTS`` begin."""


class TextLog:
    """The state of one reading."""

    def __init__(self) -> None:
        self._runs: list[PackageEvents] = []
        self._run = PackageEvents("")
        self._test = ""  # that was named last
        self._reported: list[str] = []  # tests whose results were reported, by their indentation
        self._builds = BuildLines()
        self._result = ""  # PASS or FAIL, as the test binary itself printed
        self._is_over = False  # whether a verdict is no longer in doubt
        self._held: list[tuple[int | None, str]] | None = None  # a verdict in doubt, what follows
        self._summary = Summary()
        self._front = CutFront()
        self._named = GroupedTests(NamedTests(self._runs))
        self._mixed = MixedPackages()
        self._ended: list[EndedPackage] = []  # packages that ended while others' tests ran

    def take_block(self, block: str) -> None:
        """Take in many lines without times: those that only a test can have printed, at once."""
        if "\n" not in block:
            self.take(None, block)
            return
        lines = block.split("\n")
        is_clean = block.replace("\n", "").isprintable()
        cleaned = (block if is_clean else "\n".join(map(clean, lines))) + "\n"
        encoded = cleaned.encode()
        ends = np.flatnonzero(np.frombuffer(encoded, np.uint8) == ord("\n"))
        start = 0
        for at in (*lines_holding(block, RESULT_MARKS, "\n"), len(lines)):
            if at - start >= _FEWEST_AT_ONCE and self._only_prints:
                first = int(ends[start - 1]) + 1 if start else 0
                test = self._run.test_index[self._test]
                self._run.lines.extend(encoded[first : int(ends[at - 1]) + 1], at - start, test)
            else:
                for line in lines[start:at]:
                    self.take(None, line)
            if at < len(lines):
                self.take(None, lines[at])
            start = at + 1

    @property
    def _only_prints(self) -> bool:
        """Whether a line that mentions nothing belongs to the test named last, however indented."""
        return (
            self._run.running > 0
            and self._held is None
            and not self._reported
            and not self._summary.goes_on
            and not self._front.is_open
        )

    def take(self, wall: int | None, raw: str) -> None:
        """Take in a line, or hold it back behind a verdict that is in doubt.

        While a test runs, a verdict is the end of a process that died, or a test printed what some
        other go test printed. What comes next of that test, if anything, decides.
        """
        if self._held is None:
            run = self._run
            # Nearly all lines are nobody's but the test's, and can be passed on at once.
            is_plain = run.has_begun and not self._summary.goes_on
            if not is_plain or raw[:1] in PERHAPS_FRAMING or "--- " in raw or "=== " in raw:
                self._line(wall, raw)
            else:
                run.lines.append(wall, run.test_index[self._test], clean(raw), "")
            return
        self._held.append((wall, raw))
        found = FRAMING.match(clean(raw))
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
            *lines, (wall, raw) = held
            found = VERDICT.match(clean(lines[0][1]))
            if found is not None and self._ends_among_others(lines[0][0], found):
                del lines[0]
            for time, line in lines:
                self._output(time, clean(line), indented=line.startswith((FOUR, "\t")))
            self._line(wall, raw)

    def _line(self, wall: int | None, raw: str) -> None:
        """Take in a line that is in its place."""
        text = clean(raw)
        if self._summary.goes_on or self._begins_summary(text):
            self._summary.take(wall, text)
            return
        is_named = self._named.goes_on or text.startswith(STARTS)
        if is_named and self._named.take(wall, text, self._run):
            self._begin_run()
            return
        if "=== " in text or "--- " in text:
            cut = self._framing_behind_text(text)
            if cut:
                self._output(wall, text[:cut])
                text = text[cut:]
            if (found := FRAMING.match(text)) and self._framing(wall, text, found):
                return
        elif text.startswith(("PASS", "FAIL")) and text.rstrip() in ("PASS", "FAIL"):
            self._front.settle(self._run)
            self._test = ""
            self._reported.clear()
            if not self._run.running:
                self._result = text.rstrip().lower()
        elif text.startswith(("ok ", "FAIL", "? ", FOUR)):
            if found := VERDICT.match(text):
                if self._run.running and not self._is_over:
                    if not (self._testing_is_over and self._ends_among_others(wall, found)):
                        self._held = [(wall, raw)]
                else:
                    self._verdict(wall, text, found[2], ENDS[found[1]], found[3])
                return
            if (found := UNTESTED.match(text)) and not self._run.has_begun:
                self._verdict(wall, text, found[1], "skip", None)
                return
        elif text.startswith("Benchmark") and (name := benchmark_name(text, self._run.test_index)):
            self._benchmark(wall, text, name)
            return
        elif not self._run.has_begun and self._before_tests(wall, text):
            return
        self._output(wall, text, indented=raw.startswith((FOUR, "\t")))

    def _begins_summary(self, text: str) -> bool:
        """Return whether a line is a summary's, which begins when the packages are over."""
        if not self._run.running:
            return self._summary.begins(text)
        return text.startswith("=== F") and self._summary.begins(text)

    def _benchmark(self, wall: int | None, text: str, name: str) -> None:
        """Take in the line with which a benchmark begins, or its figures."""
        if not self._run.runs(name):
            self._run.test_event("run", wall, name, None)
        self._front.framing(self._run)
        self._reported.clear()
        self._test = name
        self._run.line(wall, name, text, "")

    def _framing_behind_text(self, text: str) -> int:
        """Return where framing begins that stands behind text without a newline; 0 for nowhere."""
        found = BEHIND_TEXT.search(text)
        if found is None:
            return 0
        name = found[1] or found[2]
        known = name in self._run.test_index or name.partition("/")[0] in self._run.test_index
        begins = found[1] is not None and name.startswith(("Test", "Benchmark", "Example", "Fuzz"))
        return found.start() if known or begins else 0

    def _framing(self, wall: int | None, text: str, found: re.Match[str]) -> bool:
        """Take in a line of testing's own; return whether it was one."""
        run = self._run
        if found[7] is not None:
            depth = len(found[6]) // len(FOUR)
            action, name = found[7].lower(), without_procs(found[8], run.test_index)
            if depth > len(self._reported):
                parents = name.split("/")
                if run.has_begun or len(parents) <= depth:
                    return False
                # What its parents printed is cut off.
                self._reported += ["/".join(parents[: at + 1]) for at in range(depth)]
            self._front.result(name, depth)
            # What a fuzz test found, its input without a name of its own, is the test's.
            if not (depth and self._reported[depth - 1] == name):
                if run.has_ended(name):
                    run.test_event("run", None, name, None)  # without -v only its end is printed
                run.test_event(action, wall, name, float(found[9]) if found[9] else None)
                self._mixed.event(action, name, -1)
            self._reported[depth:] = [name]
        else:
            self._reported.clear()
            self._front.framing(run)
            action = found[1] or found[3]
            name = found[2] or found[4] or ""
            if action == "ATTR":
                key, _, value = found[5].partition(" ")
                run.attribute(name, key, value)
            elif action == "ARTIFACTS":
                run.artifacts(name, found[5])
            elif action == "FUZZ":
                if name and not run.runs(name):
                    run.test_event("run", wall, name, None)
            elif action != "NAME" and name:
                run.test_event(action.lower(), wall, name, None)
                self._mixed.event(action, name, run.test_index[name])
        self._builds.end()
        self._test = name
        run.line(wall, name, text, "frame")
        return True

    def _verdict(
        self, wall: int | None, text: str, package: str, action: str, elapsed: str | None
    ) -> None:
        """Take in go's result line of a package, which ends it."""
        run = self._run
        self._front.settle(run)
        first = self._verdict_line(wall, text)
        seconds = float(elapsed) if elapsed else None
        own = None
        if self._ended and self._mixed.is_unsure:
            own = EndedPackage(package, action, seconds, wall, (), first, len(run.lines) - 1)
        else:
            run.package = package
            run.end(action, wall, seconds, "")
        self._next_run(own)

    def _verdict_line(self, wall: int | None, text: str) -> int:
        """Add go's result line, and return where what it prints of a process begins."""
        lines = self._run.lines
        first = len(lines)
        while first and lines.texts[first - 1].startswith(EXIT_NOTES):
            first -= 1
            lines.tests[first] = -1
        self._run.line(wall, "", text, "frame")
        return first

    @property
    def _testing_is_over(self) -> bool:
        """Whether a process of several that take turns has just printed that its tests are over."""
        last = self._run.lines.texts[-3:]
        return self._mixed.takes_turns and any(text.rstrip() in ("PASS", "FAIL") for text in last)

    def _ends_among_others(self, wall: int | None, found: re.Match[str]) -> bool:
        """Take in the verdict on a package that others' output is mixed with, if it is one."""
        tests = self._mixed.end_of_one()
        if tests is None:
            return False
        first = self._verdict_line(wall, found[0])
        seconds = float(found[3]) if found[3] else None
        last = len(self._run.lines) - 1
        self._ended.append(
            EndedPackage(found[2], ENDS[found[1]], seconds, wall, tuple(tests), first, last)
        )
        self._test = ""
        return True

    def _next_run(self, own: EndedPackage | None = None) -> None:
        self._runs += split_by_package(self._run, self._ended, own) if self._ended else [self._run]
        self._begin_run()

    def _begin_run(self) -> None:
        self._run = PackageEvents("")
        self._mixed = MixedPackages()
        self._ended = []
        self._test = self._result = ""
        self._is_over = False
        self._builds.end()
        self._reported.clear()
        self._front = CutFront()

    def _before_tests(self, wall: int | None, text: str) -> bool:
        """Take in a line that comes before the first test, if it is go's or the CI's own."""
        if not self._builds.is_open and not text.startswith(_BEFORE_TESTS):
            return False
        if PREAMBLE.match(text):
            self._run.line(wall, "", text, OUTSIDE)
            self._next_run()
            return True
        if not self._builds.take(text):
            return False
        self._run.line(wall, "", text, OUTSIDE)
        return True

    def _output(self, wall: int | None, text: str, *, indented: bool = False) -> None:
        """Take in a line that somebody printed."""
        if indented and self._reported:
            depth = (len(text) - len(text.lstrip(" "))) // len(FOUR)
            if depth <= len(self._reported):
                self._test = self._reported[depth - 1]
        self._front.output(len(self._run.lines), text)
        self._run.line(wall, self._test, text, "")

    def end(self) -> None:
        """End what one process, or one ``go test``, wrote: what comes next is of another."""
        while self._held is not None:
            self._release(is_over=True)
        self._front.settle(self._run)
        if self._result and self._run.has_begun:
            # A test binary that ran by itself: nobody names its package.
            self._run.end(self._result, None, None, "")
        if any(self._run.lines.texts):
            self._next_run()

    def packages(self, stamps: Stamps, resolution_ns: int) -> tuple[PackageRun, ...]:
        """Return all that was read, with what is known of the times."""
        self.end()
        runs = with_refused(self._summary.merged_with(self._runs), self._builds.output)
        return tuple(
            replace(self._builds.finished(run), stamps=stamps, resolution_ns=resolution_ns)
            for run in runs
        )
