"""``go test -json`` (test2json's format), read as a stream in one pass.

A test suite leaves a million events. Where a block holds nothing but what one test printed, its
lines are taken in as one text. In other blocks the loop treats an ``output`` event, which nearly
all of them are, in line and leaves its time to be read with thousands of others; everything else
may take its time in a method. Nothing raises: a line that is no event
stays a line of text (``OUTSIDE``), since go's own errors and whatever ``2>&1`` merged in
stand between the events. Only what began as an event and is none counts as lost.

Format: ``go doc test2json``; ``src/cmd/internal/test2json/test2json.go`` (events, splitting of long
lines); ``src/cmd/go/internal/load/printer.go`` (build-output, build-fail; Go 1.24 and later).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from orjson import JSONDecodeError, loads

from flakecore.gotest.streams.build_output import BuildOutput
from flakecore.gotest.streams.line_blocks import blocks
from flakecore.gotest.streams.line_search import positions_of
from flakecore.gotest.streams.lines import OUTSIDE, TYPE_NUMBERS
from flakecore.gotest.streams.package_events import TEST_ACTIONS, PackageEvents
from flakecore.gotest.streams.plain.read_text import read_lines
from flakecore.gotest.streams.plain.text_grammar import FRAMING, VERDICT
from flakecore.gotest.streams.runs import PackageRun, TestLog
from flakecore.gotest.streams.stamps import wall_ns, walls_of_one_zone
from flakecore.gotest.streams.wrappings.unwrap import unwrapped_json
from flakecore.loss import Loss
from flakecore.python_gc import python_gc_paused
from flakecore.text.left_out import is_left_out
from flakecore.text.printable import clean, clean_lines
from flakecore.text.uniform_output import uniform_output

_FIELDS_OF_TEXT = (
    "Package",
    "Test",
    "Output",
    "OutputType",
    "Time",
    "FailedBuild",
    "ImportPath",
    "Key",
    "Value",
    "Path",
)

_KNOWN = TEST_ACTIONS | {"attr", "artifacts"}
"""Kinds of events that state something of a test, and nothing where they name none."""


def read_json(data: bytes | memoryview, *, name: str) -> TestLog:
    """Return what a ``go test -json`` stream shows, of one package or of several; never raises.

    Args:
        data: the stream; it may be cut off anywhere and may hold lines that are no events.
        name: what to call the stream in a loss.
    """
    stream = _Stream()
    with python_gc_paused():
        stream.read(unwrapped_json(data))
        packages = stream.packages()
    return TestLog(packages, stream.losses(name))


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
        self._plain: list[str] = []  # lines that are no events

    def read(self, data: bytes | memoryview) -> None:
        for block in blocks(data):
            if self._take_uniform(block):
                continue
            # Many lines make one array of JSON: half the work of taking them one by one.
            try:
                events = loads(b"[%b]" % block.replace(b"\n", b","))
            except JSONDecodeError:
                events = []
            if len(events) == block.count(b"\n") + 1:
                self._take_events(events, block)
            else:
                self._take_lines(block.split(b"\n"))

    def _take_uniform(self, block: bytes) -> bool:
        """Take in a block of one test's output; return whether it is one, of a test that is known.

        These are nearly all blocks of a large file.
        """
        found = uniform_output(block)
        run = self._latest.get(found.package) if found is not None else None
        if found is None or run is None or run.partial or found.test not in run.test_index:
            return False
        try:
            walls = walls_of_one_zone(found.stamps) if found.stamps else None
        except ValueError:
            return False
        text = clean_lines(found.text)
        run.lines.extend(text.encode(), block.count(b"\n") + 1, run.test_index[found.test], walls)
        self._last = run
        return True

    def _take_events(self, events: list[Any], block: bytes) -> None:
        """Take in the events of a block, one a line."""
        raws: list[bytes] = []
        run = self._last or PackageEvents("")
        for at, event in enumerate(events):
            try:
                if event["Action"] == "output":
                    if event["Package"] != run.package:
                        run = self._last = self._latest[event["Package"]]
                    text = event["Output"]
                    if text.find("\n") == len(text) - 1 and not run.partial:
                        lines = run.lines
                        test = run.test_index[event.get("Test", "")]
                        stamp = event["Time"]
                        output_type = event.get("OutputType", "")
                        if output_type != "":
                            lines.types[len(lines.tests)] = TYPE_NUMBERS[output_type]
                        if stamp.isascii():
                            text = text[:-1]
                            lines.texts.pending.append(text if text.isprintable() else clean(text))
                            lines.tests.append(test)
                            lines.stamps.append(stamp)
                            continue
            except (KeyError, TypeError, ValueError, AttributeError):
                pass  # rarer events, damaged ones, and what is no event at all
            raws = raws or block.split(b"\n")
            self._take(event, raws[at])
            run = self._last or run
        run.lines.settle_many()

    def _take_lines(self, raws: list[bytes]) -> None:
        """Take in lines some of which are no JSON."""
        for raw in raws:
            try:
                event = loads(raw)
            except JSONDecodeError:
                try:
                    event = loads(raw.decode("utf-8", "replace"))
                except JSONDecodeError:
                    began_as_event = raw.lstrip().startswith(b"{") or b'"Action":"' in raw
                    self._keep_plain_line(raw, damaged=began_as_event)
                    continue
            self._take_events([event], raw)

    def _take(self, event: Any, raw: bytes) -> None:
        """Take in one line of the file that is JSON, of whatever kind it is."""
        action = event.get("Action") if isinstance(event, dict) else None
        if not isinstance(action, str):
            self._keep_plain_line(raw, damaged=False)  # some program's own JSON
        elif any(not isinstance(event.get(field, ""), str) for field in _FIELDS_OF_TEXT):
            self._keep_plain_line(raw, damaged=True)
        elif action.startswith("build-"):
            self._builds.add(event.get("ImportPath", ""), event.get("Output", ""))
        else:
            self._take_event(action, event)

    def _take_event(self, action: str, event: dict[str, Any]) -> None:
        self._builds.end_of_plain_text()
        wall = self._wall(event)
        run = self._run_of(event.get("Package", ""), action)
        test = event.get("Test", "")
        if action == "output":
            run.output(wall, test, event.get("Output", ""), event.get("OutputType", ""))
        elif action == "start":
            run.start_wall_ns = wall
        elif test and action in TEST_ACTIONS:
            run.test_event(action, wall, test, event.get("Elapsed"))
        elif not test and action in ("pass", "fail", "skip"):
            run.end(action, wall, event.get("Elapsed"), event.get("FailedBuild", ""))
        elif test and action == "attr":
            run.attribute(test, event.get("Key", ""), event.get("Value", ""))
        elif test and action == "artifacts":
            run.artifacts(test, event.get("Path", ""))
        elif action not in _KNOWN:
            self._unknown[action] += 1

    def _run_of(self, package: str, action: str) -> PackageEvents:
        """Return the run that an event belongs to.

        A second ``start`` begins a second run; before Go 1.20, which has none, so does a test that
        begins after the package has ended.
        """
        run = self._latest.get(package)
        if (
            run is None
            or (action == "start" and run.has_begun)
            or (action == "run" and run.has_ended_itself)
        ):
            run = PackageEvents(package)
            self._latest[package] = run
            self._runs.append(run)
        if self._last is not None:
            self._last.lines.settle_many()
        self._last = run
        return run

    def _wall(self, event: dict[str, Any]) -> int | None:
        stamp = event.get("Time", "")
        try:
            return wall_ns(stamp) if stamp else None
        except ValueError:
            self._bad_stamps += 1
            return None

    def _keep_plain_line(self, raw: bytes, *, damaged: bool) -> None:
        """Keep a line that is no event as text of the package that spoke last."""
        if damaged:
            self._damaged += 1
            self._damaged_bytes += len(raw)
        text = clean(raw.decode("utf-8", "replace").rstrip("\r\n"))
        if not text.strip() and not damaged:
            return
        if not damaged:
            self._builds.plain_text(text)
            self._plain.append(text)
        if is_left_out(text):
            for each in self._runs:
                each.end_unfinished_line()
        run = self._last or self._run_of("", "")
        run.lines.append(None, -1, text, OUTSIDE)

    def packages(self) -> tuple[PackageRun, ...]:
        unclaimed = self._builds.unclaimed(
            {run.package for run in self._runs} | {run.failed_build for run in self._runs}
        )
        for text in unclaimed:
            run = self._run_of("", "")
            run.lines.append(None, -1, text, OUTSIDE)
        for run in self._runs:
            _settle_failed(run)
        runs = [run.finished(self._builds.of(run.package, run.failed_build)) for run in self._runs]
        known = {run.package for run in self._runs}
        if any(VERDICT.match(text) for text in self._plain):
            # Of a package whose setup failed, and of another go test, only plain text has a word.
            others = read_lines(self._plain)
            runs += [each for each in others if each.package and each.package not in known]
        return tuple(runs)

    def losses(self, name: str) -> tuple[Loss, ...]:
        losses = []
        if self._damaged:
            what = "lines that are no whole JSON event, kept as text"
            losses.append(Loss(name, what, count=self._damaged, bytes=self._damaged_bytes))
        bad_stamps = self._bad_stamps + sum(run.lines.bad_stamps for run in self._runs)
        if bad_stamps:
            losses.append(Loss(name, "time stamps that cannot be read", count=bad_stamps))
        for action, count in sorted(self._unknown.items()):
            what = f"events of the unknown kind {clean(action)[:40]!r}, passed over"
            losses.append(Loss(name, what, count=count))
        return tuple(losses)


def _settle_failed(run: PackageEvents) -> None:
    """Give tests the result that they printed, where the stream ends before its event.

    The event comes behind what stands below the result, which may be much.
    """
    if run.has_ended_itself:
        return
    texts = run.lines.texts
    for at in positions_of(texts, ("--- FAIL: ",)):
        found = FRAMING.match(texts[at])
        if found is not None and found[7] and run.runs(found[8]):
            run.test_event("fail", None, found[8], float(found[9]) if found[9] else None)
