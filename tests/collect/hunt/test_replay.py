"""A replay runs under the conditions of a failing attempt: settings, flags, variables, packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect.hunt.hunted_module import with_attempt
from collect.running import collected, make_module
from flakecore.bundle import Kind, Settings, open_bundle
from flakecore.collect import HuntOptions
from flakecore.comparison import not_put_back
from flakecore.errors import CollectError
from program import run_program
from toolchains import NEWEST, go_toolchain


@pytest.mark.slow
def test_stress_finds_it_sooner_and_its_replay_fails_more_often_than_chance(
    hunted: Path, tmp_path: Path, counter: Path
) -> None:
    hunting = HuntOptions(until_fail=1, max_runs=50, stress=True)
    run = collected(hunted, tmp_path / "x.zip", "./rare", hunt=hunting)
    found = run.result.manifest
    assert found.failures >= 1
    assert found.runs < 50
    failing = next(attempt for attempt in found.attempts if attempt.exit_code)
    replaying = HuntOptions(max_runs=30)
    again = collected(hunted, tmp_path / "y.zip", replay=tmp_path / "x.zip", hunt=replaying)
    replayed = again.result.manifest
    assert replayed.runs == 30
    assert {attempt.settings for attempt in replayed.attempts} == {failing.settings}
    # By chance it would be one in fifty.
    assert replayed.failures >= 10
    assert counter.exists()


@pytest.mark.slow
def test_a_failure_by_chance_is_caught_and_replayed_as_well(hunted: Path, tmp_path: Path) -> None:
    # That none of 600 runs fails has a chance of one in 200,000.
    hunting = HuntOptions(until_fail=1, max_runs=600)
    run = collected(hunted, tmp_path / "x.zip", "./chance", hunt=hunting)
    assert run.result.manifest.failures == 1
    hunting = HuntOptions(max_runs=200, stress=True, keep=60)
    run = collected(hunted, tmp_path / "y.zip", "./chance", hunt=hunting)
    failing = [a for a in run.result.manifest.attempts if a.exit_code]
    assert len(failing) >= 2
    alone = next(a.settings for a in failing if a.settings.gomaxprocs == 1 and not a.settings.cpu)
    changed = with_attempt(tmp_path / "y.zip", alone, tmp_path / "changed.zip")
    replaying = HuntOptions(max_runs=60)
    again = collected(hunted, tmp_path / "z.zip", replay=changed, hunt=replaying)
    assert again.result.manifest.failures >= 60 / 50 * 5


@pytest.mark.slow
def test_what_was_found_in_modules_below_is_replayed_from_there(tmp_path: Path) -> None:
    for name, body in (("a", ""), ("b", 't.Fatal("always")')):
        source = f'package {name}\n\nimport "testing"\n\nfunc TestIt(t *testing.T) {{ {body} }}\n'
        make_module(tmp_path / "all" / name, f"example.com/{name}", {"x_test.go": source})
    collected(tmp_path / "all", tmp_path / "x.zip", "./...")
    again = collected(
        tmp_path / "all",
        tmp_path / "y.zip",
        replay=tmp_path / "x.zip",
        packages=(".",),
        hunt=HuntOptions(max_runs=2),
    )
    assert (again.result.manifest.runs, again.result.manifest.failures) == (2, 2)
    assert again.result.manifest.attempts[0].failed == ("example.com/b.TestIt",)


def test_arguments_that_are_not_in_the_bundle_are_asked_for(hunted: Path, tmp_path: Path) -> None:
    first = collected(hunted, tmp_path / "x.zip", "./third", extra=("-args", "a@b"))
    assert first.result.manifest.flags == ("-args", "…")
    changed = with_attempt(first.result.bundle, Settings(), tmp_path / "changed.zip")
    with pytest.raises(CollectError, match="give -args again"):
        collected(hunted, tmp_path / "y.zip", replay=changed)
    again = collected(
        hunted,
        tmp_path / "y.zip",
        replay=changed,
        extra=("-args", "a@b"),
        hunt=HuntOptions(max_runs=1),
    )
    assert again.result.manifest.runs == 1


def test_rates_of_profiles_are_replayed_as_well(hunted: Path, tmp_path: Path) -> None:
    first = collected(
        hunted, tmp_path / "x.zip", "./fine", block_rate=100_000, mutex_fraction=5
    ).result
    assert first.manifest.flags == ("-blockprofilerate=100000", "-mutexprofilefraction=5")
    changed = with_attempt(first.bundle, Settings(), tmp_path / "changed.zip")
    hunting = HuntOptions(max_runs=1)
    again = collected(hunted, tmp_path / "y.zip", replay=changed, mutex_fraction=7, hunt=hunting)
    assert again.result.manifest.flags == ("-mutexprofilefraction=7", "-blockprofilerate=100000")
    assert "-blockprofilerate=100000" in again.result.manifest.command


def test_goflags_and_variables_of_the_run_are_replayed_as_well(
    hunted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        then.setenv("GOFLAGS", "-mod=mod -tags=slow -a=false")
        then.setenv("GOGC", "50")
        then.setenv("GOMAXPROCS", "1")
        first = collected(hunted, tmp_path / "x.zip", "./fine").result
    changed = with_attempt(first.bundle, Settings(memory_limit="64MiB"), tmp_path / "changed.zip")
    hunting = HuntOptions(max_runs=1)
    flags = {"-tags": "quick"}
    again = collected(hunted, tmp_path / "y.zip", replay=changed, hunt=hunting, test_flags=flags)
    manifest = again.result.manifest
    assert "-mod=mod" in manifest.command
    assert "-a=false" in manifest.command
    assert "-tags=slow" not in manifest.command
    (settings,) = {each.settings for each in manifest.attempts}
    assert settings == Settings(gomaxprocs=1, gogc="50", memory_limit="64MiB")


def test_every_variable_that_go_heeds_is_put_back(
    hunted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = {"GODEBUG": "asyncpreemptoff=1", "GORACE": "history_size=2", "GOTRACEBACK": "crash"}
    with monkeypatch.context() as then:
        for name, text in recorded.items():
            then.setenv(name, text)
        first = collected(hunted, tmp_path / "x.zip", "./shows").result
    changed = with_attempt(first.bundle, Settings(), tmp_path / "changed.zip")
    again = collected(hunted, tmp_path / "y.zip", replay=changed, hunt=HuntOptions(max_runs=1))
    environment = again.result.manifest.environment
    assert {name: environment[name] for name in recorded} == recorded
    with open_bundle(tmp_path / "y.zip") as bundle:
        (output,) = (bytes(bundle.read(each)) for each in bundle.of_kind(Kind.OUTPUT))
        before = first.manifest
        assert bundle.manifest is not None
        assert not_put_back(before, bundle.manifest) == ()
    assert b"asyncpreemptoff=1 history_size=2 atexit_sleep_ms=0 crash" in output


ORDER = """package order

