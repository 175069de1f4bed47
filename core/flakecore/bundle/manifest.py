"""How a bundle came to be: which command ran, with which Go, where, when, and how it ended.

These records are its schema, which ``manifest_json`` writes and reads. It never holds the name of a
machine or of a person, and of the environment only what stands on a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flakecore.bundle.experiment import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLoad:
    """How busy the machine was at one moment.

    Attributes:
        load: the load average of the last minute; -1 where that is unknown.
        cpu_pressure: per cent of the last ten seconds in which something waited for a processor
            (Linux's pressure stall information); -1 where that is unknown.
        memory_free_bytes: memory that could be had; -1 where that is unknown.
    """

    load: float = -1.0
    cpu_pressure: float = -1.0
    memory_free_bytes: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The machine that ran the tests; it never holds the machine's or anybody's name.

    Attributes:
        os: Go's name of the system, such as ``linux``.
        arch: Go's name of the processor, such as ``amd64``.
        kernel: the kernel's release.
        cpus: processors that the run could use.
        memory_bytes: memory of the machine; 0 where that is unknown.
        cgroup_cpus: processors that the control group grants; 0.0 for no limit.
        cgroup_memory_bytes: memory that the control group grants; 0 for no limit.
        root: whether the tests ran as root, whom no mode of a file stops; False where unknown.
        container: what kind of container it is, such as ``docker``; empty for no known kind.
        ci: what kind of CI job it is, such as ``github-actions``; empty for no known kind.
        job: what names the job there, such as its workflow, run number and attempt.
        before: how busy it was before the run.
        after: how busy it was after it.
        oom_kills: processes that the kernel killed for want of memory while it ran, in the control
            group; -1 where that is unknown.
    """

    os: str = ""
    arch: str = ""
    kernel: str = ""
    cpus: int = 0
    memory_bytes: int = 0
    cgroup_cpus: float = 0.0
    cgroup_memory_bytes: int = 0
    root: bool = False
    container: str = ""
    ci: str = ""
    job: Mapping[str, str] = field(default_factory=dict)
    before: HostLoad = field(default_factory=HostLoad)
    after: HostLoad = field(default_factory=HostLoad)
    oom_kills: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The revision of the source under test.

    Attributes:
        vcs: the version control system, such as ``git``; empty where there is none.
        id: the revision.
        dirty: whether files that it tracks were changed.
        branch: the branch that is checked out, or that the CI job is of; empty if unknown.
    """

    vcs: str = ""
    id: str = ""
    dirty: bool = False
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """How long the parts of a run took.

    Attributes:
        build_ns: until the first test binary started.
        run_ns: from then until the last one ended.
        teardown_ns: from then until `go test` ended.
    """

    build_ns: int = 0
    run_ns: int = 0
    teardown_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The conditions that one attempt ran under.

    Attributes:
        gomaxprocs: GOMAXPROCS of the test processes; 0 for Go's own choice.
        cpu: the value of ``-cpu``; empty for none.
        shuffle: the seed of the order of the tests; empty for their own order.
        instances: how many attempts ran at the same time, this one included.
        load: processes that did nothing but keep a processor busy meanwhile.
        parallel: the value of ``-parallel``; 0 for none.
        gogc: the value of GOGC; empty for none.
        memory_limit: the value of GOMEMLIMIT; empty for none.
        nice: by how much the priority of the test processes was lowered.
        processors: how many processors they might use; 0 for all.
        pauses: how many times they were stopped for a moment.
        run: the value of ``-run``, where the tests that ran were chosen; empty for none.
        scheduler: ``random`` where goroutines ran in a random order; empty for as usual, which
            under the race detector is random, too.
        delay: where the program was held up, and for how long: ``x_test.go:8 for 300ms``; empty
            for nowhere.
    """

    gomaxprocs: int = 0
    cpu: str = ""
    shuffle: str = ""
    instances: int = 1
    load: int = 0
    parallel: int = 0
    gogc: str = ""
    memory_limit: str = ""
    nice: int = 0
    processors: int = 0
    pauses: int = 0
    run: str = ""
    scheduler: str = ""
    delay: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One run of the tests among several.

    Attributes:
        number: its number, from 1.
        folder: where its artefacts lie in the bundle; empty at the top. An attempt that was not
            kept has none, and ``kept`` is false.
        kept: whether its artefacts are in the bundle.
        started_unix_ns: when it began.
        duration_ns: how long it took.
        exit_code: as `go test` would have ended: 0 for a pass.
        failed: names of the failed tests, each behind its package and a dot; a package alone
            where it failed outside its tests.
        hung: the packages whose run was ended because their tests could not go on.
        settings: what it ran under.
        drawn: whether these were drawn evenly, for it alone. False where they were chosen because
            tests had failed under them, and for all but one of the runs of one round, which share
            theirs: such runs do not count for what failures go with.
    """

    number: int = 0
    folder: str = ""
    kept: bool = True
    started_unix_ns: int = 0
    duration_ns: int = 0
    exit_code: int = 0
    failed: tuple[str, ...] = ()
    hung: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    drawn: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An artefact of the bundle, or one that a reader would look for and not find.

    Attributes:
        name: its path in the bundle.
        package: import path of its package; empty for what belongs to a whole attempt.
        attempt: the number of its attempt; 0 for what is of all of several.
        kind: what it is, as in the JSON report: ``trace``, ``cpu-profile``, ``writes``, …
        bytes: its size; 0 for what is missing.
        missing: why it is not there; empty for what is.
        unix_ns: when it was taken, where it shows one moment of a run; 0 for all others.
    """

    name: str = ""
    package: str = ""
    attempt: int = 1
    kind: str = ""
    bytes: int = 0
    missing: str = ""
    unix_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is recorded of a capture besides its artefacts.

    Attributes:
        flaketui: version of the program that wrote the bundle.
        go: Go's version as it names itself, such as ``go1.27.3``.
        packages: import paths of the packages under test.
        command: the `go test` command line; the relay and the probe are named without a folder.
        flags: what was asked of `go test`, to ask for it again; what may be secret is left out.
        binary_flags: what each test binary is given besides; the files lie beside its trace.
        race: whether the race detector was on.
        timeout: the limit of the run as Go writes it, such as ``10m0s``; ``0`` for none.
        started: when `go test` was started (RFC 3339, UTC).
        started_unix_ns: the same as nanoseconds since 1970.
        duration_ns: how long it ran, its build included; with several attempts, all of them.
        exit_code: the exit code of `go test`; 128 and the signal's number where one ended it.
        finished: false where the collector itself was ended before the run was over.
        interrupted: whether somebody asked the run to stop before its end.
        probe: whether the test binaries had the probe in them.
        flight_ns: how much of the trace was recorded before each failure, by a flight recorder; 0
            where the whole of it was.
        environment: the variables that Go heeds and that were set, without any that may be secret.
        host: the machine.
        revision: the source.
        phases: how long the parts took; with several attempts, those of the first kept that failed,
            or else of the first that was kept.
        seed: what the conditions of a hunt are drawn from; 0 where they do not vary.
        runs: how many times the tests ran.
        failures: how many of these runs failed.
        attempts: each run of the tests; of more than ten thousand those that failed or were kept.
        experiments: explanations that were put to the test, with what came of it.
        artefacts: what was recorded, and what is missing and why.
        missing: what a reader would look for and not find, each with the reason, as sentences.
    """

    flaketui: str = ""
    go: str = ""
    packages: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    binary_flags: tuple[str, ...] = ()
    race: bool = False
    timeout: str = ""
    started: str = ""
    started_unix_ns: int = 0
    duration_ns: int = 0
    exit_code: int = 0
    finished: bool = True
    interrupted: bool = False
    probe: bool = False
    flight_ns: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    host: Host = field(default_factory=Host)
    revision: Revision = field(default_factory=Revision)
    phases: Phases = field(default_factory=Phases)
    seed: int = 0
    runs: int = 0
    failures: int = 0
    attempts: tuple[Attempt, ...] = field(default=(), metadata={"of": Attempt})
    experiments: tuple[Experiment, ...] = field(default=(), metadata={"of": Experiment})
    artefacts: tuple[Recorded, ...] = field(default=(), metadata={"of": Recorded})
    missing: tuple[str, ...] = ()


def attempt_to_replay(manifest: Manifest) -> Attempt | None:
    """Return the first attempt that failed; None if none did.

    One that an experiment held up comes last: it failed with a delay that is not built again.
    """
    failing = [each for each in manifest.attempts if each.exit_code]
    return min(failing, key=lambda each: bool(each.settings.delay), default=None)
