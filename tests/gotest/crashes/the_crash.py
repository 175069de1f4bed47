"""The one crash of a run or of some lines, and the functions of a goroutine's stack."""

from __future__ import annotations

from flakecore.gotest import Crash, GoroutineDump, Lines, PackageRun, read_crashes


def the_crash(run: PackageRun) -> Crash:
    (crash,) = run.crashes
    return crash


def the_crash_in(lines: Lines) -> Crash:
    (crash,) = read_crashes(lines)
    return crash


def functions(goroutine: GoroutineDump) -> list[str]:
    return [frame.function for frame in goroutine.frames]
