"""What a run of a hunt was given besides its tests, in a few words each."""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.bundle import Manifest, Settings

_NO_SEED = ("", "off", "0")


def settings_of_run(manifest: Manifest, attempt: str) -> Settings:
    """Return the settings of an attempt by its name; of a single one those of the only attempt."""
    for each in manifest.attempts:
        if str(each.number) == attempt.lstrip("0") or len(manifest.attempts) == 1:
            return each.settings
    return Settings()


def settings_shown(settings: Settings) -> tuple[str, ...]:
    """Return the settings that are not the defaults: ``seed 7``, ``GOMAXPROCS=1``."""
    return tuple(_shown(settings))


def _shown(settings: Settings) -> Iterator[str]:
    if settings.shuffle not in _NO_SEED:
        yield f"seed {settings.shuffle}"
    if settings.cpu or settings.gomaxprocs:
        yield f"GOMAXPROCS={settings.cpu or settings.gomaxprocs}"
    if settings.instances > 1:
        yield f"{settings.instances} runs at once"
    if settings.load:
        yield _count(settings.load, "busy process", "es")
    if settings.parallel:
        yield f"-parallel={settings.parallel}"
    if settings.gogc:
        yield f"GOGC={settings.gogc}"
    if settings.memory_limit:
        yield f"GOMEMLIMIT={settings.memory_limit}"
    if settings.nice:
        yield f"niceness {settings.nice}"
    if settings.processors:
        yield _count(settings.processors, "processor") + " allowed"
    if settings.pauses:
        yield _count(settings.pauses, "short stop")
    if settings.scheduler:
        yield "scheduler randomised"
    if settings.delay:
        yield f"delayed before {settings.delay}"


def _count(count: int, noun: str, plural: str = "s") -> str:
    return f"{count} {noun}{'' if count == 1 else plural}"
