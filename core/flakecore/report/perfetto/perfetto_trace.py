"""A case as a trace that ui.perfetto.dev and Perfetto's trace processor open.

Goroutines lie below the test that they belong to, beside its output and failures; procs, threads,
the collector's work and the heap have tracks of their own. A flow leads from the moment at which a
goroutine wakes or creates another one to what that one did then.

It is written a generation at a time and never held whole: a trace of 9.1 million events becomes 43
million packets, 1.1 GB, in 27 s of processor time and 610 MB, much of it the largest generation's
(Linux, two busy cores). Events of one track are in order in the file, those of different tracks are
not; Perfetto sorts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from flakecore.bundle import Bundle
from flakecore.errors import TraceError
from flakecore.report.explainer import Explainer
from flakecore.report.exports.request import ExportRequest
from flakecore.report.perfetto.collector_events import collector_pieces, counter_pieces
from flakecore.report.perfetto.lane_events import LaneEvents
from flakecore.report.perfetto.names import Category, fixed_texts, track_name_of_test
from flakecore.report.perfetto.packets import (
    EventType,
    Interned,
    TrackEvents,
    event_packets,
    first_packet,
    interned_packet,
    interned_text,
    text_instant,
)
from flakecore.report.perfetto.tracks import Root, TrackKind, Tracks, track
from flakecore.text.printable import printable
from flakecore.timeline import Case

_OUTPUT_BATCH = 4_096
"""Lines of output that are yielded together."""


def write_perfetto(
    bundle: Bundle, cases: Sequence[Case], request: ExportRequest, explainer: Explainer
) -> Iterator[bytes]:
    """Yield the trace of the first of some cases.

    Raises:
        TraceError: nothing in the case has a time.
    """
    del bundle
    case = cases[0]
    timed = [test.index for test in case.tests if test.timed]
    if case.trace is None and not timed and not len(case.output):
        raise TraceError(
            "there is neither a trace nor output that has times",
            remedy="flaketui collect records both",
        )
    return _Writer(case, request, explainer).pieces()


class _Writer:
    """Writes one case."""

    def __init__(self, case: Case, request: ExportRequest, explainer: Explainer) -> None:
        self._case = case
        self._request = request
        self._explainer = explainer
        self._window = request.window(case)
        self._shift = max(0, -case.start_ns)
        self._tracks = Tracks(case)

    def pieces(self) -> Iterator[bytes]:
        yield first_packet()
        yield fixed_texts()
        yield from self._tracks.roots()
        yield from self._tests()
        yield from self._output()
        yield from self._failures()
        trace = self._case.trace
        if trace is not None:
            around = (self._tracks, self._window, self._shift)
            yield from counter_pieces(Root.HEAP, trace.heap, *around)
            yield from counter_pieces(Root.HEAP_GOAL, trace.heap_goal, *around)
            yield from collector_pieces(trace, *around)
            lanes = LaneEvents(trace, self._tracks, self._case.package, self._shift)
            chosen = self._request.goroutines(self._case)
            yield from lanes.pieces(TrackKind.GOROUTINE, trace.goroutines, self._window, chosen)
            yield from lanes.pieces(TrackKind.PROC, trace.procs, self._window)
            yield from lanes.pieces(TrackKind.THREAD, trace.threads, self._window)

    def _inside(self, start_ns: int, end_ns: int) -> bool:
        return end_ns >= self._window[0] and start_ns <= self._window[1]

    def _tests(self) -> Iterator[bytes]:
        tests = self._request.tests(self._case)
        chosen = range(len(self._case.tests)) if tests is None else tests.tolist()
        for index in chosen:
            test = self._case.tests[index]
            if not test.timed or not self._inside(test.start_ns, test.end_ns):
                continue
            yield from self._tracks.tests([index])
            name = interned_text(Interned.NAME, track_name_of_test(index), printable(test.name))
            yield interned_packet(name)
            times = [test.start_ns + self._shift, test.end_ns + self._shift]
            yield event_packets(
                TrackEvents.of(
                    np.array(times, np.int64),
                    type=np.array([EventType.BEGIN, EventType.END], np.int64),
                    track=track(TrackKind.TEST, index),
                    category=np.array([Category.TEST, 0], np.int64),
                    name=np.array([track_name_of_test(index), 0], np.int64),
                )
            )

    def _output(self) -> Iterator[bytes]:
        columns = self._case.output.columns
        wanted = (columns.time >= self._window[0]) & (columns.time <= self._window[1])
        tests = self._request.tests(self._case)
        if tests is not None:
            wanted &= np.isin(columns.test, tests)
        batch: list[bytes] = []
        for index in np.flatnonzero(wanted).tolist():
            line = self._case.output[index]
            if line.test >= 0:
                batch += self._tracks.tests([line.test])
                place = track(TrackKind.TEST, line.test)
            else:
                batch.append(self._tracks.once(Root.OTHER_OUTPUT))
                place = int(Root.OTHER_OUTPUT)
            batch.append(
                text_instant(
                    line.time_ns + self._shift,
                    place,
                    Category.OUTPUT,
                    printable(line.text) or " ",
                    str(line.time_source),
                    line.error_ns,
                )
            )
            if len(batch) >= _OUTPUT_BATCH:
                yield b"".join(batch)
                batch = []
        yield b"".join(batch)

    def _failures(self) -> Iterator[bytes]:
        tests = self._request.tests(self._case)
        for failure in self._case.failures:
            of_test = tests is None or failure.test in tests
            if not of_test or not self._inside(failure.at_ns, failure.at_ns):
                continue
            if failure.test >= 0:
                yield from self._tracks.tests([failure.test])
                place = track(TrackKind.TEST, failure.test)
            else:
                yield self._tracks.once(Root.OTHER_OUTPUT)
                place = int(Root.OTHER_OUTPUT)
            text = printable(f"{failure.kind}: {self._explainer.headline(self._case, failure)}")
            yield text_instant(max(failure.at_ns + self._shift, 0), place, Category.FAILURE, text)
