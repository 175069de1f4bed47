"""Follows `go test -json` as it comes in: shows its output, and notes how each package fared.

This is no reader of test results; ``flakecore.gotest`` is. It needs only what decides what is in
the bundle and why something is missing, and which tests to name.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson

from flakecore.collect.capture.serialized_crashes import SerializedCrashes
from flakecore.text.tracebacks import TracebackFilter
from flakecore.text.uniform_output import uniform_output

_SHUFFLED = "-test.shuffle "
_UNBUILT = ("[build failed]", "[setup failed]")
CRASHES = ("panic: ", "fatal error: ", "signal: ", "SIGQUIT: ", "WARNING: DATA RACE")
"""What a line begins with that states how a test process ended, or a race."""


@dataclass(slots=True)
class PackageVerdict:
    """What `go test` reported of one package.

    Attributes:
        built: False once it reports that the package or its tests do not build.
        has_tests: False once it reports that there are no test files.
        result: pass, fail or skip; empty until it is reported.
        failed: the failed tests by name, in the order of their results; "" stands for the package.
            Where no test is reported as failed, those that were running when the process ended.
        running: the tests that have begun and have no result yet.
        ran: whether any test has begun.
        output: of each test (or "") the last lines that it printed, or the first of a crash;
            where the package does not build, what the compiler printed.
        shown: what of its output is shown.
    """

    built: bool = True
    has_tests: bool = True
    result: str = ""
    failed: list[str] = field(default_factory=list)
    running: dict[str, None] = field(default_factory=dict)
    ran: bool = False
    output: dict[str, list[str]] = field(default_factory=dict)
    shown: TracebackFilter = field(default_factory=TracebackFilter)


class TestStream:
    """The JSON stream of one `go test`, fed in pieces of any size.

    Attributes:
        packages: what was reported of each package, by its import path.
        seed: the seed that the order of the tests was shuffled with; empty if it was not.
    """

    __test__ = False  # pytest takes it for a test class by its name

    def __init__(self, echo: Callable[[str], None]) -> None:
        """Show each piece of test output through ``echo``, its line ends as they came."""
        self.packages: dict[str, PackageVerdict] = {}
        self.seed = ""
        self._echo = echo
        self._turns = SerializedCrashes()
        self._rest: list[bytes] = []
        self._builds: dict[str, list[str]] = {}
        self._build = ""
        self._rest_of_errors: list[str] = []

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        self._rest.append(piece)
        if b"\n" not in piece:  # joined once, however many pieces a line comes in
            return
        lines, _, rest = b"".join(self._rest).rpartition(b"\n")
        self._rest = [rest]
        if shown := "".join(self._outputs_of(lines)):
            self._echo(shown)

    def finish(self) -> None:
        """Take the end: what is left is a line without its end."""
        shown = self._output_of(rest) if (rest := b"".join(self._rest)) else ""
        self._rest = []
        if shown := shown + self._turns.finish():
            self._echo(shown)

    def verdict(self, package: str) -> PackageVerdict:
        """Return what was reported of a package, which may be nothing yet."""
        found = self.packages.get(package)
        if found is None:
            found = self.packages[package] = PackageVerdict()
        return found

    def failed_tests(self) -> tuple[str, ...]:
        """Return every failed test behind its package and a dot; without those that hold others."""
        names = []
        for package, verdict in self.packages.items():
            innermost = [
                test
                for test in verdict.failed
                if not any(
                    other.startswith(f"{test}/" if test else "") and other != test
                    for other in verdict.failed
                )
            ]
            if not verdict.built and not innermost:  # up to Go 1.23 there is no result then
                innermost = [""]
            names += [f"{package}.{test}" if test else package for test in innermost]
        return tuple(names)

    def _outputs_of(self, lines: bytes) -> Iterator[str]:
        """Yield what lines show, those that one test printed one after another at once."""
        block = uniform_output(lines)
        if block is not None and self._may_skim(block.package, block.test, block.text):
            last = [f"{line}\n" for line in block.text[:-1].rsplit("\n", _MOST)[-_MOST:]]
            remembered = self.verdict(block.package).output[block.test]
            _remember_all(remembered, block.text.count("\n"), last)
            yield self._turns.take(block.package, block.text)
            return
        try:
            events = orjson.loads(b"[%b]" % lines.replace(b"\n", b","))
        except orjson.JSONDecodeError:
            events = []
        if len(events) != lines.count(b"\n") + 1:  # some are no JSON
            yield from map(self._output_of, lines.split(b"\n"))
            return
        for source, group in groupby(events, _source):
            outputs = tuple(group)
            shown = "".join(event["Output"] for event in outputs) if source is not None else ""
            if source is None or not self._may_skim(*source, shown):
                yield from (self._output_of_event(event) or "" for event in outputs)
                continue
            remembered = self.verdict(source[0]).output[source[1]]
            _remember_all(remembered, len(outputs), [event["Output"] for event in outputs[-_MOST:]])
            yield self._turns.take(source[0], shown)

    def _may_skim(self, package: str, test: str, output: str) -> bool:
        """Return whether of some output of a test nothing but its last lines need be noted."""
        if not test or any(word in output for word in (*CRASHES, "goroutine ")):
            return False
        verdict = self.verdict(package)
        remembered = verdict.output.setdefault(test, [])
        return verdict.shown.is_idle and not _has_crashed(remembered)

    def _output_of(self, line: bytes) -> str:
        """Return what a line shows: its Output if it is an event, itself if it is none."""
        try:
            shown = self._output_of_event(orjson.loads(line))
        except orjson.JSONDecodeError:
            shown = None
        if shown is None:
            shown = line.decode(errors="replace") + "\n"
            self._note(shown)  # up to Go 1.23 a failed build is reported in plain lines
        return shown

    def _output_of_event(self, event: Any) -> str | None:
        """Return what an event shows, its Output; None for JSON that is no event."""
        if not isinstance(event, dict) or "Action" not in event:
            return None
        package, test = event.get("Package"), event.get("Test", "")
        output = event.get("Output", "")
        if not isinstance(output, str):
            return ""
        if isinstance(package, str) and isinstance(test, str):
            if not test:
                self._note(output)
            output = _shown(self.verdict(package), output, ends=not test and not output)
            self._take(event["Action"], self.verdict(package), test, output)
            ends = not test and event["Action"] in ("pass", "fail", "skip")
            shown = self._turns.take(package, output, ends=ends)
            if isinstance(build := event.get("FailedBuild"), str):
                self.verdict(package).output[""] = self._builds.get(build, [])
            return shown
        if event["Action"] == "build-output":
            _remember(self._builds.setdefault(str(event.get("ImportPath")), []), output)
        return output

    def feed_errors(self, text: str) -> None:
        """Take more of Go's standard error, which up to Go 1.23 reports failed builds."""
        self._rest_of_errors.append(text)
        if "\n" not in text:
            return
        *lines, rest = "".join(self._rest_of_errors).split("\n")
        self._rest_of_errors = [rest]
        for line in lines:
            if line.startswith("# "):
                # "# path [path.test]" for what is built for the tests of a package.
                path, _, tests = line[2:].strip().partition(" [")
                self._build = tests.removesuffix("]").removesuffix(".test") or path
            elif self._build and line:
                _remember(self._builds.setdefault(self._build, []), f"{line}\n")

    def _take(self, action: object, verdict: PackageVerdict, test: str, output: str) -> None:
        """Take what an event reports of a test, or of a package itself."""
        if action == "output":
            if not output:
                return
            _remember(verdict.output.setdefault(test, []), output)
            return
        if action in ("run", "cont"):
            verdict.running[test] = None
            verdict.ran = True
        elif action in ("pass", "fail", "skip", "pause"):
            verdict.running.pop(test, None)
        if action == "fail":
            if not test and not verdict.failed:
                verdict.failed += verdict.running
            verdict.failed.append(test)
        elif action == "pass" and test:
            verdict.output.pop(test, None)
        if not test and action in ("pass", "fail", "skip"):
            verdict.result = str(action)

    def _note(self, output: str) -> None:
        """Note what a package's own line of output reports of it."""
        if output.startswith(_SHUFFLED):
            self.seed = self.seed or output.removeprefix(_SHUFFLED).strip()
        mark, _, rest = output.rstrip().partition("\t")
        package = rest.lstrip().partition("\t")[0].partition(" ")[0]
        if mark == "FAIL" and rest.endswith(_UNBUILT):
            self.verdict(package).built = False
            self.verdict(package).output.setdefault("", self._builds.setdefault(package, []))
        if mark == "?   " and rest.endswith("[no test files]"):
            self.verdict(package).has_tests = False


