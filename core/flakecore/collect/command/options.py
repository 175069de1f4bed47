"""What a person asked to run, and the `go test` command line that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flakecore.bundle import Experiment
from flakecore.bundle.trial import Trial
from flakecore.collect.command.flags import (
    asks_for_races,
    flags_of,
    lacking,
    reject_collisions,
    values_in,
    without,
)
from flakecore.profile_kinds import PROFILE_KINDS

TRACE = "trace.out"
EVIDENCE: Mapping[str, str] = {
    "-test.trace": TRACE,
    **{
        kind.flag: kind.file
        for kind in sorted(PROFILE_KINDS, key=lambda kind: kind.of_unlocker is not None)
        if kind.flag
    },
}
"""The files that the test binary itself writes: the flag and the name in the bundle.

What is sampled while the code runs comes before what is recorded where it waits.
"""


def written_by_binary(flight_ns: int) -> dict[str, str]:
    """Return ``EVIDENCE``, without the trace where a flight recorder takes its place.

    Args:
        flight_ns: how much of the trace is recorded before each failure; 0 for the whole of it.
    """
    return {flag: name for flag, name in EVIDENCE.items() if name != TRACE or not flight_ns}


_PACKAGE_FLAGS = ("tags", "mod", "modfile", "overlay")
_HANG_IN_A_HUNT_NS = 10 * 10**9
_OURS = ("exec", "overlay")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmOptions:
    """Which explanations of a failure to put to the test.

    Attributes:
        trials: the experiments, the likeliest first; at least one.
        runs: how many runs each way.
        is_proved: whether the counts of an experiment prove its explanation, which ends it all.
        is_alike: whether the test failed as it did at first, by the last lines that it printed.
    """

    trials: tuple[Trial, ...]
    runs: int = 20
    is_proved: Callable[[Experiment], bool] = lambda _: False
    is_alike: Callable[[Sequence[str]], bool] = lambda _: True


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntOptions:
    """How to run the tests again and again.

    Attributes:
        until_fail: how many failing runs end it, of several only those whose conditions were drawn
            evenly; 0 for no end.
        max_runs: how many runs at most; 0 for no limit.
        limit_ns: how long at most; 0 for no limit.
        stress: whether to vary what the tests run under.
        seed: what that is drawn from.
        keep: how many failing runs are kept in full, each failing test among them if possible.
        bisect: a test of which it is found out after which others it fails; empty for none.
        confirm: the explanations that are put to the test; None for none.
    """

    until_fail: int = 0
    max_runs: int = 0
    limit_ns: int = 0
    stress: bool = False
    seed: int = 1
    keep: int = 5
    bisect: str = ""
    confirm: ConfirmOptions | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectOptions:
    """What to collect.

    Attributes:
        packages: import paths, paths such as ``./pool``, or patterns such as ``./...``.
        test_flags: flags of `go test` by their name with its dash, each with its value:
            ``{"-run": "TestPool", "-short": "true"}``.
        extra: further `go test` arguments, passed on as they are after ``test_flags``.
        timeout: the limit of the run as Go writes it; empty for Go's own ten minutes.
        race: whether to run under the race detector where that is possible.
        probe: whether the test binaries get the probe.
        objects: whether the probe writes who holds and awaits which object.
        hang_ns: for how long the tests may hang until the run is ended; 0 for ever; None for ten
            seconds in a hunt, else for ever.
        flight_ns: how much of the trace is recorded before each failure; 0 for the whole of it.
        source: whether the Go files of the modules under test are copied into the bundle.
        block_rate: one blocking event is sampled in so many nanoseconds; 0 for all of them.
        mutex_fraction: one of so many contentions is sampled; 0 for all of them.
        hunt: whether and how to run again and again; None for a single run.
        replay: a bundle whose failing attempt records what to run and under which settings.
        pull: the address of a process's net/http/pprof that is asked while the tests run.
        output: where the bundle goes; None for a name made of package and time.
        out_dir: the folder of a bundle without a name; None for the one that ``cwd`` names.
        go: the ``go`` executable; None to look for one.
        cwd: the folder that ``packages`` are relative to.
        variables: what Go and the tests run with besides this process's own environment.
    """

    packages: tuple[str, ...] = (".",)
    test_flags: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    timeout: str = ""
    race: bool = True
    probe: bool = True
    objects: bool = True
    hang_ns: int | None = None
    flight_ns: int = 0
    source: bool = True
    block_rate: int = 0
    mutex_fraction: int = 0
    hunt: HuntOptions | None = None
    replay: Path | None = None
    pull: str = ""
    output: Path | None = None
    out_dir: Path | None = None
    go: Path | None = None
    cwd: Path = field(default_factory=Path.cwd)
    variables: Mapping[str, str] = field(default_factory=dict)

    def reject_collisions(self) -> None:
        """Refuse arguments that would take away what collect needs for itself.

        Raises:
            CollectError: it names the argument and what to do instead.
        """
        reject_collisions(self.extra)

    def asked(self) -> dict[str, str]:
        """Return the flags of `go test` that were given, by name, with their values."""
        given = {flag.lstrip("-"): value for flag, value in self.test_flags.items()}
        return given | values_in(flags_of(self.extra))

    def effective_timeout(self) -> str:
        """Return the limit that holds: the last one given, or Go's own."""
        return self.asked().get("timeout") or self.timeout or "10m"

    def effective_hang_ns(self) -> int:
        """Return for how long the tests may hang until the run is ended, 0 for ever."""
        if self.hang_ns is not None:
            return self.hang_ns
        return _HANG_IN_A_HUNT_NS if self.hunt is not None else 0

    def rates(self) -> list[str]:
        """Return the flags that set how much the block and mutex profiles sample."""
        rates = {"-blockprofilerate": self.block_rate, "-mutexprofilefraction": self.mutex_fraction}
        return [f"{flag}={rate}" for flag, rate in rates.items() if rate]

    def build_flags(self) -> list[str]:
        """Return the flags that decide which files make up a package."""
        asked = self.asked()
        return [f"-{flag}={asked[flag]}" for flag in _PACKAGE_FLAGS if asked.get(flag)]

    def lacking(self, minor: int) -> list[str]:
        """Return the flags given that Go 1.``minor`` does not have."""
        return lacking(self.asked(), minor)

    def command(
        self, patterns: Sequence[str], *, race: bool, execs: str, overlay: str, drop: Sequence[str]
    ) -> list[str]:
        """Return the arguments after ``go``.

        ``-count=1`` keeps Go from replaying a cached result; a count of the caller's own comes
        later and wins.

        Args:
            patterns: the packages.
            race: whether the race detector is possible and wanted.
            execs: the value of ``-exec``.
            overlay: the file that ``-overlay`` names; empty for none.
            drop: names of flags that this Go lacks.
        """
        arguments = ["test", "-json", "-count=1", f"-race={str(race).lower()}", f"-exec={execs}"]
        if overlay:
            arguments.append(f"-overlay={overlay}")
        if self.timeout:
            arguments.append(f"-timeout={self.timeout}")
        arguments += self.rates()
        gone = {*_OURS, *drop}
        arguments += [
            f"{flag}={value}"
            for flag, value in self.test_flags.items()
            if flag.lstrip("-") not in gone
        ]
        flags = [word for word in flags_of(self.extra) if not asks_for_races(word)]
        own = self.extra[len(flags_of(self.extra)) :]
        # Go takes what follows an unrecognised flag, which is the tests' own, for their
        # arguments: packages come before.
        return [*arguments, *patterns, *without(flags, gone), *own]
