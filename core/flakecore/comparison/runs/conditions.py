"""The conditions that a run had: what it was given and what the machine was like.

Each has a name and a text for a person, or a number. Only what is recorded is a condition; nothing
is taken for usual. The seed of a shuffled order is none: each run has its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from flakecore.bundle import Attempt, Host, HostLoad, Manifest, Settings

Condition = str | float
"""A text where values are alike or not, a number where they have an order."""

_IN_SETTINGS = {"-cpu", "-parallel", "-shuffle", "-race", "-v"}
"""Flags that are listed by other names, or by none."""
_HIDDEN = "…"
"""Stands in a manifest for a value that may be a secret."""
DELAY = "delay"
"""Where an experiment held the program up: no condition that one asks about, but one to show."""
_MB = 1 << 20
_DEFAULT = "default"
_SET_BY_RUN = ("GOMAXPROCS", "GOGC", "GOMEMLIMIT")
"""Variables that a run may have of its own."""


def conditions_of(manifest: Manifest, attempt: Attempt) -> dict[str, Condition]:
    """Return the conditions of one attempt, by name."""
    flags = dict(_of_flags(manifest.flags))
    return {
        **{name: value for name, value in flags.items() if name not in _IN_SETTINGS},
        **dict(_of_settings(attempt.settings, manifest, flags)),
        **dict(_of_command(manifest)),
        **dict(_of_machine(manifest.host)),
    }


def condition_in(conditions: Mapping[str, Condition], name: str) -> Condition | None:
    """Return a condition of a run; None where it is unknown.

    What only stands there if it was set is as by default where it does not.
    """
    found = conditions.get(name)
    if found is not None or not conditions:
        return found
    if name == DELAY:
        return "none"
    return _DEFAULT if name.startswith("-") or name.isupper() else None


def conditions_shown(conditions: Mapping[str, Condition]) -> list[str]:
    """Return conditions as words: ``GOMAXPROCS=1``, ``race on``; without 0 and defaults."""
    return [
        condition_shown(name, value)
        for name, value in conditions.items()
        if value not in (0, _DEFAULT)
    ]


def conditions_shared(one: Mapping[str, Condition], other: Mapping[str, Condition]) -> int:
    """Return how many conditions of a run another one had too: how alike they are."""
    return sum(other.get(name) == value for name, value in one.items())


def conditions_beside(
    conditions: Mapping[str, Condition], first: Mapping[str, Condition]
) -> list[str]:
    """Return the conditions of a run that are not as in another one, as words."""
    found = []
    for name in dict.fromkeys([*conditions, *first]):
        value = condition_in(conditions, name)
        if value is not None and value != condition_in(first, name):
            found.append(condition_shown(name, value))
    return found


def condition_shown(name: str, value: Condition) -> str:
    """Return one condition as words."""
    if isinstance(value, float):
        return f"{name} {value:g}"
    return f"{name}={value}" if name.isupper() or name.startswith("-") else f"{name} {value}"


def _of_settings(
    settings: Settings, manifest: Manifest, flags: Mapping[str, str]
) -> Iterator[tuple[str, Condition]]:
    """Yield the settings of a run; what it did not set itself is as the flags have it."""
    yield "GOMAXPROCS", _gomaxprocs(settings, manifest, flags)
    shuffle = settings.shuffle or flags.get("-shuffle", "off")
    yield "shuffle", "off" if shuffle in ("off", "0") else "on"
    yield "runs at once", float(settings.instances)
    yield "busy processes", float(settings.load)
    if settings.run:
        yield "-run", settings.run
    if settings.delay:
        yield DELAY, settings.delay
    yield "-parallel", str(settings.parallel or flags.get("-parallel", _DEFAULT))
    for name, value in (("GOGC", settings.gogc), ("GOMEMLIMIT", settings.memory_limit)):
        if value := value or manifest.environment.get(name, ""):
            yield name, value
    yield "niceness", float(settings.nice)
    allowed = settings.processors or manifest.host.cpus
    yield "processors allowed", float(allowed)
    yield "short stops", float(settings.pauses)
    random = bool(settings.scheduler) or manifest.race
    yield "scheduler", "randomised" if random else _DEFAULT


def _gomaxprocs(settings: Settings, manifest: Manifest, flags: Mapping[str, str]) -> str:
    """Return what GOMAXPROCS the tests ran under: ``-cpu`` sets it, whatever the environment.

    Go's own choice is the number of processors that the process may use. Where a control group
    grants less, that counts or not by the release and by what go.mod has (1.25 and later).
    """
    if cpu := settings.cpu or flags.get("-cpu", ""):
        return cpu
    if settings.gomaxprocs:
        return str(settings.gomaxprocs)
    allowed, granted = settings.processors or manifest.host.cpus, manifest.host.cgroup_cpus
    known = allowed and not 0 < granted < allowed
    return manifest.environment.get("GOMAXPROCS", "") or (str(allowed) if known else _DEFAULT)


def _of_command(manifest: Manifest) -> Iterator[tuple[str, Condition]]:
    yield "race", "on" if manifest.race else "off"
    if manifest.go:
        yield "go", manifest.go
    if manifest.revision.id:
        changed = " and changes" if manifest.revision.dirty else ""
        yield "revision", manifest.revision.id[:12] + changed
    for name, value in sorted(manifest.environment.items()):
        if name not in _SET_BY_RUN:
            yield name, value


def _of_flags(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the flags of `go test`, by their name with one dash; a switch has the value true.

    Values that are hidden are left out.
    """
    for word, following in pairwise([*words, ""]):
        name, equals, value = word.partition("=")
        name = name.lstrip("-").removeprefix("test.")
        if name == "args":
            return
        if not word.startswith("-"):
            continue
        if not equals:
            value = following if following and not following.startswith("-") else "true"
        if value != _HIDDEN:
            yield f"-{name}", value


def _of_machine(host: Host) -> Iterator[tuple[str, Condition]]:
    if host.os:
        yield "system", f"{host.os}/{host.arch}"
    if host.cpus:
        yield "processors", float(host.cpus)
    if host.cgroup_cpus:
        yield "processors granted", host.cgroup_cpus
    if host.memory_bytes:
        yield "memory in MB", float(host.memory_bytes // _MB)
    if host.container:
        yield "container", host.container
    if host.ci:
        yield "ci", host.ci
    yield from _of_load(host.before)


def _of_load(load: HostLoad) -> Iterator[tuple[str, Condition]]:
    if load.load >= 0:
        yield "load before", load.load
    if load.cpu_pressure >= 0:
        yield "processor pressure in %", load.cpu_pressure
    if load.memory_free_bytes >= 0:
        yield "free memory in MB", float(load.memory_free_bytes // _MB)