def _shown(verdict: PackageVerdict, output: str, *, ends: bool) -> str:
    """Return what people see of a piece of output, and at the end what was held back."""
    lines = verdict.shown.feed(0, output) if output else verdict.shown.finish() if ends else ()
    return "".join(text for _, text in lines)


def _source(event: Any) -> tuple[str, str] | None:
    """Return package and test of an event that is output of a test; None for any other."""
    try:
        if event["Action"] != "output":
            return None
        package, test, output = event["Package"], event["Test"], event["Output"]
    except (KeyError, TypeError, IndexError):
        return None
    is_text = type(package) is str and type(test) is str and type(output) is str
    return (package, test) if is_text and test else None


_REMEMBERED = 40
_MOST = 2 * _REMEMBERED
_OF_A_CRASH = 200


def _remember(lines: list[str], output: str) -> None:
    """Add a line to the last ones; once there is a crash, which comes last, to the first ones."""
    if output.startswith(CRASHES) and not (lines and lines[0].startswith(CRASHES)):
        lines.clear()
    elif len(lines) >= _MOST:
        if not lines[0].startswith(CRASHES):
            del lines[:_REMEMBERED]
        elif len(lines) >= _OF_A_CRASH:
            return
    lines.append(output[:1000])


def _remember_all(lines: list[str], count: int, last: Sequence[str]) -> None:
    """Do what ``_remember`` does for each of some lines none of which begins a crash.

    Args:
        lines: those that are remembered.
        count: how many came.
        last: the last of them, at least ``_MOST`` if there are as many.
    """
    total = len(lines) + count
    if total > _MOST:
        total = _MOST - _REMEMBERED + 1 + (total - _MOST - 1) % _REMEMBERED
    lines += (output[:1000] for output in last[-total:])
    del lines[:-total]


def _has_crashed(lines: Sequence[str]) -> bool:
    return bool(lines) and lines[0].startswith(CRASHES)


def text_sink(write: Callable[[str], None]) -> Callable[[bytes], None]:
    """Return a sink of bytes that writes text, characters whole across pieces."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def sink(piece: bytes) -> None:
        if text := decoder.decode(piece):
            write(text)

    return sink
