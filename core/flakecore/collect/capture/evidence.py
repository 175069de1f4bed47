"""What a run left behind, and why something is missing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flakecore.bundle import Recorded
from flakecore.collect.binaries.relay import ENDED, PACKET, RECORD, STARTED, WRITES_MAGIC
from flakecore.collect.capture.json_follower import PackageVerdict, TestStream
from flakecore.collect.command.options import TRACE, written_by_binary
from flakecore.profile_kinds import PROFILE_KINDS

# The header and the first batch's start: what there is of a trace before its first flush, which
# comes after about a second or at an orderly end.
_NO_DATA = 128
_WRITES, _OUTPUT = "writes", "output"
_OBJECTS = "objects.json"
_WINDOW = "flight-"
"""How the name of a flight recorder's window begins; its moment follows."""
_HEAD_OF_A_PAGE = 64
"""Bytes of a page that hold why it was written."""
_MEMORY = "mem.pprof"
_LEAN = "most runs of a hunt write no profile of memory where they pass, to be quick"
_CPU = "cpu.pprof"
_CPU_YIELDED = ".cpu-yielded"
"""Left by a test binary whose CPU profile made way for one of the tests' own."""
_EVERYTHING = "trace and profiles"

KINDS: Mapping[str, str] = {
    TRACE: "trace",
    **{kind.file: kind.artefact for kind in PROFILE_KINDS},
    "goroutine.txt": "goroutines",
    _OBJECTS: "objects",
    _WRITES: "writes",
    _OUTPUT: "output",
    "test.json": "test-json",
}
"""What the files of a bundle are, as the JSON report names it."""

# What the probe writes before the deadline, for the case that testing itself cannot any more.
_SPARE = {"deadline-block.pprof": "block.pprof", "deadline-mutex.pprof": "mutex.pprof"}


@dataclass(frozen=True, slots=True)
class Absence:
    """Something that a reader would look for and not find.

    Attributes:
        package: whose it would be; empty for a whole attempt's.
        names: the files.
        why: the reason.
        all_of_it: whether nothing of the package is there, so that the files need no naming.
        by_choice: whether it was left out on purpose, so that it needs no sentence.
    """

    package: str
    names: tuple[str, ...]
    why: str
    all_of_it: bool = False
    by_choice: bool = False

    def sentence(self, *, several: bool) -> str:
        """Return it as a line, with the package if there are several."""
        what = _EVERYTHING if self.all_of_it else ", ".join(self.names)
        return f"{self.package}: {what}: {self.why}" if several else f"{what}: {self.why}"


@dataclass(frozen=True, slots=True)
class Process:
    """How a test binary fared, as its relay noted.

    Attributes:
        started_ns: when it started, on CLOCK_MONOTONIC; 0 if unknown.
        ended_ns: when it ended; 0 if that was not seen.
        status: its wait status; None if its end was not seen.
    """

    started_ns: int = 0
    ended_ns: int = 0
    status: int | None = None


def process_of(folder: Path) -> Process:
    """Return how the test binary fared whose evidence lies in a folder."""
    with suppress(OSError), (folder / _WRITES).open("rb") as file:
        head = file.read(len(WRITES_MAGIC) + 4 + 3 * RECORD.size)
        size = file.seek(0, os.SEEK_END)
        # The end is noted before the last moment on both clocks.
        file.seek(max(len(WRITES_MAGIC) + 4, size - 3 * RECORD.size))
        tail = file.read()
        started, ended, status = 0, 0, None
        for records in (head[len(WRITES_MAGIC) + 4 :], tail):
            whole = len(records) - len(records) % RECORD.size
            for time_ns, number, _, kind, _ in RECORD.iter_unpack(records[:whole]):
                if kind == STARTED:
                    started = time_ns
                elif kind == ENDED:
                    ended, status = time_ns, number
                elif kind == PACKET and ended:
                    ended, status = 0, None
        return Process(started, ended, status)
    return Process()


def tidy_artefacts(attempt: Path) -> None:
    """Rename spare profiles to the profiles they replace, and delete empty and hidden files."""
    for path in sorted([*attempt.glob("*"), *(attempt / "packages").rglob("*")]):
        if path.name in _SPARE and path.is_file():
            regular = path.with_name(_SPARE[path.name])
            if _size(regular):
                path.unlink()
            else:
                path.replace(regular)
        elif path.name == _CPU_YIELDED:
            continue
        elif path.is_file() and (path.name.startswith(".") or not _size(path)):
            path.unlink()


