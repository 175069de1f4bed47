"""What a run was given besides its tests, in a few words each: for the top line of its case."""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.bundle import Manifest, Settings
from flakecore.timeline import Case

_NO_SEED = ("", "off", "0")


def conditions_of(case: Case, manifest: Manifest | None) -> tuple[str, ...]:
    """Return the conditions of a case's run that are recorded and are not the usual ones."""
    return tuple(_conditions(case, manifest)) if manifest is not None else ()


def _conditions(case: Case, manifest: Manifest) -> Iterator[str]:
    settings = _settings_of(case, manifest)
    if settings.shuffle not in _NO_SEED:
        yield f"seed {settings.shuffle}"
    if settings.cpu or settings.gomaxprocs:
        yield f"GOMAXPROCS={settings.cpu or settings.gomaxprocs}"
    if settings.instances > 1:
        yield f"{settings.instances} runs at once"
    if settings.load:
        yield "1 busy process" if settings.load == 1 else f"{settings.load} busy processes"
    host = manifest.host
    if host.cgroup_cpus:
        yield f"{host.cgroup_cpus:g} of {host.cpus} cpus granted"
    if host.before.load >= 0:
        yield f"load {host.before.load:.1f}"
    if manifest.timeout not in ("", "0", "10m", "10m0s"):
        yield f"limit {manifest.timeout}"
    if host.ci:
        yield host.ci


def _settings_of(case: Case, manifest: Manifest) -> Settings:
    """Return the settings of the case's attempt; of a single one those of the only attempt."""
    for attempt in manifest.attempts:
        if str(attempt.number) == case.attempt.lstrip("0") or len(manifest.attempts) == 1:
            return attempt.settings
    return Settings()
