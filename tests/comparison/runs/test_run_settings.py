"""The settings of a run in words, and none that are as by default."""

from __future__ import annotations

from flakecore.bundle import Attempt, Manifest, Settings
from flakecore.comparison import settings_of_run, settings_shown


def test_defaults_are_not_told() -> None:
    assert settings_shown(Settings()) == ()
    assert settings_shown(Settings(shuffle="off")) == ()


def test_every_setting_that_a_hunt_varies_is_told() -> None:
    settings = Settings(
        gomaxprocs=1,
        shuffle="7",
        instances=2,
        load=1,
        parallel=8,
        gogc="10",
        memory_limit="32MiB",
        nice=10,
        processors=1,
        pauses=3,
        scheduler="random",
        delay="x.go:3 for 1ms",
    )
    assert settings_shown(settings) == (
        "seed 7",
        "GOMAXPROCS=1",
        "2 runs at once",
        "1 busy process",
        "-parallel=8",
        "GOGC=10",
        "GOMEMLIMIT=32MiB",
        "niceness 10",
        "1 processor allowed",
        "3 short stops",
        "scheduler randomised",
        "delayed before x.go:3 for 1ms",
    )
    assert settings_shown(Settings(gomaxprocs=4, cpu="2")) == ("GOMAXPROCS=2",)


def test_each_attempt_has_its_own() -> None:
    one, two = Settings(gogc="10"), Settings(gogc="off")
    attempts = (Attempt(number=1, settings=one), Attempt(number=12, settings=two))
    manifest = Manifest(attempts=attempts)
    assert settings_of_run(manifest, "012") == two
    assert settings_of_run(manifest, "002") == Settings()
    assert settings_of_run(Manifest(attempts=attempts[:1]), "") == one
