"""Traces of the old format: those that Go keeps of real releases, and one made for the occasion."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from capture_cache import once_a_process
from flakecore.gotrace import State
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.intervals.transitions import Transitions
from flakecore.gotrace.v1 import TraceV1, read_v1
from gotrace.recordings import trace_file
from gotrace.reference import ReferenceEvent, read_reference
from toolchains import go_toolchain

FRESH = "1.21.13"
_GOLDEN = Path("src", "internal", "trace", "internal", "tracev1", "testdata")
GOLDEN = (
    "fmt_1_21_pprof_good",
    "http_1_19_good",
    "http_1_21_good",
    "stress_1_11_good",
    "stress_1_19_good",
    "stress_1_21_good",
    "stress_start_stop_1_11_good",
    "stress_start_stop_1_19_good",
    "stress_start_stop_1_21_good",
    "user_task_region_1_11_good",
    "user_task_region_1_19_good",
    "user_task_region_1_21_good",
)
STRESS_OF_1_19 = "stress_1_19_good"
NAMES = (
    *(each for each in GOLDEN if each != STRESS_OF_1_19),
    pytest.param(STRESS_OF_1_19, marks=pytest.mark.slow),
    FRESH,
)
"""Those to try. Of the three large ones, 1.19's is slow: each day its other traces are tried."""


_STATES = {
    State.ABSENT: "NotExist",
    State.RUNNING: "Running",
    State.RUNNABLE: "Runnable",
    State.SYSCALL: "Syscall",
    State.OTHER_WAIT: "Waiting",
    State.IDLE: "Idle",
}


class Change(NamedTuple):
    """One of our changes of state; ``said`` is its state and reason in the reference's words."""

    said: str
    time: int
    stack: int
    actor: int
    goroutine: int
    proc: int
    thread: int

    @property
    def starts(self) -> bool:
        return self.said == "Running " and self.goroutine >= 0


@dataclass(frozen=True, eq=False)
class Sample:
    """A trace of the old format, as we read it and as the reference does."""

    data: bytes
    trace: TraceV1
    reference: list[ReferenceEvent]

    @functools.cached_property
    def goroutines(self) -> dict[int, list[Change]]:
        return self._lanes(self.trace.goroutines)

    @functools.cached_property
    def procs(self) -> dict[int, list[Change]]:
        return self._lanes(self.trace.procs)

    @functools.cached_property
    def threads(self) -> dict[int, list[Change]]:
        return self._lanes(self.trace.threads)

    def _lanes(self, lanes: Transitions) -> dict[int, list[Change]]:
        by_lane: defaultdict[int, list[Change]] = defaultdict(list)
        said = {
            (state, reason): f"{words} {self.trace.strings[reason]}"
            for state, words in _STATES.items()
            for reason in np.unique(lanes.reason).tolist()
        }
        changes = map(
            Change,
            map(said.__getitem__, zip(lanes.state.tolist(), lanes.reason.tolist(), strict=True)),
            self.to_ns(lanes.tick).tolist(),
            lanes.stack.tolist(),
            lanes.actor.tolist(),
            lanes.goroutine.tolist(),
            lanes.proc.tolist(),
            lanes.thread.tolist(),
        )
        for lane, change in zip(lanes.lane.tolist(), changes, strict=True):
            by_lane[lane].append(change)
        return dict(by_lane)

    @functools.cached_property
    def goroutine_reference(self) -> dict[int, list[ReferenceEvent]]:
        """The reference's changes of state of each goroutine."""
        return self._changes("GoID=")

    @functools.cached_property
    def proc_reference(self) -> dict[int, list[ReferenceEvent]]:
        return self._changes("ProcID=")

    def _changes(self, of: str) -> dict[int, list[ReferenceEvent]]:
        by_lane: defaultdict[int, list[ReferenceEvent]] = defaultdict(list)
        for event in self.reference:
            if event.kind == "StateTransition" and event.text.startswith(of):
                number = event.text[len(of) : event.text.index(" ")]
                by_lane[int(number)].append(event)
        return dict(by_lane)

    def to_ns(self, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        return TickClock(self.trace.start_tick, self.trace.frequency).to_ns(ticks)

    @functools.cached_property
    def stacks(self) -> dict[int, list[tuple[str, int]]]:
        """Stacks as functions and lines, innermost first."""
        strings = self.trace.strings
        return {0: []} | {
            number: [(strings[function], line) for _, function, _, line in frames]
            for number, frames in self.trace.stacks.items()
        }


def golden_folder() -> Path:
    return go_toolchain().resolve().parents[1] / _GOLDEN


def sample_path(name: str) -> Path:
    return trace_file(name) if name == FRESH else golden_folder() / name


@once_a_process
def sample(name: str) -> Sample:
    path = sample_path(name)
    data = path.read_bytes()
    return Sample(data, read_v1(memoryview(data), name=name), read_reference(path))
