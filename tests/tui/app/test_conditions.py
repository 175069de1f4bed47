"""The conditions of a run as they stand in the top line."""

from __future__ import annotations

from dataclasses import replace

from flakecore.bundle import Attempt, Host, HostLoad, Manifest, Settings
from flaketui.app.conditions import unusual_conditions
from tui.scenario import deadlock

CASE = deadlock()


def test_only_what_is_recorded_and_not_the_usual_is_told() -> None:
    assert unusual_conditions(CASE, None) == ()
    usual = Manifest(timeout="10m0s", attempts=(Attempt(number=1),))
    assert unusual_conditions(CASE, usual) == ()


def test_seed_processors_load_and_limits_are_told() -> None:
    settings = Settings(shuffle="1699", gomaxprocs=1, instances=4, load=3)
    host = Host(cpus=8, cgroup_cpus=1.5, before=HostLoad(load=2.25), ci="github")
    manifest = Manifest(attempts=(Attempt(number=1, settings=settings),), host=host, timeout="3s")
    assert unusual_conditions(CASE, manifest) == (
        "seed 1699",
        "GOMAXPROCS=1",
        "4 runs at once",
        "3 busy processes",
        "1.5 of 8 cpus granted",
        "load 2.2",
        "limit 3s",
        "github",
    )


def test_each_attempt_has_its_own_settings() -> None:
    attempts = tuple(
        Attempt(number=number, settings=Settings(shuffle=str(number * 11))) for number in (1, 2)
    )
    manifest = Manifest(attempts=attempts)
    assert unusual_conditions(replace(CASE, attempt="002"), manifest) == ("seed 22",)
    assert unusual_conditions(replace(CASE, attempt="007"), manifest) == ()
