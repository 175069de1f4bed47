"""``go test -json`` (test2json's format), read as a stream in one pass.

A test suite leaves a million events, so the loop treats an ``output`` event, which nearly all of
them are, in line; everything else may take its time in a method. Nothing raises: a line that is no
event stays a line of text (``OUTSIDE``), since go's own errors and whatever ``2>&1`` merged in
stand between the events. Only what began as an event and is none counts as lost.

Format: ``go doc test2json``; ``src/cmd/internal/test2json/test2json.go`` (events, splitting of long
lines); ``src/cmd/go/internal/load/printer.go`` (build-output, build-fail; Go 1.24 and later).
"""

from __future__ import annotations

import gc
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orjson import JSONDecodeError, loads

from flakecore.gotest.builds import BuildOutput
from flakecore.gotest.lines import OUTPUT_TYPES, OUTSIDE, Line
from flakecore.gotest.package_events import TEST_ACTIONS, PackageEvents
from flakecore.gotest.runs import PackageRun, TestLog
from flakecore.gotest.stamps import second_starts, wall_ns
from flakecore.gotest.text import clean
from flakecore.loss import Loss

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FIELDS_OF_TEXT = ("Package", "Test", "Output", "OutputType", "Time", "FailedBuild", "ImportPath")


def read_json(data: bytes | memoryview, *, name: str) -> TestLog:
    """Return what a ``go test -json`` stream tells, of one package or of several; never raises.

    Args:
        data: the stream; it may be cut off anywhere and may hold lines that are no events.
        name: what to call the stream in a loss.
    """
    stream = _Stream()
    with _collector_paused():
        stream.read(data)
        packages = stream.packages()
    return TestLog(packages, stream.losses(name))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the cyclic garbage collector out: a million new objects, and not one cycle."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


class _Stream:
    """The state of one reading."""

    def __init__(self) -> None:
        self._runs: list[PackageEvents] = []
        self._latest: dict[str, PackageEvents] = {}  # the latest run of each package
        self._last: PackageEvents | None = None
        self._builds = BuildOutput()
        self._damaged = 0
        self._damaged_bytes = 0
        self._bad_stamps = 0
        self._unknown: Counter[str] = Counter()

    def read(self, data: bytes | memoryview) -> None:
        stream = io.BytesIO(data)
        if stream.read(len(_BYTE_ORDER_MARK)) != _BYTE_ORDER_MARK:
            stream.seek(0)
        package = ""
        run = PackageEvents("")
        new = tuple.__new__  # Line(...) takes twice as long, only to sort out its arguments
        for raw in stream:
            try:
                event = loads(raw)
                if event["Action"] == "output" and not run.partial and event["Package"] == package:
                    text = event["Output"]
                    if text.find("\n") == len(text) - 1:
                        test = run.test_index[event.get("Test", "")]
                        stamp = event["Time"]
                        second = second_starts.get(stamp[:20])
                        if second is None or len(stamp) != 30 or stamp[29] != "Z":
                            wall = wall_ns(stamp)
                        else:  # the form that nine in ten have, without a call
                            wall = second + int(stamp[20:29])
                        output_type = OUTPUT_TYPES[event.get("OutputType", "")]
                        text = text[:-1]
                        if not text.isprintable():
                            text = clean(text)
                        lines = run.lines
                        lines.append(new(Line, (len(lines), wall, test, text, output_type)))
                        continue
            except (KeyError, TypeError, ValueError, AttributeError):
                pass  # rarer events, damaged ones, and what is no event at all
            self._take(raw)
            if self._last is not None:
                run = self._last
                package = run.package

    def _take(self, raw: bytes) -> None:
        """Take in one line of the file, of whatever kind it is."""
        try:
            event = loads(raw)
        except JSONDecodeError:
            try:
                event = loads(raw.decode("utf-8", "replace"))
            except JSONDecodeError:
                began_as_event = raw.lstrip().startswith(b"{") or b'"Action":"' in raw
                self._keep(raw, damaged=began_as_event)
                return
        action = event.get("Action") if isinstance(event, dict) else None
        if not isinstance(action, str):
            self._keep(raw, damaged=False)  # some program's own JSON
        elif any(not isinstance(event.get(field, ""), str) for field in _FIELDS_OF_TEXT):
            self._keep(raw, damaged=True)
        elif action.startswith("build-"):
            self._builds.add(event.get("ImportPath", ""), event.get("Output", ""))
        else:
            self._take_event(action, event)

    def _take_event(self, action: str, event: dict[str, Any]) -> None:
        self._builds.end_of_plain_text()
        wall = self._wall(event)
        run = self._run_of(event.get("Package", ""), starting=action == "start")
        test = event.get("Test", "")
        if action == "output":
            run.output(wall, test, event.get("Output", ""), event.get("OutputType", ""))
        elif action == "start":
            run.start_wall_ns = wall
        elif test and action in TEST_ACTIONS:
            run.test_event(action, wall, test, event.get("Elapsed"))
        elif not test and action in ("pass", "fail", "skip"):
            run.end(action, wall, event.get("Elapsed"), event.get("FailedBuild", ""))
        elif action not in ("attr", "artifacts"):  # those two stand in the output as well
            self._unknown[action] += 1

    def _run_of(self, package: str, *, starting: bool) -> PackageEvents:
        """Return the run that an event belongs to; a second ``start`` begins a second run."""
        run = self._latest.get(package)
        if run is None or (starting and run.has_begun):
            run = PackageEvents(package)
            self._latest[package] = run
            self._runs.append(run)
        self._last = run
        return run

    def _wall(self, event: dict[str, Any]) -> int | None:
        stamp = event.get("Time", "")
        try:
            return wall_ns(stamp) if stamp else None
        except ValueError:
            self._bad_stamps += 1
            return None

    def _keep(self, raw: bytes, *, damaged: bool) -> None:
        """Keep a line that is no event as text of the package that spoke last."""
        if damaged:
            self._damaged += 1
            self._damaged_bytes += len(raw)
        text = clean(raw.decode("utf-8", "replace").rstrip("\r\n"))
        if not text.strip() and not damaged:
            return
        if not damaged:
            self._builds.plain_text(text)
        run = self._last or self._run_of("", starting=False)
        run.lines.append(Line(len(run.lines), None, -1, text, OUTSIDE))

    def packages(self) -> tuple[PackageRun, ...]:
        unclaimed = self._builds.unclaimed(
            {run.package for run in self._runs} | {run.failed_build for run in self._runs}
        )
        for text in unclaimed:
            run = self._run_of("", starting=False)
            run.lines.append(Line(len(run.lines), None, -1, text, OUTSIDE))
        return tuple(
            run.finished(self._builds.of(run.package, run.failed_build)) for run in self._runs
        )

    def losses(self, name: str) -> tuple[Loss, ...]:
        losses = []
        if self._damaged:
            what = "lines that are no whole JSON event, kept as text"
            losses.append(Loss(name, what, count=self._damaged, bytes=self._damaged_bytes))
        if self._bad_stamps:
            losses.append(Loss(name, "time stamps that cannot be read", count=self._bad_stamps))
        for action, count in sorted(self._unknown.items()):
            what = f"events of the unknown kind {clean(action)[:40]!r}, passed over"
            losses.append(Loss(name, what, count=count))
        return tuple(losses)
