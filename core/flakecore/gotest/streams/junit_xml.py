"""JUnit's XML, as gotestsum, go-junit-report, Bazel and ginkgo write it of Go tests.

A ``testsuite`` is a package, a ``testcase`` a test. There is no schema that all keep to: what a
test printed stands in its ``failure``, ``error`` or ``skipped``, in ``system-out`` or in an
attribute ``message``, with or without the lines with which testing begins and ends a test. A
package that was not built is a test named ``[build failed]`` (go-junit-report) or ``TestMain``
(gotestsum). No test has a time of its own but how long it took.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from flakecore.gotest.streams.build_output import ERROR
from flakecore.gotest.streams.package_events import PackageEvents
from flakecore.gotest.streams.plain.text_grammar import FOUR, FRAMING
from flakecore.gotest.streams.runs import Outcome, PackageRun, Stamps, TestLog
from flakecore.loss import Loss
from flakecore.python_gc import python_gc_paused
from flakecore.text.encodings import as_utf_8
from flakecore.text.printable import clean

_CHUNK = 1 << 20
_FORBIDDEN = bytes.maketrans(bytes(code for code in range(32) if code not in b"\t\n\r"), b"?" * 29)
"""XML forbids these, and a program that escapes nothing writes them all the same."""
_RESULTS = {"failure": "fail", "error": "fail", "skipped": "skip"}
_TEXTS = {*_RESULTS, "system-out", "system-err"}
_NOT_BUILT = ("[build failed]", "[setup failed]")
_MAIN = "TestMain"
_GENERIC = {"", "Failed", "Error", "Build error", "Build failed", "failed", "Skipped", "No message"}
"""Messages without meaning."""
_CUT_OFF = {3, 5, 20}
"""expat's errors of an element, a token and a CDATA section without an end (``expat.h``)."""
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,12})?\Z", re.ASCII)


class _RefusedError(Exception):
    """Raised where a document holds what no such report has."""


@dataclass(slots=True)
class _Test:
    """A testcase on its way.

    Attributes:
        elements: what stands in its elements, by their names, in order.
    """

    name: str
    package: str
    seconds: float | None
    elements: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Package:
    events: PackageEvents
    built: bool = True
    failed: bool = False
    seconds: float | None = None


def read_junit(data: bytes | memoryview, *, name: str) -> TestLog:
    """Return what a report in JUnit's XML shows, of one package or of several; never raises.

    Args:
        data: the report; it may be cut off anywhere.
        name: what to call it in a loss.
    """
    report = _Report()
    losses: tuple[Loss, ...] = ()
    text = bytes(as_utf_8(data, latin_1=False)).translate(_FORBIDDEN)
    parser = expat.ParserCreate("utf-8" if _is_utf_8(text) else None)
    parser.buffer_text = True
    parser.StartElementHandler = report.start
    parser.EndElementHandler = report.end
    parser.CharacterDataHandler = report.text
    parser.StartDoctypeDeclHandler = _refuse
    with python_gc_paused():
        try:
            for at in range(0, max(len(text), 1), _CHUNK):
                parser.Parse(text[at : at + _CHUNK], at + _CHUNK >= len(text))
        except expat.ExpatError as error:
            rest = len(text) - max(parser.ErrorByteIndex, 0)
            what = f"it is no XML from line {error.lineno} on, which is left out"
            if error.code in _CUT_OFF:
                what = "its end is cut off"
            losses = (Loss(name, what, bytes=rest),)
        except (LookupError, ValueError):
            losses = (Loss(name, "its encoding is not known: it is not read", bytes=len(text)),)
        except _RefusedError as stop:
            losses = (Loss(name, str(stop)),)
        return TestLog(report.runs(), losses)


def _is_utf_8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse(*_: object) -> None:
    raise _RefusedError("it declares a type of document, as no report of tests does: not read")


