"""The features of a run and of its tests worked out event by event, with loops and dicts."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from flakecore.comparison.features.durations import Piece
from flakecore.timeline import Case, Table

_SYSTEM = ("runtime.", "runtime/trace.", "runtime/pprof.", "os/signal.")
_NOT_OURS = ("runtime.main", "runtime/pprof.Do")


@dataclass
class Span:
    """One goroutine in one state."""

    goroutine: int
    state: str
    start: int
    end: int = -1
    proc: int = -1
    preempted: bool = False
    unended: bool = False


@dataclass
class Told:
    """What the events of a trace tell one after the other."""

    end_ns: int
    spans: list[Span] = field(default_factory=list)
    lives: dict[int, list[int]] = field(default_factory=dict)
    steals: int = 0
    ranges: list[tuple[str, int, int, int]] = field(default_factory=list)
    """Name, goroutine, begin and end."""


def values_of(pieces: Sequence[Piece]) -> list[int]:
    """Return the durations of some pieces, ascending."""
    return sorted(value for piece in pieces for value in piece.tolist())


def told_by_events(case: Case) -> Told:
    """Go through all events of a case once."""
    told = Told(case.trace.end_ns if case.trace is not None else 0)
    events = case.tables.events()
    system = _system_goroutines(case)
    open_spans: dict[int, Span] = {}
    in_call: dict[int, bool] = {}
    for row in range(len(events["time_ns"])):
        if events["event"][row] != "StateTransition":
            continue
        time, number = int(events["time_ns"][row]), int(events["number"][row])
        before, after = str(events["from_state"][row]), str(events["to_state"][row])
        if events["subject"][row] == "proc":
            told.steals += after == "Idle" and bool(in_call.get(number))
            in_call[number] = False
            continue
        if events["subject"][row] != "goroutine":
            continue
        proc = int(events["proc"][row])
        if proc >= 0 and "Syscall" in (before, after):
            in_call[proc] = after == "Syscall"
        if number in system or (number in open_spans and before in ("Undetermined", after)):
            continue  # or told again at the start of a generation
        if number in open_spans:
            open_spans[number].end = time
        else:
            born = time if before == "NotExist" else 0
            told.lives[number] = [born, -1]
        if before == "Undetermined":
            # It was so before: its span is there from the first, and nothing is known of its proc.
            span = Span(number, after, 0, proc=-1)
        else:
            span = Span(
                number, after, time, proc=proc, preempted=events["reason"][row] == "preempted"
            )
        if after == "NotExist":
            told.lives[number][1] = time
            open_spans.pop(number, None)
            continue
        told.spans.append(span)
        open_spans[number] = span
    for span in open_spans.values():
        span.end, span.unended = told.end_ns, True
    told.ranges = _ranges(events, told.end_ns)
    return told


def plain_features(case: Case, told: Told, test: int = -1) -> dict[str, float | None]:
    """Return the features of a run, or of one of its tests, that the raw events alone give."""
    start, end = (case.tests[test].start_ns, case.tests[test].end_ns) if test >= 0 else (0, 0)
    end = end if test >= 0 else told.end_ns
    windows = _windows(case, test, told)
    lengths: defaultdict[str, list[int]] = defaultdict(list)
    counted: list[Span] = []
    for span in told.spans:
        if span.goroutine not in windows:
            continue
        opens, closes = windows[span.goroutine]
        length = min(span.end, closes) - max(span.start, opens)
        if length >= 0:
            lengths[span.state].append(length)
            counted.append(span)
    running, runnable = sum(lengths["Running"]), sum(lengths["Runnable"])
    lived, waited = sum(map(sum, lengths.values())), sum(lengths["Waiting"])
    queued = sorted(lengths["Runnable"])
    found = {
        "syscall_latency_skew": _skewness(lengths["Syscall"]),
        "waits_never_ended": sum(each.unended and each.state == "Waiting" for each in counted),
        "longest_wait_ns": max(lengths["Waiting"], default=0),
        "blocked_share": waited / lived if lived else None,
        "runnable_p99_ns": queued[-(-99 * len(queued) // 100) - 1] if queued else None,
        "runnable_share": runnable / (runnable + running) if running else None,
        "cpu_share": running / ((end - start) * case.schedule.procs) if case.schedule else None,
        "procs_used": len({s.proc for s in counted if s.state == "Running" and s.proc >= 0}),
        "preemptions": sum(each.preempted for each in counted),
        "goroutines_left": _left(case, test, told),
        **_counts(told, windows, start, end),
        **_collector(told, windows if test >= 0 else None, start, end, running),
    }
    return found | ({"steals": told.steals} if test < 0 else {})


def _windows(case: Case, test: int, told: Told) -> dict[int, tuple[int, int]]:
    """Return when each goroutine counts: as long as its own test runs."""
    if test < 0:
        return dict.fromkeys(told.lives, (0, told.end_ns))
    inside, parents = set(), [each.parent for each in case.tests]
    for index in range(len(case.tests)):
        up = index
        while up not in (-1, test):
            up = parents[up]
        if up == test:
            inside.add(index)
    return {
        number: (case.tests[own].start_ns, case.tests[own].end_ns)
        for number, own in _tests_of_goroutines(case).items()
        if own in inside and number in told.lives
    }


def _tests_of_goroutines(case: Case) -> dict[int, int]:
    """Return the test of each goroutine: that which it runs, or that of who created it."""
    table = case.tables.goroutines()
    creator = dict(zip(table["goroutine"].tolist(), table["creator"].tolist(), strict=True))
    runs = {test.goroutine: test.index for test in case.tests if test.goroutine}
    found = {}
    for number in creator:
        up = number
        while up and up not in runs:
            up = creator.get(up, 0)
        if up:
            found[number] = runs[up]
    return found


def _left(case: Case, test: int, told: Told) -> int:
    owners, own = _tests_of_goroutines(case), {each.goroutine for each in case.tests}
    if test < 0:
        return sum(told.lives[each][1] < 0 for each in owners if each in told.lives)
    windows = _windows(case, test, told)
    return sum(
        told.lives[each][0] <= closes and not 0 <= told.lives[each][1] <= closes
        for each, (_, closes) in windows.items()
        if each not in own
    )


def _counts(
    told: Told, windows: dict[int, tuple[int, int]], start: int, end: int
) -> dict[str, float | None]:
    changes: list[tuple[int, int]] = []
    alive = 0
    for number, (opens, closes) in windows.items():
        born, died = told.lives[number]
        born, died = max(born, opens), min(died if died >= 0 else closes + 1, closes)
        if born > died:
            continue  # it began after its test had ended
        ends_here = told.lives[number][1] >= 0 or (opens, closes) != (0, told.end_ns)
        alive += born <= start
        changes += [(born, 1)] if born > start else []
        changes += [(died, -1)] if ends_here and died <= end else []
    counts, levels, since = [], [(alive, 0)], start
    for time, step in sorted(changes, key=lambda change: (change[0], -change[1])):
        levels[-1] = (alive, time - since)
        alive, since = alive + step, time
        counts.append(alive)
        levels.append((alive, 0))
    levels[-1] = (alive, end - since)
    whole = sum(lasted for _, lasted in levels)
    mean = sum(level * lasted for level, lasted in levels) / whole
    by_time = sum(lasted * (level - mean) ** 2 for level, lasted in levels) / whole
    return {
        "goroutine_count_variance": statistics.pvariance(counts) if counts else 0.0,
        "goroutine_count_variance_by_time": by_time,
        "goroutines_peak": max(level for level, _ in levels),
    }


def _collector(
    told: Told, goroutines: dict[int, tuple[int, int]] | None, start: int, end: int, running: int
) -> dict[str, float | None]:
    paused, longest, cycles, assisted = 0, 0, 0, 0
    for name, goroutine, begun, ended in told.ranges:
        if begun > end or ended < start:
            continue
        took = min(ended, end) - max(begun, start)
        if name.startswith("stop-the-world"):
            longest = max(longest, took)
            paused += took if name.startswith("stop-the-world (GC ") else 0
        if name == "GC mark assist" and (goroutines is None or goroutine in goroutines):
            assisted += took
        cycles += name == "GC concurrent mark phase" and begun >= start
    return {
        "gc_pause_ratio": paused / (end - start),
        "stw_max_ns": longest,
        "gc_cycles": cycles,
        "assist_share": assisted / running if running else None,
    }


def _ranges(events: Table, end_ns: int) -> list[tuple[str, int, int, int]]:
    begun: dict[tuple[str, int], int] = {}
    found = []
    for row in range(len(events["time_ns"])):
        event, name = str(events["event"][row]), str(events["name"][row])
        if not event.startswith("Range"):
            continue
        of_one = name.startswith(("stop", "GC mark assist"))
        key = (name, int(events["goroutine"][row]) if of_one else 0)
        if event == "RangeEnd":
            if key in begun:
                found.append((*key, begun.pop(key), int(events["time_ns"][row])))
        else:
            begun.setdefault(key, int(events["time_ns"][row]))
    return found + [(*key, since, end_ns) for key, since in begun.items()]


def _skewness(values: list[int]) -> float | None:
    if not values:
        return None
    spread = statistics.pstdev(values)
    apart = statistics.fmean(values) - statistics.median(values)
    return 3 * apart / spread if spread else 0.0


def _system_goroutines(case: Case) -> set[int]:
    table = case.tables.goroutines()
    return {
        int(number)
        for number, name in zip(table["goroutine"], table["start_function"], strict=True)
        if name.startswith(_SYSTEM) and not name.startswith(_NOT_OURS)
    }
