"""The features of a run worked out event by event, with loops and dicts: slow, and plain."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence

from flakecore.comparison.features.durations import Piece
from flakecore.timeline import Case, Table

_SYSTEM = ("runtime.", "runtime/trace.", "runtime/pprof.", "os/signal.")


def values_of(pieces: Sequence[Piece]) -> list[int]:
    """Return the durations of some pieces, ascending."""
    return sorted(value for piece in pieces for value in piece.tolist())


def plain_features(case: Case) -> dict[str, float | None]:
    """Return the features of the run that the raw events alone give."""
    events = case.tables.events()
    system = _system_goroutines(case)
    end_ns = case.trace.end_ns if case.trace is not None else 0
    state: dict[int, tuple[str, int]] = {}
    spans: defaultdict[str, list[int]] = defaultdict(list)
    unended, preempted, steals = 0, 0, 0
    procs: set[int] = set()
    counts: list[int] = []
    changes: list[tuple[int, int]] = []
    procs_in_calls: dict[int, bool] = {}
    for row in range(len(events["time_ns"])):
        if events["event"][row] != "StateTransition":
            continue
        time, number = int(events["time_ns"][row]), int(events["number"][row])
        before, after = str(events["from_state"][row]), str(events["to_state"][row])
        if events["subject"][row] == "proc":
            if after == "Idle" and procs_in_calls.get(number):
                steals += 1
            procs_in_calls[number] = False
            continue
        if events["subject"][row] != "goroutine":
            continue
        proc = int(events["proc"][row])
        if after == "Syscall" and proc >= 0:
            procs_in_calls[proc] = True
        elif before == "Syscall" and proc >= 0:
            procs_in_calls[proc] = False
        if number in system:
            continue
        if number in state and (before == "Undetermined" or before == after):
            continue  # told again at the start of a generation
        if number in state:
            was, since = state[number]
            spans[was].append(time - since)
        elif before == "Undetermined":
            spans[after].append(0)
            changes.append((0, 1))
            state[number] = (after, 0)
            continue
        if before == "NotExist":
            changes.append((time, 1))
        if after == "NotExist":
            changes.append((time, -1))
            state.pop(number, None)
            continue
        if after == "Running" and proc >= 0:
            procs.add(proc)
        preempted += events["reason"][row] == "preempted"
        state[number] = (after, time)
    for was, since in state.values():
        spans[was].append(end_ns - since)
        unended += was == "Waiting"
    alive = sum(step for time, step in changes if time <= 0 and step > 0)
    for _, step in sorted(
        (change for change in changes if change[0] > 0 or change[1] < 0),
        key=lambda change: (change[0], -change[1]),
    ):
        alive += step
        counts.append(alive)
    running, runnable = sum(spans["Running"]), sum(spans["Runnable"])
    lived = sum(sum(each) for each in spans.values())
    calls = spans["Syscall"]
    queued = sorted(spans["Runnable"])
    return {
        "goroutine_count_variance": statistics.pvariance(counts) if counts else 0.0,
        "goroutines_peak": max(counts, default=alive),
        "syscall_latency_skew": 3
        * (statistics.fmean(calls) - statistics.median(calls))
        / statistics.pstdev(calls),
        "waits_never_ended": unended,
        "longest_wait_ns": max(spans["Waiting"]),
        "blocked_share": sum(spans["Waiting"]) / lived,
        "runnable_p99_ns": queued[-(-99 * len(queued) // 100) - 1],
        "runnable_share": runnable / (runnable + running),
        "procs_used": len(procs),
        "preemptions": preempted,
        "steals": steals,
        **_collector(events, end_ns),
    }


def _collector(events: Table, end_ns: int) -> dict[str, float]:
    begun: dict[tuple[str, int], int] = {}
    paused, longest, cycles = 0, 0, 0
    for row in range(len(events["time_ns"])):
        event, name = str(events["event"][row]), str(events["name"][row])
        time = int(events["time_ns"][row])
        if not event.startswith("Range"):
            continue
        key = (name, int(events["goroutine"][row]) if name.startswith("stop") else 0)
        if event == "RangeEnd":
            if key in begun and name.startswith("stop-the-world"):
                took = time - begun.pop(key)
                longest = max(longest, took)
                paused += took if name.startswith("stop-the-world (GC ") else 0
            begun.pop(key, None)
        elif key not in begun:
            begun[key] = time
            cycles += name == "GC concurrent mark phase"
    return {"gc_pause_ratio": paused / end_ns, "stw_max_ns": longest, "gc_cycles": cycles}


def _system_goroutines(case: Case) -> set[int]:
    table = case.tables.goroutines()
    return {
        int(number)
        for number, name in zip(table["goroutine"], table["start_function"], strict=True)
        if name.startswith(_SYSTEM) and not name.startswith(("runtime.main", "runtime/pprof.Do"))
    }
