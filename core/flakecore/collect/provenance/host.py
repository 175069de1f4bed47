"""The machine that the tests ran on, without anything that names it or its owner."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path

from flakecore.bundle import Host, HostLoad
from flakecore.collect.command.flags import HIDDEN, flag_name, quoted_words

_CGROUP = Path("/sys/fs/cgroup")
_UNLIMITED = 1 << 60

_CI: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "GITHUB_ACTIONS": (
        "github-actions",
        (
            *("GITHUB_WORKFLOW", "GITHUB_JOB", "GITHUB_RUN_ID", "GITHUB_RUN_NUMBER"),
            *("GITHUB_RUN_ATTEMPT", "GITHUB_EVENT_NAME", "RUNNER_OS", "RUNNER_ARCH"),
        ),
    ),
    "GITLAB_CI": (
        "gitlab-ci",
        ("CI_JOB_NAME", "CI_JOB_ID", "CI_PIPELINE_ID", "CI_PIPELINE_SOURCE", "CI_NODE_INDEX"),
    ),
    "CIRCLECI": ("circleci", ("CIRCLE_JOB", "CIRCLE_BUILD_NUM", "CIRCLE_NODE_INDEX")),
    "BUILDKITE": ("buildkite", ("BUILDKITE_BUILD_NUMBER", "BUILDKITE_RETRY_COUNT")),
    "TF_BUILD": ("azure-pipelines", ("BUILD_BUILDID", "AGENT_JOBNAME", "SYSTEM_JOBATTEMPT")),
    "JENKINS_URL": ("jenkins", ("BUILD_NUMBER",)),
    "TEAMCITY_VERSION": ("teamcity", ("BUILD_NUMBER",)),
    "CI": ("unknown", ()),
}
"""What marks a CI system, what it is called, and the variables that name the job: no address, no
person, nothing that was handed to the job."""

_ENVIRONMENT = (
    *("GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GODEBUG", "GOTRACEBACK", "GORACE", "GOEXPERIMENT"),
    *(
        "GOOS",
        "GOARCH",
        "GOAMD64",
        "GOARM",
        "GOARM64",
        "GO386",
        "GOPPC64",
        "GORISCV64",
        "GOFIPS140",
    ),
    *("GOTOOLCHAIN", "GO111MODULE", "CGO_ENABLED"),
)
# Of GOFLAGS the values of these alone: linker flags and the like may carry a secret.
_SHOWN_FLAGS = {"mod", "tags", "race", "trimpath", "short", "count", "timeout", "p", "parallel"}
_SHOWN_FLAGS |= {"cpu", "shuffle", "v", "vet", "buildvcs", "cover", "covermode", "failfast", "run"}
_SHOWN_FLAGS |= {"a", "skip", "fullpath"}


def host_load() -> HostLoad:
    """Return the machine's present load average, CPU pressure and free memory."""
    try:
        load = os.getloadavg()[0]
    except OSError:
        load = -1.0
    pressure = -1.0
    for line in _lines(_CGROUP / "cpu.pressure") or _lines(Path("/proc/pressure/cpu")):
        if line.startswith("some avg10="):
            pressure = float(line.split()[1].removeprefix("avg10="))
    free = -1
    for line in _lines(Path("/proc/meminfo")):
        if line.startswith("MemAvailable:"):
            free = int(line.split()[1]) * 1024
    return HostLoad(load=round(load, 2), cpu_pressure=pressure, memory_free_bytes=free)


def oom_kills() -> int:
    """Return how many processes the kernel has killed so far for want of memory; -1 if unknown."""
    for place, key in (
        (_CGROUP / "memory.events", "oom_kill "),
        (Path("/proc/vmstat"), "oom_kill "),
    ):
        for line in _lines(place):
            if line.startswith(key):
                return int(line.split()[1])
    return -1


def host_facts(
    goos: str,
    goarch: str,
    *,
    before: HostLoad,
    after: HostLoad,
    killed: int,
) -> Host:
    """Return the facts about this machine that the manifest records.

    Args:
        goos: Go's name of the system.
        goarch: Go's name of the processor.
        before: its load before the run.
        after: its load after it.
        killed: processes killed meanwhile for want of memory.
    """
    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):  # this system has no such figure
        memory = 0
    environment = os.environ
    mark = next((mark for mark in _CI if environment.get(mark)), "")
    ci, names = _CI.get(mark, ("", ()))
    return Host(
        os=goos,
        arch=goarch,
        kernel=platform.release(),
        cpus=len(affinity) or os.cpu_count() or 0,
        memory_bytes=max(0, memory),
        cgroup_cpus=_cgroup_cpus(),
        cgroup_memory_bytes=_cgroup_memory(),
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        container=_container(environment),
        ci=ci,
        job={name: environment[name] for name in names if environment.get(name)},
        before=before,
        after=after,
        oom_kills=killed,
    )


def recorded_environment(
    settings: Mapping[str, str], environment: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that Go heeds and that differ from nothing, without any secret.

    Args:
        settings: what `go env` prints: a variable may stand in Go's own settings file.
        environment: this process's.
    """
    known = {name: settings.get(name) or environment.get(name, "") for name in _ENVIRONMENT}
    if flags := quoted_words(settings.get("GOFLAGS", "")):
        known["GOFLAGS"] = " ".join(_shown(flags))
    return {name: text for name, text in known.items() if text}


def _shown(flags: Iterable[str]) -> list[str]:
    return [
        flag
        if flag_name(flag) in _SHOWN_FLAGS or "=" not in flag
        else f"{flag.partition('=')[0]}={HIDDEN}"
        for flag in flags
    ]


def _container(environment: Mapping[str, str]) -> str:
    if environment.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    if Path("/.dockerenv").exists():
        return "docker"
    if Path("/run/.containerenv").exists():
        return "podman"
    return environment.get("container", "")[:40]


def _cgroup_cpus() -> float:
    """Return the limit of control group version 2, or of version 1."""
    try:
        for line in _lines(_CGROUP / "cpu.max"):
            quota, period = line.split()
            return 0.0 if quota == "max" else round(int(quota) / int(period), 3)
        quota = "".join(_lines(_CGROUP / "cpu/cpu.cfs_quota_us"))
        period = "".join(_lines(_CGROUP / "cpu/cpu.cfs_period_us"))
        return round(int(quota) / int(period), 3) if int(quota or -1) > 0 else 0.0
    except (ValueError, ZeroDivisionError):
        return 0.0


def _cgroup_memory() -> int:
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        for line in _lines(_CGROUP / name):
            if line.isdigit() and int(line) < _UNLIMITED:
                return int(line)
    return 0


def _lines(file: Path) -> list[str]:
    """Return the lines of a file of the kernel's; none where it has none."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
