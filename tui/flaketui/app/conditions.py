"""What a run was given besides its tests, in a few words each: for the top line of its case."""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.bundle import Manifest
from flakecore.comparison import settings_of_run, settings_shown
from flakecore.timeline import Case


def unusual_conditions(case: Case, manifest: Manifest | None) -> tuple[str, ...]:
    """Return the conditions of a case's run that are recorded and are not the usual ones."""
    return tuple(_conditions(case, manifest)) if manifest is not None else ()


def _conditions(case: Case, manifest: Manifest) -> Iterator[str]:
    yield from settings_shown(settings_of_run(manifest, case.attempt))
    host = manifest.host
    if host.cgroup_cpus:
        yield f"{host.cgroup_cpus:g} of {host.cpus} cpus granted"
    if host.before.load >= 0:
        yield f"load {host.before.load:.1f}"
    if manifest.timeout not in ("", "0", "10m", "10m0s"):
        yield f"limit {manifest.timeout}"
    if host.ci:
        yield host.ci
