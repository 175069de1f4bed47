"""What a flight recorder left of a package's trace: the windows before its failures.

``collect --flight`` names each ``flight-<when>.out``, with the Unix time in nanoseconds at which it
was written. They are read as one trace with gaps, on a clock that begins with the run, so that all
of a case is on one clock whatever was recorded of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flakecore.bundle import Artefact, Bundle
from flakecore.errors import TraceError
from flakecore.gotrace import Trace, TraceFile, joined_windows, open_trace
from flakecore.loss import Loss
from flakecore.times import format_duration, format_moment

_WINDOW = re.compile(r"(?:.*/)?flight-\d{19}\.out")
_MOST_NAMED = 4
"""Stretches of time that a sentence names."""


def windows_of(traces: Sequence[Artefact]) -> list[Artefact]:
    """Return those of a case's traces that are windows of one flight recorder, by time."""
    found = [each for each in traces if _WINDOW.fullmatch(each.name)]
    return sorted(found, key=lambda each: each.name)


def open_windows(
    bundle: Bundle,
    windows: Sequence[Artefact],
    began_wall_ns: int | None,
    progress: Callable[[str, float], None] | None = None,
) -> tuple[TraceFile, memoryview]:
    """Return the trace that windows make up, opened and not yet read, and its bytes.

    Args:
        bundle: holds them.
        windows: at least one, by time.
        began_wall_ns: when the run began, which is the trace's time 0; None if unknown.
        progress: called while they are read.

    Raises:
        TraceError: they are no traces, or hold no event.
    """
    parts = [bundle.read(each, progress) for each in windows]
    data = bundle.stored(joined_windows(parts)) if len(parts) > 1 else parts[0]
    name = windows[0].name
    file = open_trace(data, name=name)
    if file is None:
        raise TraceError(f"{name}: no flight recorder wrote it: it is of Go 1.21 or before")
    if began_wall_ns is not None:
        file.begin_at(began_wall_ns)
    return file, data


def unrecorded(trace: Trace, windows: Sequence[Artefact], flight_ns: int) -> Loss:
    """Return the sentence on the time that no window covers."""
    spans = [
        f"{format_moment(start)} to {format_moment(end)}"
        for start, end in trace.recorded[:_MOST_NAMED]
    ]
    more = len(trace.recorded) - len(spans)
    if more:
        spans.append(f"{more} more")
    asked = f", asked for {format_duration(flight_ns)} before each failure" if flight_ns else ""
    return Loss(
        windows[0].name.rpartition("/")[0] or windows[0].name,
        f"the trace is of {' and '.join(spans)}: a flight recorder left it{asked}; nothing else of"
        " the run is recorded but its output and profiles",
    )
