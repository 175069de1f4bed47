"""Tests run again and again: the rare failure is caught, kept and can be replayed."""

from __future__ import annotations

import contextlib
import itertools
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from collect.running import Collected, collected, make_module
from flakecore.bundle import Kind, Manifest, Settings, open_bundle
from flakecore.collect import HuntOptions
from flakecore.comparison import not_put_back, runs_conditions, runs_of_bundle
from flakecore.errors import CollectError
from flakecore.timeline import list_cases, load_cases
from program import PATIENCE_S, PROGRAM, run_program
from toolchains import NEWEST, go_toolchain

SOURCES = {
    # Fails one time in fifty; on one processor, one time in two. A file counts the runs.
    "rare/x_test.go": """package rare

import ("fmt"; "os"; "runtime"; "testing")

func TestRare(t *testing.T) {
	fmt.Println("on", runtime.GOMAXPROCS(0))
	counter, err := os.OpenFile(os.Getenv("COUNTER"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil { t.Fatal(err) }
	counter.WriteString(".")
	run, _ := counter.Seek(0, 1)
	if run%50 == 0 || runtime.GOMAXPROCS(0) == 1 && run%2 == 0 { t.Fatal("the rare one") }
}

func TestSteady(t *testing.T) {}
""",
    # The same by chance and not by count.
    "chance/x_test.go": """package chance

import ("math/rand"; "runtime"; "testing"; "time")

func TestByChance(t *testing.T) {
	chance := rand.New(rand.NewSource(time.Now().UnixNano()))
	if chance.Intn(50) == 0 || runtime.GOMAXPROCS(0) == 1 && chance.Intn(2) == 0 {
		t.Fatal("the rare one")
	}
}
""",
    "third/x_test.go": """package third

import ("os"; "testing")

func TestThird(t *testing.T) {
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
	if len(seen)%3 == 2 { t.Fatalf("after %d runs", len(seen)) }
}
""",
    "fine/x_test.go": 'package fine\n\nimport "testing"\n\nfunc TestFine(t *testing.T) {}\n',
    "shows/x_test.go": """package shows

import ("os"; "testing")

func TestShows(t *testing.T) {
	t.Log(os.Getenv("GODEBUG"), os.Getenv("GORACE"), os.Getenv("GOTRACEBACK"))
}
""",
    "always/x_test.go": """package always

import "testing"

func TestAlways(t *testing.T) { t.Fatal("again") }
""",
    "broken/x_test.go": "package broken\n\nfunc TestBroken(t *testing.T) {}\n",
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("hunted"), "example.com/hunted", SOURCES)


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that counts the runs."""
    counter = tmp_path / "counter"
    monkeypatch.setenv("COUNTER", str(counter))
    return counter


def folders(run: Collected) -> set[str]:
    with open_bundle(run.result.bundle) as bundle:
        return {a.name.split("/")[1] for a in bundle.artefacts if a.name.startswith("attempts/")}


def test_it_stops_at_the_first_failure_and_keeps_those_that_passed_beside_it(
    module: Path, tmp_path: Path, counter: Path
) -> None:
    run = collected(module, tmp_path / "x.zip", "./third", hunt=HuntOptions(until_fail=True))
    manifest = run.result.manifest
    assert run.result.exit_code == 1
    assert counter.read_text() == "..."
    assert (manifest.runs, manifest.failures) == (3, 1)
    assert [attempt.kept for attempt in manifest.attempts] == [True, True, True]
    assert manifest.attempts[2].failed == ("example.com/hunted/third.TestThird",)
    assert folders(run) == {"001", "002", "003"}
    assert manifest.missing == ()


@pytest.mark.parametrize("version", ["1.21.13", "1.24.11", NEWEST])
def test_each_attempt_that_is_kept_is_a_case_of_its_own(
    version: str, module: Path, tmp_path: Path, counter: Path
) -> None:
    hunting = HuntOptions(max_runs=3)
    go = go_toolchain(version)
    run = collected(module, tmp_path / "x.zip", "./third", "./fine", hunt=hunting, go=go)
    assert counter.read_text() == "..."
    with open_bundle(run.result.bundle) as bundle:
        assert {a.attempt for a in bundle.of_kind(Kind.TRACE)} == {"001", "002", "003"}
        cases = load_cases(bundle)
        assert bundle.losses == ()
    found = {(case.package.rpartition("/")[2], case.attempt): case for case in cases}
    assert set(found) == {(p, a) for p in ("third", "fine") for a in ("001", "002", "003")}
    assert found["third", "003"].failures
    assert not found["third", "002"].failures
    assert found["third", "003"].trace


def test_the_only_run_that_is_kept_has_its_number_conditions_and_signature(
    module: Path, tmp_path: Path
) -> None:
    hunting = HuntOptions(max_runs=3, keep=1)
    run = collected(module, tmp_path / "x.zip", "./always", hunt=hunting)
    with open_bundle(run.result.bundle) as bundle:
        (entry,) = list_cases(bundle)
        first, second, third = runs_of_bundle(bundle)
        assert entry.attempt == "001"
        assert runs_conditions(bundle, entry.attempt) == first.conditions
    name = "example.com/hunted/always.TestAlways"
    assert first.signatures == {name: "assertion: again at x_test.go:5"}
    assert [each.failed for each in (first, second, third)] == [(name,)] * 3
    assert second.signatures == third.signatures == {}


def test_only_so_many_failures_are_kept(module: Path, tmp_path: Path, counter: Path) -> None:
    hunting = HuntOptions(max_runs=12, keep=2)
    run = collected(module, tmp_path / "x.zip", "./third", hunt=hunting)
    assert len(counter.read_text()) == 12
    assert (run.result.manifest.runs, run.result.manifest.failures) == (12, 4)
    assert folders(run) == {"001", "002", "003", "004", "006"}
    assert len(run.result.manifest.attempts) == 12


def test_disk_is_bounded_while_it_goes_on(module: Path, tmp_path: Path, counter: Path) -> None:
    most = 0

    def look(_progress: object) -> None:
        nonlocal most
        most = max(most, len(list((tmp_path / "x.zip.partial" / "attempts").iterdir())))

    collected(
        module, tmp_path / "x.zip", "./third", hunt=HuntOptions(max_runs=10, keep=1), report=look
    )
    assert len(counter.read_text()) == 10
    assert 2 <= most <= 5  # a failing run, three that passed, and the one that goes on


def test_without_a_failure_it_ends_with_0_and_few_that_passed(module: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(until_fail=True, limit_ns=10**9)
    run = collected(module, tmp_path / "x.zip", "./fine", hunt=hunting)
    assert run.result.exit_code == 0
    assert run.result.manifest.failures == 0
    assert 1 <= len(folders(run)) <= 3


def test_where_no_test_has_the_name_it_runs_once_and_says_so(module: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(until_fail=True, max_runs=50)
    run = collected(module, tmp_path / "x.zip", "./fine", hunt=hunting, test_flags={"-run": "Nope"})
    manifest = run.result.manifest
    assert (manifest.runs, manifest.failures) == (1, 0)
    assert manifest.missing == ("no test ran, and so they did not run again",)


def test_what_does_not_build_is_one_run_that_says_so(module: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(until_fail=True)
    run = collected(module, tmp_path / "x.zip", "./broken", "./fine", hunt=hunting)
    assert run.result.exit_code == 1
    assert "undefined: testing" in run.shown
    assert run.result.manifest.runs == 1


def test_one_failure_in_fifty_is_caught_without_any_stress(
    module: Path, tmp_path: Path, counter: Path
) -> None:
    hunting = HuntOptions(until_fail=True, max_runs=60)
    run = collected(module, tmp_path / "x.zip", "./rare", hunt=hunting)
    assert (run.result.manifest.runs, run.result.manifest.failures) == (50, 1)
    assert run.result.manifest.attempts[-1].failed == ("example.com/hunted/rare.TestRare",)
    assert len(counter.read_text()) == 50


@pytest.mark.slow
def test_stress_finds_it_sooner_and_its_replay_fails_more_often_than_chance(
    module: Path, tmp_path: Path, counter: Path
) -> None:
    hunting = HuntOptions(until_fail=True, max_runs=50, stress=True)
    run = collected(module, tmp_path / "x.zip", "./rare", hunt=hunting)
    found = run.result.manifest
    assert found.failures >= 1
    assert found.runs < 50
    failing = next(attempt for attempt in found.attempts if attempt.exit_code)
    replaying = HuntOptions(max_runs=30)
    again = collected(module, tmp_path / "y.zip", replay=tmp_path / "x.zip", hunt=replaying)
    replayed = again.result.manifest
    assert replayed.runs == 30
    assert {attempt.settings for attempt in replayed.attempts} == {failing.settings}
    # By chance it would be one in fifty.
    assert replayed.failures >= 10
    assert counter.exists()


@pytest.mark.slow
def test_a_failure_by_chance_is_caught_and_replayed_as_well(module: Path, tmp_path: Path) -> None:
    # That none of 600 runs fails has a chance of one in 200,000.
    hunting = HuntOptions(until_fail=True, max_runs=600)
    run = collected(module, tmp_path / "x.zip", "./chance", hunt=hunting)
    assert run.result.manifest.failures == 1
    hunting = HuntOptions(max_runs=200, stress=True, keep=60)
    run = collected(module, tmp_path / "y.zip", "./chance", hunt=hunting)
    failing = [a for a in run.result.manifest.attempts if a.exit_code]
    assert len(failing) >= 2
    alone = next(a.settings for a in failing if a.settings.gomaxprocs == 1 and not a.settings.cpu)
    changed = with_attempt(tmp_path / "y.zip", alone, tmp_path / "changed.zip")
    replaying = HuntOptions(max_runs=60)
    again = collected(module, tmp_path / "z.zip", replay=changed, hunt=replaying)
    assert again.result.manifest.failures >= 60 / 50 * 5


def test_coverage_does_not_fail_the_runs(module: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(max_runs=2)
    extra = (f"-coverprofile={tmp_path / 'c.out'}",)
    run = collected(module, tmp_path / "x.zip", "./fine", hunt=hunting, extra=extra)
    assert (run.result.manifest.runs, run.result.manifest.failures) == (2, 0)


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


def test_a_kill_for_want_of_memory_is_told_of_an_attempt_too(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills = itertools.count()
    monkeypatch.setattr("flakecore.collect.capture.capture.oom_kills", lambda: next(kills))
    run = collected(endings, tmp_path / "x.zip", "./killed", hunt=HuntOptions(max_runs=1))
    assert "was killed by SIGKILL for want of memory" in run.result.manifest.missing[0]


def test_arguments_that_are_not_in_the_bundle_are_asked_for(module: Path, tmp_path: Path) -> None:
    first = collected(module, tmp_path / "x.zip", "./third", extra=("-args", "a@b"))
    assert first.result.manifest.flags == ("-args", "…")
    changed = with_attempt(first.result.bundle, Settings(), tmp_path / "changed.zip")
    with pytest.raises(CollectError, match="give -args again"):
        collected(module, tmp_path / "y.zip", replay=changed)
    again = collected(
        module,
        tmp_path / "y.zip",
        replay=changed,
        extra=("-args", "a@b"),
        hunt=HuntOptions(max_runs=1),
    )
    assert again.result.manifest.runs == 1


def test_rates_of_profiles_are_replayed_as_well(module: Path, tmp_path: Path) -> None:
    first = collected(
        module, tmp_path / "x.zip", "./fine", block_rate=100_000, mutex_fraction=5
    ).result
    assert first.manifest.flags == ("-blockprofilerate=100000", "-mutexprofilefraction=5")
    changed = with_attempt(first.bundle, Settings(), tmp_path / "changed.zip")
    hunting = HuntOptions(max_runs=1)
    again = collected(module, tmp_path / "y.zip", replay=changed, mutex_fraction=7, hunt=hunting)
    assert again.result.manifest.flags == ("-mutexprofilefraction=7", "-blockprofilerate=100000")
    assert "-blockprofilerate=100000" in again.result.manifest.command


def test_goflags_and_variables_of_the_run_are_replayed_as_well(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        then.setenv("GOFLAGS", "-mod=mod -tags=slow -a=false")
        then.setenv("GOGC", "50")
        then.setenv("GOMAXPROCS", "1")
        first = collected(module, tmp_path / "x.zip", "./fine").result
    changed = with_attempt(first.bundle, Settings(memory_limit="64MiB"), tmp_path / "changed.zip")
    hunting = HuntOptions(max_runs=1)
    flags = {"-tags": "quick"}
    again = collected(module, tmp_path / "y.zip", replay=changed, hunt=hunting, test_flags=flags)
    manifest = again.result.manifest
    assert "-mod=mod" in manifest.command
    assert "-a=false" in manifest.command
    assert "-tags=slow" not in manifest.command
    (settings,) = {each.settings for each in manifest.attempts}
    assert settings == Settings(gomaxprocs=1, gogc="50", memory_limit="64MiB")


def test_every_variable_that_go_heeds_is_put_back(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = {"GODEBUG": "asyncpreemptoff=1", "GORACE": "history_size=2", "GOTRACEBACK": "crash"}
    with monkeypatch.context() as then:
        for name, text in recorded.items():
            then.setenv(name, text)
        first = collected(module, tmp_path / "x.zip", "./shows").result
    changed = with_attempt(first.bundle, Settings(), tmp_path / "changed.zip")
    again = collected(module, tmp_path / "y.zip", replay=changed, hunt=HuntOptions(max_runs=1))
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


def with_attempt(bundle: Path, settings: Settings, place: Path) -> Path:
    """Write a bundle whose failing attempt ran under other settings."""
    import dataclasses
    import zipfile

    from flakecore.bundle import encode

    with open_bundle(bundle) as opened:
        assert opened.manifest
        first = dataclasses.replace(opened.manifest.attempts[0], settings=settings, exit_code=1)
        manifest = dataclasses.replace(opened.manifest, attempts=(first,))
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("manifest.json", encode(manifest))
    return place


@pytest.mark.slow
def test_a_replay_runs_under_the_settings_of_the_failing_attempt(
    module: Path, tmp_path: Path, counter: Path
) -> None:
    first = collected(module, tmp_path / "x.zip", "./rare", test_flags={"-run": "Rare"})
    settings = Settings(gomaxprocs=1, shuffle="7", instances=2, load=1)
    changed = with_attempt(first.result.bundle, settings, tmp_path / "changed.zip")
    again = collected(module, tmp_path / "y.zip", replay=changed)
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
    module: Path, tmp_path: Path, counter: Path
) -> None:
    first = collected(module, tmp_path / "x.zip", "./third", hunt=HuntOptions(max_runs=4))
    assert first.result.manifest.failures == 1
    counter.write_text("")
    ended = run_program(
        *("collect", "./fine", "--no-race", "--replay", tmp_path / "x.zip", "--verify-fix", "12"),
        *("-o", tmp_path / "y.zip"),
        cwd=module,
    )
    assert ended.returncode == 0
    assert "flaketui: No failure in 12 runs: it fails in less than 24 %" in ended.stderr
    assert "At the rate before, 1 of 4, as many runs would pass with p = 0.03.\n" in ended.stderr
    refused = run_program("collect", "./fine", "--verify-fix", "12", cwd=module)
    assert refused.returncode == 2
    assert "--replay BUNDLE" in refused.stderr


def test_a_bundle_without_a_failure_cannot_be_replayed(module: Path, tmp_path: Path) -> None:
    collected(module, tmp_path / "x.zip", "./fine")
    with pytest.raises(CollectError, match="has no failing attempt"):
        collected(module, tmp_path / "y.zip", replay=tmp_path / "x.zip")


def test_the_race_runtime_does_not_sleep_and_the_own_settings_of_it_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = 'import ("os"; "testing")\n\nfunc TestR(t *testing.T) { t.Log(os.Getenv("GORACE")) }\n'
    text = f"package r\n\n{body}"
    module = make_module(tmp_path / "r", "example.com/r", {"r_test.go": text})
    monkeypatch.setenv("GORACE", "halt_on_error=1")
    run = collected(module, tmp_path / "x.zip", hunt=HuntOptions(max_runs=1))
    assert run.result.manifest.environment["GORACE"] == "halt_on_error=1"
    with open_bundle(run.result.bundle) as bundle:
        (output,) = (bytes(bundle.read(each)) for each in bundle.of_kind(Kind.OUTPUT))
    assert b"halt_on_error=1 atexit_sleep_ms=0" in output


def manifest_of(output: Path) -> Manifest:
    with open_bundle(output) as bundle:
        assert bundle.manifest
        return bundle.manifest


@pytest.mark.slow
def test_on_a_pipe_it_tells_in_plain_lines(module: Path, tmp_path: Path, counter: Path) -> None:
    ended = run_program(
        "collect", "./third", "--no-race", "--until-fail", "-o", tmp_path / "x.zip", cwd=module
    )
    assert ended.returncode == 1
    assert "\x1b" not in ended.stderr
    assert "\r" not in ended.stderr
    assert "flaketui: run 3 failed: example.com/hunted/third.TestThird\n" in ended.stderr
    assert "3 runs, 1 failed (33.3 %)" in ended.stderr
    assert "x_test.go:9: after 2 runs\n--- FAIL: TestThird" in ended.stdout.replace("    ", "")
    assert len(counter.read_text()) == 3


def test_on_a_terminal_it_tells_in_one_line_that_changes(module: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    arguments = ("./fine", "--no-race", "--max-runs", "3", "-o", tmp_path / "x.zip")
    subprocess.run(
        [PROGRAM, "collect", *arguments],
        cwd=module,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        check=True,
        timeout=PATIENCE_S,
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # a terminal that nobody holds any more
        while piece := os.read(ours, 1 << 16):
            shown += piece
    os.close(ours)
    began, live, told, ended = shown.decode().split("\r\n")[:4]
    assert began.startswith("flaketui: go test of example.com/hunted/fine")
    changed = live.split("\r\x1b[K")
    assert changed[0] == ""
    assert changed[-1].startswith("flaketui: 3 of 3 runs, 0 failed (0 %), ")
    assert told == "flaketui: No run failed: 0 of 3, below 56 % (95 %)"
    assert ended.startswith("flaketui: wrote ")


def test_without_an_end_it_is_refused(module: Path) -> None:
    ended = run_program("collect", "./fine", "--stress", cwd=module)
    assert ended.returncode == 2
    assert "--for 10m" in ended.stderr


def test_ctrl_c_ends_the_hunt_with_a_bundle(module: Path, tmp_path: Path) -> None:
    output = str(tmp_path / "x.zip")
    command = [str(PROGRAM), "collect", "./fine", "--no-race", "--for", "10m", "-o", output]
    with subprocess.Popen(
        command, cwd=module, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stderr
        next(line for line in process.stderr if b" failed (" in line)
        os.killpg(process.pid, signal.SIGINT)
        process.stderr.read()
        process.wait(timeout=PATIENCE_S)
    manifest = manifest_of(tmp_path / "x.zip")
    assert manifest.interrupted
    assert manifest.runs >= 1