class _Report:
    """What the elements so far reported."""

    def __init__(self) -> None:
        self._packages: dict[str, _Package] = {}
        self._suites: list[str] = []
        self._test: _Test | None = None
        self._pieces: list[str] | None = None  # of the text of an element that is wanted

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take in the start of an element."""
        if tag == "testsuite":
            self._suites.append(clean(attributes.get("name", "")))
            if self._suites[-1]:
                self._package(self._suites[-1]).seconds = _seconds(attributes.get("time"))
        elif tag == "testcase":
            suite = self._suites[-1] if self._suites else ""
            named = clean(attributes.get("classname", ""))
            package = named if not suite or named.endswith(f"/{suite}") else suite
            seconds = _seconds(attributes.get("time"))
            self._test = _Test(clean(attributes.get("name", "")), package, seconds)
        elif tag in _TEXTS:
            self._pieces = []
            message = attributes.get("message", "")
            if self._test is not None and tag in _RESULTS:
                self._test.elements.append((tag, "" if message in _GENERIC else message))

    def text(self, text: str) -> None:
        """Take in text, or a part of it."""
        if self._pieces is not None:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        """Take in the end of an element."""
        if tag in _TEXTS and self._pieces is not None:
            self._end_text(tag, "".join(self._pieces))
            self._pieces = None
        elif tag == "testcase" and self._test is not None:
            self._end_test(self._test)
            self._test = None
        elif tag == "testsuite" and self._suites:
            self._suites.pop()

    def _end_text(self, tag: str, text: str) -> None:
        if self._test is None:
            suite = self._suites[-1] if self._suites else ""
            if text.strip():
                _add_lines(self._package(suite).events, "", text)
        elif tag in _RESULTS:
            # What the element holds has more than its message, which begins like it.
            self._test.elements[-1] = (tag, text if text.strip() else self._test.elements[-1][1])
        else:
            self._test.elements.append((tag, text))

    def _end_test(self, test: _Test) -> None:
        package = self._package(test.package)
        results = [_RESULTS[tag] for tag, _ in test.elements if tag in _RESULTS]
        failed = "fail" in results
        package.failed |= failed
        if test.name in _NOT_BUILT or (test.name == _MAIN and failed):
            for _, text in test.elements:
                package.built &= test.name not in _NOT_BUILT and "[build failed]" not in text
                _add_lines(package.events, "", text)
            return
        package.events.test_event("run", None, test.name, None)
        for tag, text in test.elements:
            framed = any(FRAMING.match(line) for line in text.split("\n"))
            if tag in _RESULTS and text.strip() and not framed:
                result = _RESULTS[tag].upper()
                head = f"--- {result}: {test.name} ({test.seconds or 0:.2f}s)"
                package.events.line(None, test.name, head, "frame")
                placed = any(line.startswith(FOUR) and ".go:" in line for line in text.split("\n"))
                _add_lines(package.events, test.name, text, indent="" if placed else FOUR)
            else:
                _add_lines(package.events, test.name, text)
        action = "fail" if failed else next(iter(results), "pass")
        package.events.test_event(action, None, test.name, test.seconds)

    def _package(self, name: str) -> _Package:
        if name not in self._packages:
            self._packages[name] = _Package(PackageEvents(name))
        return self._packages[name]

    def runs(self) -> tuple[PackageRun, ...]:
        """Return all packages in the order they first appear."""
        if self._test is not None:
            self._end_test(self._test)  # the report ends within it
        return tuple(_finished(each) for each in self._packages.values())


def _finished(package: _Package) -> PackageRun:
    package.events.end("fail" if package.failed else "pass", None, package.seconds, "")
    errors = tuple(text for text in package.events.lines.texts if ERROR.match(text))
    run = package.events.finished(() if package.built else errors)
    status = run.status if package.built else Outcome.BUILD_FAIL
    return replace(run, status=status, stamps=Stamps.NONE)


def _add_lines(events: PackageEvents, test: str, text: str, *, indent: str = "") -> None:
    for line in _lines(text):
        kind = "frame" if not indent and FRAMING.match(line) else ""
        events.line(None, test, indent + line if line else line, kind)


def _lines(text: str) -> Iterator[str]:
    for line in text.rstrip("\n").split("\n"):
        yield clean(line.removesuffix("\r"))


def _seconds(text: str | None) -> float | None:
    found = _SECONDS.match(text.strip()) if text else None
    return float(found[0]) if found else None