def absences(
    attempt: Path,
    packages: tuple[str, ...],
    stream: TestStream,
    *,
    stopped: bool,
    killed_for_memory: bool,
    relayed: bool,
    flight_ns: int,
    lean: bool = False,
) -> list[Absence]:
    """Return what a reader would look for in an attempt and not find, each with the reason.

    Args:
        attempt: its folder.
        packages: the packages under test.
        stream: what `go test` printed.
        stopped: whether the run was asked to stop.
        killed_for_memory: whether the kernel killed processes meanwhile for want of memory.
        relayed: whether this system has what it takes to record writes.
        lean: whether it leaves nothing but trace and output where it passes.
        flight_ns: how much of the trace is recorded before each failure; 0 for the whole of it.
    """
    found: list[Absence] = []
    evidence = written_by_binary(flight_ns).values()
    for package in packages:
        folder = attempt / "packages" / package
        verdict = stream.verdict(package)
        if reason := _never_ran(folder, verdict, stopped=stopped):
            found.append(Absence(package, tuple(evidence), reason, all_of_it=True))
            continue
        ended = _how_it_ended(process_of(folder), stopped, killed_for_memory)
        sizes = {name: _size(folder / name) for name in evidence}
        if lean and not sizes[_MEMORY] and verdict.result in ("pass", "skip"):
            del sizes[_MEMORY]
            found.append(Absence(package, (_MEMORY,), _LEAN, by_choice=True))
        if unwritten := tuple(name for name, size in sizes.items() if size == 0):
            found.append(
                Absence(package, unwritten, f"the test process {ended} before writing this")
            )
        if 0 < sizes.get(TRACE, 0) < _NO_DATA:
            why = f"the test process {ended} before anything was flushed to it"
            found.append(Absence(package, (TRACE,), why))
        if (folder / _CPU_YIELDED).exists():
            why = "it ends where the tests began a CPU profile of their own"
            found.append(Absence(package, (_CPU,), why))
        if not relayed:
            why = "this system has no pipes that keep writes apart"
            found.append(Absence(package, (_WRITES, _OUTPUT), why))
    return found


def hung_packages(attempt: Path, packages: Sequence[str]) -> tuple[str, ...]:
    """Return the packages whose run was ended because their tests could not go on.

    Args:
        attempt: the attempt's folder.
        packages: the packages under test.
    """
    return tuple(package for package in packages if _hung(attempt / "packages" / package))


def _hung(folder: Path) -> bool:
    """Return whether the last page that a test binary wrote is that of a hang."""
    with suppress(OSError), (folder / _OBJECTS).open("rb") as file:
        pages = [line[:_HEAD_OF_A_PAGE] for line in file]
        return bool(pages) and b'"why":"hang"' in pages[-1]
    return False


def _never_ran(folder: Path, verdict: PackageVerdict, *, stopped: bool) -> str:
    if not verdict.has_tests:
        return "the package has no test files"
    if not verdict.built:
        return "the package or its tests do not build"
    if not folder.is_dir():
        return f"the tests did not run{': the run was stopped before' if stopped else ''}"
    return ""


def _how_it_ended(process: Process, stopped: bool, killed_for_memory: bool) -> str:
    if stopped:
        return "was stopped"
    if process.status is None:
        return "ended (by a panic, os.Exit or a signal)"
    if os.WIFSIGNALED(process.status):
        number = os.WTERMSIG(process.status)
        name = signal.Signals(number).name if number in list(signal.Signals) else str(number)
        memory = number == signal.SIGKILL and killed_for_memory
        return f"was killed by {name}{' for want of memory' if memory else ''}"
    return f"ended by a panic or os.Exit (exit code {os.waitstatus_to_exitcode(process.status)})"


def recorded(root: Path, folder: str, number: int, missing: list[Absence]) -> Iterator[Recorded]:
    """Yield the artefacts of one attempt, and then what is missing.

    Args:
        root: the bundle in its unpacked layout.
        folder: where the attempt lies in it; empty for the top.
        number: the attempt's number.
        missing: what it lacks.
    """
    attempt = root / folder
    prefix = f"{folder}/" if folder else ""
    for path in sorted(attempt.rglob("*")):
        below = path.relative_to(attempt)
        if not path.is_file() or any(part.startswith(".") for part in below.parts):
            continue
        if not folder and below.parts[0] == "attempts":
            continue
        package = "/".join(below.parts[1:-1]) if below.parts[0] == "packages" else ""
        yield Recorded(
            name=f"{prefix}{below.as_posix()}",
            package=package,
            attempt=number,
            kind=_kind(path.name),
            bytes=_size(path),
            unix_ns=_moment(path.name),
        )
    for absence in missing:
        for name in absence.names:
            yield Recorded(
                name=f"{prefix}packages/{absence.package}/{name}",
                package=absence.package,
                attempt=number,
                kind=_kind(name),
                missing=absence.why,
            )


def _kind(name: str) -> str:
    """Return the kind of a file by its name, which may hold a moment: ``block-<ns>.pprof``."""
    if name.endswith(".go") or name == "go.mod":
        return "source"
    if name.startswith(_WINDOW):
        return KINDS[TRACE]
    stem, dot, ending = name.partition(".")
    return KINDS.get(name) or KINDS.get(f"{stem.partition('-')[0]}{dot}{ending}", "unknown")


def _moment(name: str) -> int:
    digits = name.partition(".")[0].rpartition("-")[2]
    return int(digits) if digits.isdigit() and len(digits) == 19 else 0


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
