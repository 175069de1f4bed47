"""A Go scheduler in miniature: takes events one by one and refuses what could not happen next.

What is legal when is that of the reference (``src/internal/trace/order.go``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.format.wire import STEPS, Ev, GoStatus, ProcStatus
from gotrace.rendering import every_argument


class IllegalError(Exception):
    """An event that could not happen in the state the scheduler is in."""


@dataclass(slots=True)
class _Thread:
    goroutine: int | None = None
    proc: int | None = None


@dataclass(slots=True)
class _Resource:
    status: int
    sequence: int = 0


@dataclass
class Scheduler:
    """Goroutines, procs and threads, as far as the events so far tell."""

    goroutines: dict[int, _Resource] = field(default_factory=dict)
    procs: dict[int, _Resource] = field(default_factory=dict)
    threads: dict[int, _Thread] = field(default_factory=dict)
    collector: int = -1

    def replay(self, events: EventColumns, order: NDArray[np.intp]) -> None:
        """Take a generation's events in an order.

        Raises:
            IllegalError: it could not have happened so.
        """
        kinds = events.type[order].tolist()
        threads = events.thread(order).tolist()
        table = every_argument(events)[order].tolist()
        for kind, thread, row in zip(kinds, threads, table, strict=True):
            event = Ev(kind)
            arguments = row[: int(STEPS[kind]) - 2]
            try:
                self._take(event, thread, arguments)
            except (AssertionError, KeyError) as error:
                raise IllegalError(f"{event.name} {arguments} on thread {thread}") from error

    def _take(self, event: Ev, thread: int, arguments: list[int]) -> None:
        m = self.threads.setdefault(thread, _Thread())
        if event in (Ev.GO_STATUS, Ev.GO_STATUS_STACK):
            self._goroutine_status(m, thread, *arguments[:3])
        elif event is Ev.PROC_STATUS:
            self._proc_status(m, *arguments)
        elif event.name.startswith("PROC") and event is not Ev.PROCS_CHANGE:
            self._proc_event(event, m, arguments)
        elif event.name.startswith("GO_SYSCALL"):
            self._syscall(event, m, arguments)
        elif event.name.startswith("GO_") and event is not Ev.GO_LABEL:
            self._goroutine_event(event, m, arguments)
        elif event in (Ev.GC_ACTIVE, Ev.GC_BEGIN, Ev.GC_END):
            assert self.collector < 0 or arguments[0] == self.collector + 1
            self.collector = arguments[0]
        elif event is Ev.GC_MARK_ASSIST_ACTIVE:
            assert arguments[0] in self.goroutines
        elif event is Ev.GC_SWEEP_ACTIVE:
            assert arguments[0] in self.procs
        else:
            assert m.proc is not None
            assert m.goroutine is not None or event.name.startswith(("HEAP", "GC_SWEEP"))

    def _goroutine_status(self, m: _Thread, thread: int, number: int, on: int, status: int) -> None:
        known = self.goroutines.setdefault(number, _Resource(status))
        assert known.status == status
        known.sequence = 0
        if status == GoStatus.RUNNING or (status == GoStatus.SYSCALL and on == thread):
            m.goroutine = number
        elif status == GoStatus.SYSCALL:
            assert self.threads.setdefault(on, _Thread(number)).goroutine in (number, None)
            self.threads[on].goroutine = number

    def _proc_status(self, m: _Thread, number: int, status: int) -> None:
        known = self.procs.setdefault(number, _Resource(status))
        if status != ProcStatus.SYSCALL_ABANDONED or known.status != ProcStatus.SYSCALL:
            assert known.status == status
        known.sequence = 0
        if status in (ProcStatus.RUNNING, ProcStatus.SYSCALL):
            m.proc = number

    def _proc_event(self, event: Ev, m: _Thread, arguments: list[int]) -> None:
        if event is Ev.PROC_STOP:
            assert m.proc is not None
            proc = self.procs[m.proc]
            assert proc.status in (ProcStatus.RUNNING, ProcStatus.SYSCALL)
            m.proc = None
        else:
            proc = self.procs[arguments[0]]
            _advance(proc, arguments[1])
        if event is Ev.PROC_START:
            assert m.proc is None
            assert proc.status == ProcStatus.IDLE
            m.proc, proc.status = arguments[0], ProcStatus.RUNNING
            return
        if event is Ev.PROC_STEAL:
            assert proc.status in (ProcStatus.SYSCALL, ProcStatus.SYSCALL_ABANDONED)
            if proc.status == ProcStatus.SYSCALL:
                victim = self.threads[arguments[2]]
                assert victim.proc == arguments[0]
                victim.proc = None
        proc.status = ProcStatus.IDLE

    def _syscall(self, event: Ev, m: _Thread, arguments: list[int]) -> None:
        assert m.goroutine is not None
        goroutine = self.goroutines[m.goroutine]
        if event is Ev.GO_SYSCALL_END_BLOCKED:
            assert m.proc is None or self.procs[m.proc].status != ProcStatus.SYSCALL
            _change(goroutine, GoStatus.SYSCALL, GoStatus.RUNNABLE)
            m.goroutine = None
            return
        assert m.proc is not None
        if event is Ev.GO_SYSCALL_BEGIN:
            _change(goroutine, GoStatus.RUNNING, GoStatus.SYSCALL)
            _advance(self.procs[m.proc], arguments[0])
            self.procs[m.proc].status = ProcStatus.SYSCALL
        else:
            _change(goroutine, GoStatus.SYSCALL, GoStatus.RUNNING)
            _change(self.procs[m.proc], ProcStatus.SYSCALL, ProcStatus.RUNNING)

    def _goroutine_event(self, event: Ev, m: _Thread, arguments: list[int]) -> None:
        if event is Ev.GO_CREATE_SYSCALL:
            assert m.goroutine is None
            assert arguments[0] not in self.goroutines
            self.goroutines[arguments[0]] = _Resource(GoStatus.SYSCALL)
            m.goroutine = arguments[0]
        elif event in (Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED):
            assert m.proc is not None
            assert arguments[0] not in self.goroutines
            blocked = event is Ev.GO_CREATE_BLOCKED
            status = GoStatus.WAITING if blocked else GoStatus.RUNNABLE
            self.goroutines[arguments[0]] = _Resource(status)
        elif event is Ev.GO_START:
            assert m.proc is not None
            assert m.goroutine is None
            goroutine = self.goroutines[arguments[0]]
            _advance(goroutine, arguments[1])
            _change(goroutine, GoStatus.RUNNABLE, GoStatus.RUNNING)
            m.goroutine = arguments[0]
        elif event is Ev.GO_UNBLOCK:
            goroutine = self.goroutines[arguments[0]]
            _advance(goroutine, arguments[1])
            _change(goroutine, GoStatus.WAITING, GoStatus.RUNNABLE)
        else:
            self._leave(event, m, arguments)

    def _leave(self, event: Ev, m: _Thread, arguments: list[int]) -> None:
        assert m.goroutine is not None
        goroutine = self.goroutines[m.goroutine]
        if event is Ev.GO_DESTROY_SYSCALL:
            assert goroutine.status == GoStatus.SYSCALL
            if m.proc is not None:
                _change(self.procs[m.proc], ProcStatus.SYSCALL, ProcStatus.SYSCALL_ABANDONED)
            m.proc = None
        else:
            assert m.proc is not None
            blocks = event in (Ev.GO_BLOCK, Ev.GO_SWITCH)
            _change(goroutine, GoStatus.RUNNING, GoStatus.WAITING if blocks else GoStatus.RUNNABLE)
        if event in (Ev.GO_DESTROY, Ev.GO_DESTROY_SYSCALL, Ev.GO_SWITCH_DESTROY):
            del self.goroutines[m.goroutine]
        m.goroutine = None
        if event in (Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY):
            following = self.goroutines[arguments[0]]
            _advance(following, arguments[1])
            _change(following, GoStatus.WAITING, GoStatus.RUNNING)
            m.goroutine = arguments[0]


def _advance(resource: _Resource, sequence: int) -> None:
    assert sequence == resource.sequence + 1
    resource.sequence = sequence


def _change(resource: _Resource, before: int, after: int) -> None:
    assert resource.status == before
    resource.status = after


def legal(orders: Iterable[tuple[EventColumns, NDArray[np.intp]]]) -> bool:
    """Whether a whole trace's generations could have happened in these orders."""
    scheduler = Scheduler()
    try:
        for events, order in orders:
            scheduler.replay(events, order)
    except IllegalError:
        return False
    return True
