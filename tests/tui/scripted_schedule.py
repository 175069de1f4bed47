"""Goroutines of a made-up deadlock, whose schedule is scripted instead of read from a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flakecore.timeline import (
    Axis,
    Cells,
    Frame,
    FrameQuery,
    Goroutine,
    Interval,
    Lane,
    LaneKind,
    Schedule,
    Stack,
    State,
    Wake,
)

MS = 1_000_000
"""Nanoseconds of a millisecond."""
END = 3_600 * MS
PACKAGE = "example.com/pool"

G, P, M = LaneKind.GOROUTINE, LaneKind.PROC, LaneKind.THREAD
RUN, WAIT, RECEIVE, LOCK = State.RUNNING, State.RUNNABLE, State.CHAN_RECEIVE, State.MUTEX


def frame(function: str, file: str, line: int) -> Frame:
    return Frame(function, f"/src/{file}", line)


LOCK_AT_88: Stack = (
    frame("sync.runtime_SemacquireMutex", "runtime/sema.go", 95),
    frame("sync.(*Mutex).lockSlow", "sync/mutex.go", 173),
    frame("sync.(*Mutex).Lock", "sync/mutex.go", 92),
    frame(f"{PACKAGE}.(*Pool).work", "pool/pool.go", 88),
    frame(f"{PACKAGE}.(*Pool).start", "pool/pool.go", 61),
)
LOCK_AT_131: Stack = (*LOCK_AT_88[:3], frame(f"{PACKAGE}.(*Pool).flush", "pool/pool.go", 131))
RECEIVE_AT_40: Stack = (
    frame("runtime.chanrecv1", "runtime/chan.go", 506),
    frame(f"{PACKAGE}.TestDrain", "pool/pool_test.go", 40),
    frame("testing.tRunner", "testing/testing.go", 1934),
)
CREATED_AT: Stack = (frame(f"{PACKAGE}.New", "pool/pool.go", 34),)

Script = Sequence[tuple[int, State, Stack, int]]
"""Of each interval: its start in milliseconds, state, stack, and who woke its goroutine after."""

GOROUTINES: dict[int, tuple[str, int, int, Script]] = {
    # number: (function, creator, test, script)
    1: ("main.main", 0, -1, [(0, RUN, (), 0), (4, RECEIVE, (), 21), (3590, RUN, (), 0)]),
    18: (
        f"{PACKAGE}.TestFill",
        1,
        2,
        [(5, RUN, (), 0), (9, State.SLEEP, (), 0), (14, RUN, (), 0), (17, State.ABSENT, (), 0)],
    ),
    21: (
        "testing.tRunner",
        1,
        0,
        [
            (20, RUN, (), 0),
            (25, RECEIVE, RECEIVE_AT_40, 34),
            (400, WAIT, (), 0),
            (401, RUN, (), 0),
            (420, RECEIVE, RECEIVE_AT_40, 0),
        ],
    ),
    34: (
        f"{PACKAGE}.(*Pool).work",
        21,
        0,
        [
            (24, WAIT, (), 0),
            (26, RUN, (), 0),
            (90, State.SYSCALL, (), 0),
            (120, RUN, (), 0),
            (421, LOCK, LOCK_AT_88, 0),
        ],
    ),
    35: (
        f"{PACKAGE}.(*Pool).flush",
        21,
        0,
        [(24, WAIT, (), 0), (130, RUN, (), 0), (423, LOCK, LOCK_AT_131, 0)],
    ),
    36: ("testing.tRunner", 21, 1, [(28, RUN, (), 0), (32, State.ABSENT, (), 0)]),
    2: ("runtime.forcegchelper", 0, -1, [(0, State.SYSTEM, (), 0)]),
}


class ScriptedSchedule(Schedule):
    """Answers every query of a schedule from ``GOROUTINES``."""

    def __init__(self) -> None:
        self.start_ns, self.end_ns, self.procs = 0, END, 2
        self._script: dict[Lane, list[Interval]] = {}
        for number, (_, _, _, script) in GOROUTINES.items():
            self._script[Lane(G, number)] = self._scripted(Lane(G, number), script)
        for number in (0, 1):
            lane = Lane(P, number)
            runs = [
                (now.start_ns, now.end_ns, now.lane.id)
                for lane_of, row in self._script.items()
                for now in row
                if now.state is RUN and lane_of.id % 2 == number
            ]
            self._script[lane] = self._proc(lane, sorted(runs))
        thread = replace(self._script[Lane(P, 0)][0], lane=Lane(M, 7), proc=0, end_ns=END)
        self._script[Lane(M, 7)] = [thread]

    def _scripted(self, lane: Lane, script: Script) -> list[Interval]:
        found = []
        for index, (start, state, stack, waker) in enumerate(script):
            last = index + 1 == len(script)
            end_ns = END if last else script[index + 1][0] * MS
            woken = state.waiting and not last
            found.append(
                Interval(
                    lane=lane,
                    start_ns=start * MS,
                    end_ns=end_ns,
                    state=state,
                    reason="",
                    stack=stack,
                    goroutine=-1,
                    proc=lane.id % 2 if state is RUN else -1,
                    thread=-1,
                    before_trace=False,
                    to_the_end=last,
                    wake=Wake(end_ns, waker, ()) if woken else None,
                )
            )
        return [now for now in found if now.state is not State.ABSENT]

    def _proc(self, lane: Lane, runs: list[tuple[int, int, int]]) -> list[Interval]:
        found: list[Interval] = []
        at = 0
        for start, end, goroutine in [*runs, (END, END, -1)]:
            for state, begin, until, who in (
                (State.IDLE, at, start, -1),
                (RUN, max(at, start), end, goroutine),
            ):
                if begin < until:
                    found.append(
                        Interval(
                            lane,
                            begin,
                            until,
                            state,
                            "",
                            (),
                            who,
                            -1,
                            7,
                            False,
                            until == END,
                            None,
                        )
                    )
            at = max(at, end)
        return found

    is_decoded = True

    def wake_partners(
        self, goroutines: Sequence[int], pauses: Sequence[tuple[int, int]] = ()
    ) -> tuple[int, ...]:
        del goroutines, pauses
        return ()

    def is_cached(self, needs: FrameQuery) -> bool:
        del needs
        return True

    def lanes(self, kind: LaneKind) -> tuple[Lane, ...]:
        return tuple(sorted(lane for lane in self._script if lane.kind is kind))

    def alive_at(self, time_ns: int) -> tuple[int, ...]:
        known = (self.goroutine(number) for number in GOROUTINES)
        return tuple(
            one.id
            for one in known
            if one is not None and not one.system and one.created_ns <= time_ns
            if one.ended_ns is None or one.ended_ns > time_ns
        )

    def goroutine(self, number: int) -> Goroutine | None:
        if number not in GOROUTINES:
            return None
        function, creator, test, _ = GOROUTINES[number]
        row = self._script[Lane(G, number)]
        return Goroutine(
            id=number,
            function=function,
            creator=creator,
            created_ns=row[0].start_ns,
            ended_ns=None if row[-1].to_the_end else row[-1].end_ns,
            creation_stack=CREATED_AT,
            test=test,
            system=function.startswith("runtime."),
        )

    def goroutines_of(self, test: int) -> tuple[int, ...]:
        return tuple(number for number, facts in sorted(GOROUTINES.items()) if facts[2] == test)

    def changes(self, goroutines: Sequence[int]) -> NDArray[np.int64]:
        rows = [now for number in goroutines for now in self._script[Lane(G, number)]]
        ended = [now.end_ns for now in rows if not now.to_the_end]
        return np.unique(np.array([*(now.start_ns for now in rows), *ended], np.int64))

    def longest_stretch(self, goroutines: Sequence[int], start_ns: int, end_ns: int) -> int:
        moments = np.clip([start_ns, *self.changes(goroutines), end_ns], start_ns, end_ns)
        return int(np.diff(moments).max())

    def cells(self, lane: Lane, axis: Axis) -> Cells:
        edges, columns = axis.edges, axis.columns
        state = np.zeros(columns, np.uint8)
        thin = np.zeros(columns, np.uint8)
        occupant = np.full(columns, -1, np.int64)
        best = np.zeros(columns, np.int64)
        work = np.zeros(columns, np.uint8)
        for now in self._script[lane]:
            share = np.minimum(edges[1:], now.end_ns) - np.maximum(edges[:-1], now.start_ns)
            wins = share > best
            if now.state is RUN:
                part = np.clip(share * 255 // np.maximum(np.diff(edges), 1), 1, 255)
                work += np.where(share > 0, part, 0).astype(np.uint8)
            lost = (share > 0) & ~wins & ~now.state.waiting
            thin[lost] = now.state
            state[wins] = now.state
            occupant[wins] = now.goroutine if lane.kind is P else now.proc
            best = np.maximum(best, share)
        if lane.kind is G:
            occupant[:] = -1
        return Cells(state, thin, work, occupant)

    def at(self, lane: Lane, time_ns: int) -> Interval | None:
        row = self._script.get(lane, [])
        return next((now for now in row if now.start_ns <= time_ns < now.end_ns), None)

    def after(self, lane: Lane, time_ns: int) -> Interval | None:
        return next((now for now in self._script[lane] if now.start_ns > time_ns), None)

    def before(self, lane: Lane, time_ns: int) -> Interval | None:
        earlier = [now for now in self._script[lane] if now.end_ns <= time_ns]
        return earlier[-1] if earlier else None

    def waits(self, start_ns: int, end_ns: int, limit: int = 500) -> tuple[Interval, ...]:
        waits = [
            now
            for lane, row in self._script.items()
            for now in row
            if lane.kind is G
            and now.state.waiting
            and now.state is not State.SYSTEM
            and now.start_ns < end_ns
            and now.end_ns > start_ns
        ]
        return tuple(sorted(waits, key=lambda now: (not now.to_the_end, -now.duration_ns))[:limit])
