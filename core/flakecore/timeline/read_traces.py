"""The trace of a case: the first of its files that can be read, or what a flight recorder left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from flakecore.bundle import Artefact, Bundle
from flakecore.errors import TraceError
from flakecore.gotrace import Trace, read_trace
from flakecore.loss import Loss
from flakecore.timeline.case_index import CaseEntry
from flakecore.timeline.windows import open_windows, unrecorded, windows_of
from flakecore.unexpected_errors import loss_of_error

Progress = Callable[[str, float], None]
"""Called with what is being read and the share of it that is done, 0 to 1."""


def unseen(bundle: Bundle, entry: CaseEntry, traces: Sequence[Artefact]) -> tuple[Loss, ...]:
    """Return why a case that failed has no trace, where a flight recorder was to leave one."""
    flown = bundle.manifest is not None and bundle.manifest.flight_ns
    if traces or not flown or not entry.failing or entry.run is None or not entry.run.tests:
        return ()
    what = "no trace: the flight recorder saw no test fail before the process ended"
    return (Loss(entry.package or bundle.name, what),)


def read_traces(
    bundle: Bundle,
    artefacts: Sequence[Artefact],
    began_wall_ns: int | None,
    progress: Progress | None,
    *,
    totals: bool,
) -> tuple[Trace | None, tuple[str, memoryview] | None, tuple[Loss, ...]]:
    """Return the first trace that can be read, its name and bytes, and the others as losses."""
    losses: list[Loss] = []
    known = bundle.losses
    trace: Trace | None = None
    source: tuple[str, memoryview] | None = None
    if windows := windows_of(artefacts):
        name = windows[0].name
        artefacts = [each for each in artefacts if each not in windows]
        try:
            file, data = open_windows(bundle, windows, began_wall_ns, progress)
            trace = file.read(partial(progress, name) if progress is not None else None)
            source = name, data
        except TraceError as error:
            losses.append(Loss(name, str(error).removeprefix(f"{name}: ")))
        except Exception as error:
            losses.append(loss_of_error(error, name))
        else:
            flight_ns = bundle.manifest.flight_ns if bundle.manifest is not None else 0
            losses.append(unrecorded(trace, windows, flight_ns))
    for artefact in artefacts:
        if trace is not None:
            losses.append(Loss(artefact.name, "a further trace of the same package is not shown"))
            continue
        name = artefact.name
        try:
            data = bundle.read(artefact, progress)
            trace = read_trace(
                data,
                name=name,
                progress=partial(progress, name) if progress is not None else None,
                totals=totals,
            )
            source = name, data
        except TraceError as error:
            losses.append(Loss(name, str(error).removeprefix(f"{name}: ")))
        except Exception as error:
            losses.append(loss_of_error(error, name))
        # What is wrong with a deflated one shows only as it is read.
        losses.extend(loss for loss in bundle.losses if loss.where == name and loss not in known)
    if trace is not None:
        losses.extend(trace.losses)
    return trace, source, tuple(losses)
