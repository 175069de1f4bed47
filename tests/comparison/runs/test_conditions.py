"""The conditions of a run are what was recorded of it, in words."""

from __future__ import annotations

from flakecore.bundle import Attempt, Host, HostLoad, Manifest, Revision, Settings
from flakecore.comparison.runs.conditions import condition_in, conditions_of, conditions_shown


def test_the_cpu_flag_is_what_gomaxprocs_is_set_to() -> None:
    manifest = Manifest(host=Host(cpus=8), environment={"GOMAXPROCS": "6"})
    settings = Settings(gomaxprocs=4, cpu="1")
    assert conditions_of(manifest, Attempt(settings=settings))["GOMAXPROCS"] == "1"
    assert conditions_of(manifest, Attempt(settings=Settings(gomaxprocs=4)))["GOMAXPROCS"] == "4"
    assert conditions_of(manifest, Attempt())["GOMAXPROCS"] == "6"
    assert conditions_of(Manifest(host=Host(cpus=8)), Attempt())["GOMAXPROCS"] == "8"
    assert conditions_of(Manifest(), Attempt())["GOMAXPROCS"] == "default"


def test_a_seed_is_no_condition_and_shuffling_is() -> None:
    first = conditions_of(Manifest(), Attempt(settings=Settings(shuffle="17")))
    second = conditions_of(Manifest(), Attempt(settings=Settings(shuffle="18")))
    assert first == second
    assert first["shuffle"] == "on"
    assert conditions_of(Manifest(), Attempt())["shuffle"] == "off"


def test_goroutines_run_in_a_random_order_where_asked_and_under_the_race_detector() -> None:
    random = Attempt(settings=Settings(scheduler="random"))
    assert conditions_of(Manifest(), random)["scheduler"] == "randomised"
    assert conditions_of(Manifest(race=True), Attempt())["scheduler"] == "randomised"
    assert conditions_of(Manifest(), Attempt())["scheduler"] == "default"


def test_the_flags_of_go_test_are_conditions() -> None:
    flags = ("-tags=slow", "-a", "-count", "3", "-mod=mod", "-ldflags=…", "-args", "-size", "3")
    conditions = conditions_of(Manifest(flags=flags), Attempt())
    assert {name: conditions.get(name) for name in ("-tags", "-a", "-count", "-mod")} == {
        "-tags": "slow",
        "-a": "true",
        "-count": "3",
        "-mod": "mod",
    }
    assert not {"-ldflags", "-args", "-size"} & set(conditions)


def test_what_a_flag_sets_holds_where_the_run_set_nothing_itself() -> None:
    manifest = Manifest(flags=("-cpu=1", "-parallel", "3", "-shuffle=on"), host=Host(cpus=8))
    own = conditions_of(manifest, Attempt())
    assert (own["GOMAXPROCS"], own["-parallel"], own["shuffle"]) == ("1", "3", "on")
    set_ = conditions_of(manifest, Attempt(settings=Settings(cpu="2", parallel=9, shuffle="off")))
    assert (set_["GOMAXPROCS"], set_["-parallel"], set_["shuffle"]) == ("2", "9", "off")


def test_a_process_that_may_use_one_processor_has_one_proc() -> None:
    manifest = Manifest(host=Host(cpus=8))
    conditions = conditions_of(manifest, Attempt(settings=Settings(processors=1)))
    assert conditions["GOMAXPROCS"] == "1"


def test_what_is_not_recorded_is_none() -> None:
    assert set(conditions_of(Manifest(), Attempt())) == {
        "GOMAXPROCS",
        "shuffle",
        "runs at once",
        "busy processes",
        "-parallel",
        "niceness",
        "processors allowed",
        "short stops",
        "scheduler",
        "race",
    }


def test_the_machine_and_the_source_are_conditions() -> None:
    manifest = Manifest(
        go="go1.27.3",
        race=True,
        revision=Revision(vcs="git", id="0123456789abcdef", dirty=True),
        host=Host(os="linux", arch="arm64", cgroup_cpus=1.5, before=HostLoad(load=3.25)),
    )
    shown = conditions_shown(conditions_of(manifest, Attempt()))
    assert shown == [
        "shuffle off",
        "runs at once 1",
        "scheduler randomised",
        "race on",
        "go go1.27.3",
        "revision 0123456789ab and changes",
        "system linux/arm64",
        "processors granted 1.5",
        "load before 3.25",
    ]


def test_what_is_only_told_where_it_is_set_is_as_by_default_elsewhere() -> None:
    stressed = Settings(gogc="20", run="TestA", delay="x.go:8 for 300ms")
    with_it = conditions_of(Manifest(environment={"GODEBUG": "x=1"}), Attempt(settings=stressed))
    without = conditions_of(Manifest(), Attempt())
    for name, value in (("GOGC", "20"), ("-run", "TestA"), ("GODEBUG", "x=1")):
        assert condition_in(with_it, name) == value
        assert condition_in(without, name) == "default"
    assert condition_in(without, "delay") == "none"
    assert condition_in(without, "revision") is None
    assert condition_in({}, "GOGC") is None