import ("fmt"; "sync"; "testing")

func TestOrder(t *testing.T) {
	var done sync.WaitGroup
	for n := 0; n < 6; n++ {
		done.Add(1)
		go func(n int) { defer done.Done(); fmt.Print(n) }(n)
	}
	done.Wait()
	fmt.Println()
	if testing.Verbose() { t.Fatal("so that the run is kept") }
}
"""


@pytest.mark.parametrize("version", [pytest.param("1.21.13", marks=pytest.mark.slow), NEWEST])
@pytest.mark.slow
def test_the_order_of_goroutines_is_random_only_where_it_is_asked_for(
    version: str, tmp_path: Path
) -> None:
    module = make_module(tmp_path / "m", "example.com/order", {"x_test.go": ORDER})
    first = collected(module, tmp_path / "x.zip", go=go_toolchain(version)).result
    orders = {}
    for scheduler in ("", "random"):
        settings = Settings(gomaxprocs=1, scheduler=scheduler)
        changed = with_attempt(first.bundle, settings, tmp_path / "changed.zip")
        place = tmp_path / f"{scheduler}.zip"
        hunting = HuntOptions(max_runs=8, keep=8)
        collected(module, place, replay=changed, hunt=hunting, go=go_toolchain(version))
        with open_bundle(place) as bundle:
            output = [bytes(bundle.read(each)) for each in bundle.of_kind(Kind.OUTPUT)]
        assert len(output) == 8
        lines = [line for each in output for line in each.splitlines()]
        orders[scheduler] = {line for line in lines if len(line) == 6 and line.isdigit()}
    # On one proc the goroutine that was started last runs first, then the others in order.
    assert orders[""] == {b"501234"}
    assert len(orders["random"]) > 1


@pytest.mark.slow
def test_a_replay_runs_under_the_settings_of_the_failing_attempt(
    hunted: Path, tmp_path: Path, counter: Path
) -> None:
    first = collected(hunted, tmp_path / "x.zip", "./rare", test_flags={"-run": "Rare"})
    settings = Settings(gomaxprocs=1, shuffle="7", instances=2, load=1)
    changed = with_attempt(first.result.bundle, settings, tmp_path / "changed.zip")
    again = collected(hunted, tmp_path / "y.zip", replay=changed)
    manifest = again.result.manifest
    assert manifest.packages == ("example.com/hunted/rare",)
    assert manifest.runs == 10
    assert "-run=Rare" in manifest.flags
    assert {attempt.settings for attempt in manifest.attempts} == {settings}
    # One in two on one processor; the first run of all was before.
    assert manifest.failures == 5
    assert len(counter.read_text()) == 11
    with open_bundle(tmp_path / "y.zip") as bundle:
        output = [bytes(bundle.read(a)) for a in bundle.of_kind(Kind.OUTPUT)]
    assert output
    assert all(b"on 1\n" in each and b"-test.shuffle 7\n" in each for each in output)


@pytest.mark.slow
def test_runs_without_a_failure_say_what_they_prove_of_a_fix(
    hunted: Path, tmp_path: Path, counter: Path
) -> None:
    first = collected(hunted, tmp_path / "x.zip", "./third", hunt=HuntOptions(max_runs=4))
    assert first.result.manifest.failures == 1
    counter.write_text("")
    ended = run_program(
        *("collect", "./fine", "--no-race", "--replay", tmp_path / "x.zip", "--verify-fix", "12"),
        *("-o", tmp_path / "y.zip"),
        cwd=hunted,
    )
    assert ended.returncode == 0
    assert "flaketui: No failure in 12 runs: it fails in less than 24 %" in ended.stderr
    assert "At the rate before, 1 of 4, as many runs would pass with p = 0.03. But" in ended.stderr
    refused = run_program("collect", "./fine", "--verify-fix", "12", cwd=hunted)
    assert refused.returncode == 2
    assert "--replay BUNDLE" in refused.stderr


def test_a_bundle_without_a_failure_cannot_be_replayed(hunted: Path, tmp_path: Path) -> None:
    collected(hunted, tmp_path / "x.zip", "./fine")
    with pytest.raises(CollectError, match="has no failing attempt"):
        collected(hunted, tmp_path / "y.zip", replay=tmp_path / "x.zip")
