"""What a reader of ``go test`` output returns: packages, their tests and what they printed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flakecore.gotest.crashes.crashes import Crash
from flakecore.gotest.crashes.dumps import Dump
from flakecore.gotest.crashes.races import Race
from flakecore.gotest.streams.lines import Lines
from flakecore.loss import Loss


class Outcome(StrEnum):
    """How a test or a package ended."""

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"
    UNFINISHED = "unfinished"
    """The output has no end of it: it crashed, was killed, or the file is cut off."""
    BUILD_FAIL = "build-fail"
    """A package whose test binary could not be built; no test has this outcome."""


class Stamps(StrEnum):
    """Where the times of a run come from."""

    GO = "go"
    """``go test -json``, which stamps what it reads."""
    CI = "ci"
    """A CI or another tool that stamped the lines of a plain log, in Unix time."""
    LOCAL = "local"
    """A tool that stamped them in a time of its own: of an unknown zone or year, or from the start
    of the log. Their distances are right, and where they begin is not known."""
    NONE = "none"
    """A plain log has none."""


@dataclass(frozen=True, slots=True)
class TestRun:
    """One run of one test; ``-count`` and ``-cpu`` make several of one name.

    Attributes:
        name: with the names of its parents, ``TestX/case``.
        attempt: 0 for the first run of that name in its package, 1 for the next.
        outcome: how it ended.
        run_wall_ns: when go read ``=== RUN``, in Unix nanoseconds; None where the file lacks it.
        end_wall_ns: when go read its result; None for an unfinished test.
        elapsed_ns: the duration it reported, rounded by Go to 10 ms; without parallel children and
            without the time it was paused.
        waits: from ``=== PAUSE`` to ``=== CONT``, in Unix nanoseconds; None for a wait without end.
        attributes: the pairs it gave to ``t.Attr`` (Go 1.25 and later), in their order.
        artifacts: the folder that ``t.ArtifactDir`` gave it (Go 1.26 and later); empty for none.
        paused: whether it was paused, as parallel tests are (``=== PAUSE``).
    """

    __test__ = False  # so that pytest does not take it for a test class

    name: str
    attempt: int
    outcome: Outcome
    run_wall_ns: int | None
    end_wall_ns: int | None
    elapsed_ns: int | None
    waits: tuple[tuple[int, int | None], ...]
    attributes: tuple[tuple[str, str], ...] = ()
    artifacts: str = ""
    paused: bool = False

    @property
    def end_unknown(self) -> bool:
        """Whether nothing states that it ended."""
        return self.outcome is Outcome.UNFINISHED


@dataclass(frozen=True, slots=True)
class PackageRun:
    """One run of one package's test binary, or the failure to build it.

    Attributes:
        package: import path; empty for lines that came before any package was named.
        status: how it ended.
        start_wall_ns: when go started the test binary, in Unix nanoseconds; None before Go 1.20.
        end_wall_ns: when go read its end; None if the file lacks it.
        elapsed_ns: the duration that go reports for it; None if the file lacks it.
        cached: whether this is an old result that go replayed; its stamps are of the replay.
        tests: in the order they began.
        lines: in the order go read them, as columns; ``Line.position`` is the index here.
        crashes: in the order they were printed.
        races: in the order they were printed.
        dumps: stacks that no crash printed, in the order they were printed.
        build_output: what the compiler or the linker printed about the build that failed.
        failed_build: the import path whose build failed; empty where the file does not state it.
        stamps: where its times come from.
        resolution_ns: what the times are rounded down to.
    """

    package: str
    status: Outcome
    start_wall_ns: int | None
    end_wall_ns: int | None
    elapsed_ns: int | None
    cached: bool
    tests: tuple[TestRun, ...]
    lines: Lines
    crashes: tuple[Crash, ...]
    races: tuple[Race, ...]
    build_output: tuple[str, ...]
    failed_build: str
    stamps: Stamps = Stamps.GO
    resolution_ns: int = 1
    dumps: tuple[Dump, ...] = ()


@dataclass(frozen=True, slots=True)
class TestLog:
    """Everything one file of ``go test`` output holds.

    Attributes:
        packages: in the order they first appear.
        losses: what could not be read.
    """

    __test__ = False

    packages: tuple[PackageRun, ...]
    losses: tuple[Loss, ...]
