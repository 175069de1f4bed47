"""The probe writes what the end of the tests would take away, and nobody notices it."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect.running import Collected, collected, make_module
from flakecore.bundle import Kind, open_bundle
from toolchains import NEWEST, go_toolchain

ORACLES = ("1.21.13", "1.24.11", NEWEST)

SOURCES = {
    "leaks/x_test.go": """package leaks_test

import "testing"

func neverComes(c chan int) { <-c }

func TestLeaves(t *testing.T) { go neverComes(make(chan int)) }
""",
    "hangs/x_test.go": """package hangs

import ("sync"; "testing")

func holdsOn(m *sync.Mutex) { m.Lock() }

func TestHangs(t *testing.T) {
	var m sync.Mutex
	m.Lock()
	holdsOn(&m)
}
""",
    "counts/x_test.go": """package counts

import ("os"; "runtime"; "testing"; "time")

func TestMain(m *testing.M) {
	code := m.Run()
	// Whatever still runs beside the tests is gone once their profiles are written.
	for i := 0; i < 100 && runtime.NumGoroutine() > 1; i++ { time.Sleep(10 * time.Millisecond) }
	if runtime.NumGoroutine() != 1 { code = 9 }
	os.Exit(code)
}

func TestCounts(t *testing.T) {
	// main and the test: what writes the CPU profile and the trace is the runtime's own.
	if n := runtime.NumGoroutine(); n != 2 { t.Errorf("%d goroutines", n) }
}
""",
    "exits/x_test.go": """package exits

import ("log"; "testing")

func TestGivesUp(t *testing.T) { log.Fatal("given up") }
""",
    "deaf/x_test.go": """package deaf

import ("os"; "testing")

func TestMain(m *testing.M) { os.Exit(3) }

func TestNever(t *testing.T) {}
""",
    "apart/x_test.go": """package apart

import ("os"; "os/exec"; "testing")

func TestRunsItself(t *testing.T) {
	if os.Getenv("APART") != "" { return }
	again := exec.Command(os.Args[0], "-test.run=TestRunsItself", "-test.timeout=1m")
	again.Env = append(os.Environ(), "APART=1")
	if out, err := again.CombinedOutput(); err != nil { t.Fatal(err, string(out)) }
}
""",
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("probed"), "example.com/probed", SOURCES)


def texts(run: Collected, kind: Kind) -> dict[str, bytes]:
    with open_bundle(run.result.bundle) as bundle:
        return {a.name.rpartition("/")[2]: bytes(bundle.read(a)) for a in bundle.of_kind(kind)}


@pytest.mark.parametrize("version", ORACLES)
def test_a_passing_test_that_leaves_a_goroutine_shows_it(
    version: str, module: Path, tmp_path: Path
) -> None:
    run = collected(module, tmp_path / "x.zip", "./leaks", go=go_toolchain(version))
    assert run.result.exit_code == 0
    assert b"leaks_test.neverComes" in texts(run, Kind.GOROUTINES)["goroutine.txt"]
    assert run.shown.count("=== RUN") == 1
    assert ("goroutineleak.pprof" in texts(run, Kind.PROFILE)) == (version == NEWEST)
    # It waits for what is left behind to settle: the trace has it stuck for so long.
    assert run.result.manifest.phases.run_ns > 300_000_000


@pytest.mark.parametrize("version", ORACLES)
@pytest.mark.slow
def test_before_the_deadline_it_writes_where_everybody_waits(
    version: str, module: Path, tmp_path: Path
) -> None:
    run = collected(module, tmp_path / "x.zip", "./hangs", timeout="2s", go=go_toolchain(version))
    assert run.result.exit_code == 1
    assert "panic: test timed out after 2s" in run.shown
    assert b"hangs.holdsOn" in texts(run, Kind.GOROUTINES)["goroutine.txt"]
    assert run.result.manifest.missing == ()
    with open_bundle(run.result.bundle) as bundle:
        assert not any("deadline" in artefact.name for artefact in bundle.artefacts)


@pytest.mark.parametrize("version", ORACLES)
def test_a_test_that_counts_goroutines_counts_none_of_its_own(
    version: str, module: Path, tmp_path: Path
) -> None:
    run = collected(module, tmp_path / "x.zip", "./counts", go=go_toolchain(version))
    assert run.result.exit_code == 0, run.shown


def test_log_fatal_leaves_everything_since_go_1_23(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./exits")
    assert "given up" in run.shown
    assert run.result.manifest.missing == ()
    old = collected(module, tmp_path / "x.zip", "./exits", go=go_toolchain("1.21.13"))
    assert "cpu.pprof" in old.result.manifest.missing[0]
    assert "exit code 1" in old.result.manifest.missing[0]


def test_a_test_main_that_runs_nothing_is_told(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./deaf")
    assert run.result.exit_code == 1
    assert "exit code 3" in run.result.manifest.missing[0]


def test_a_test_binary_that_runs_itself_writes_nothing_twice(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./apart")
    assert run.result.exit_code == 0, run.shown
    assert run.result.manifest.missing == ()


@pytest.mark.parametrize("flags", [{"-shuffle": "1"}, {"-run": "Leaves"}, {"-cpu": "1,2"}])
@pytest.mark.slow
def test_it_works_under_any_order_and_filter(
    flags: dict[str, str], module: Path, tmp_path: Path
) -> None:
    run = collected(module, tmp_path / "x.zip", "./leaks", test_flags=flags)
    assert b"leaks_test.neverComes" in texts(run, Kind.GOROUTINES)["goroutine.txt"]


def test_it_can_be_left_out(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./leaks", probe=False)
    assert not run.result.manifest.probe
    assert texts(run, Kind.GOROUTINES) == {}
    # A trace names every function that something waited in.
    assert b"flaketui" not in texts(run, Kind.TRACE)["trace.out"]
    probed = collected(module, tmp_path / "x.zip", "./leaks")
    assert b"flaketuiEnding" in texts(probed, Kind.TRACE)["trace.out"]


def test_a_standard_library_package_has_it_too(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "runtime/pprof", test_flags={"-run": "^TestEmpty"})
    assert run.result.manifest.probe
    assert run.result.manifest.missing == ()
