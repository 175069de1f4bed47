"""Separates packages whose test processes wrote to one log at the same time, line by line.

So ``make -j`` and gotestsum's verbose formats mix them. A process runs its tests one after another
but for those that are paused (``=== PAUSE``), so a test that begins while another of the same level
runs belongs to another process. Where two processes are between two tests at once, nothing shows
which of them a further test is from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from flakecore.gotest.streams.package_events import PackageEvents


@dataclass(slots=True, eq=False)
class _Process:
    """The tests of one process.

    Attributes:
        tests: their indices.
        paused: by the name of each top-level test that has not ended, whether it is paused.
        running: how many of them are not.
        is_over: whether its package's verdict was reported.
    """

    tests: list[int] = field(default_factory=list)
    paused: dict[str, bool] = field(default_factory=dict)
    running: int = 0
    is_over: bool = False


_MOST = 64
"""Processes that are distinguished at a time: go runs as many as there are processors."""


def _set(process: _Process, name: str, *, paused: bool) -> None:
    """Note that a test of a process runs, or is paused."""
    process.running += process.paused.get(name, True) - paused
    process.paused[name] = paused


class MixedPackages:
    """Follows the tests of a log, as far as ``-v`` shows when they begin and end.

    Attributes:
        is_unsure: whether a test may belong to either of two processes.
        takes_turns: whether a process has gone on after another one printed something.
    """

    def __init__(self) -> None:
        self._processes: list[_Process] = []
        self._of_test: dict[str, _Process] = {}
        self._latest: _Process | None = None
        self._left: set[int] = set()
        self.is_unsure = False
        self.takes_turns = False

    def event(self, action: str, name: str, index: int) -> None:
        """Take in what a line prints of a test.

        Args:
            action: RUN, PAUSE, CONT, or its result.
            name: the test.
            index: its index among those of the log, where it begins.
        """
        top = name.partition("/")[0]
        if action == "RUN" and top == name:
            process = self._of_next_test()
            _set(process, name, paused=False)
        elif top in self._of_test:
            process = self._of_test[top]
        elif self._processes:
            process = self._processes[-1]
        else:
            return
        if action == "RUN":
            process.tests.append(index)
            self._of_test[top] = process
        elif top == name and name in process.paused:
            if action in ("PAUSE", "CONT"):
                _set(process, name, paused=action == "PAUSE")
            else:
                process.running -= not process.paused.pop(name)
        self._follow(process)

    def _of_next_test(self) -> _Process:
        """Return the process that a top-level test belongs to which begins now."""
        alive = [each for each in self._processes[-_MOST:] if not each.is_over]
        free = [each for each in alive if not each.running]
        self.is_unsure |= len(free) > 1 or len(alive) == _MOST
        if free or len(alive) == _MOST:
            return (free or alive)[-1]
        self._processes.append(_Process())
        return self._processes[-1]

    def _follow(self, process: _Process) -> None:
        if self._latest is not None and process is not self._latest:
            self._left.add(id(self._latest))
            self.takes_turns |= id(process) in self._left
        self._latest = process

    def end_of_one(self) -> list[int] | None:
        """Return the tests of the one process that may be over while others are not, and end it.

        None where there is no such process, or more than one; no test where it is not known which
        tests are its own.
        """
        alive = [each for each in self._processes[-_MOST:] if not each.is_over]
        done = [each for each in alive if not each.paused]
        if not done or len(alive) == 1 or (len(done) > 1 and not self.is_unsure):
            return None
        done[0].is_over = True
        return [] if self.is_unsure else done[0].tests


@dataclass(frozen=True, slots=True)
class EndedPackage:
    """A package whose verdict was reported while tests of others ran.

    Attributes:
        package: its import path.
        action: pass or fail.
        elapsed: seconds as go prints them; None where it does not.
        wall: when, in Unix nanoseconds; None if unknown.
        tests: indices of its tests; none where it is not known which they are.
        first_line, last_line: positions of what go printed of it.
    """

    package: str
    action: str
    elapsed: float | None
    wall: int | None
    tests: tuple[int, ...]
    first_line: int
    last_line: int


def split_by_package(
    run: PackageEvents, ended: Sequence[EndedPackage], own: EndedPackage | None
) -> list[PackageEvents]:
    """Return the packages whose tests and lines were read as one run's, in the order they ended.

    Args:
        run: what was read.
        ended: those that ended before all tests had.
        own: the last one where it is not known which tests are its own: then they are of no
            package.
    """
    apart = [*ended, own] if own is not None else ended
    owner = np.full(run.test_count + 1, -1)  # the last stands for no test
    for number, each in enumerate(apart):
        owner[list(each.tests)] = number
    of_line = owner[np.frombuffer(run.lines.tests, np.int32)]
    for number, each in enumerate(apart):
        of_line[each.first_line : each.last_line + 1] = number
    packages = []
    for number, each in enumerate(apart):
        part = PackageEvents(each.package)
        part.take(run, each.tests, np.flatnonzero(of_line == number).tolist())
        part.end(each.action, each.wall, each.elapsed, "")
        packages.append(part)
    rest = PackageEvents(run.package)
    rest.take(run, np.flatnonzero(owner[:-1] < 0).tolist(), np.flatnonzero(of_line < 0).tolist())
    return [*packages, rest]
