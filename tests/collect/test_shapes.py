"""Modules of many shapes and endings, with old and new releases: each bundle holds what it must."""

from __future__ import annotations

import pytest

from collect.running import Collected, collected, make_module
from flakecore.bundle import Kind, open_bundle
from flakecore.gotrace import read_trace
from toolchains import NEWEST, go_toolchain

RELEASES = ("1.21.13", "1.24.11", NEWEST)

SOURCES = {
    # Tests inside and outside of the package, subtests, some of them parallel.
    "both/x.go": "package both\n\nfunc Twice(n int) int { return n + n }\n",
    "both/in_test.go": """package both

import "testing"

func TestInside(t *testing.T) { if Twice(2) != 4 { t.Fatal() } }
""",
    "both/out_test.go": """package both_test

import ("fmt"; "testing"; "example.com/shapes/both")

func TestOutside(t *testing.T) {
	for n := 0; n < 4; n++ {
		n := n
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			if both.Twice(n) != n+n { t.Fatal(n) }
		})
	}
}
""",
    "main/x_test.go": """package main_test

import ("os"; "testing")

func TestMain(m *testing.M) { os.Exit(m.Run()) }

func TestUnderMain(t *testing.T) { t.Log("within") }
""",
    "broken/x_test.go": """package broken

import "testing"

func TestX(t *testing.T) { none() }
""",
    "panics/x_test.go": """package panics

import "testing"

func TestPanics(t *testing.T) { panic("no way on") }
""",
    "late/x_test.go": """package late

import ("testing"; "time")

func waitsForever(c chan int) { <-c }

func TestTakesTooLong(t *testing.T) { go waitsForever(make(chan int)); time.Sleep(time.Hour) }
""",
    "locked/x_test.go": """package locked

import ("sync"; "testing")

func takesTwice(m *sync.Mutex) { m.Lock(); m.Lock() }

func TestDeadlocks(t *testing.T) { takesTwice(new(sync.Mutex)) }
""",
    "leaks/x_test.go": """package leaks

import "testing"

func leftBehind(c chan int) { <-c }

func TestLeaves(t *testing.T) { go leftBehind(make(chan int)) }
""",
    "exits/x_test.go": """package exits

import ("os"; "testing")

func TestExits(t *testing.T) { os.Exit(3) }
""",
    "killed/x_test.go": """package killed

import ("os"; "testing"; "time")

func TestKillsItself(t *testing.T) {
	time.Sleep(2500 * time.Millisecond)
	self, _ := os.FindProcess(os.Getpid())
	self.Kill()
	time.Sleep(time.Hour)
}
""",
    "untested/x.go": "package untested\n",
}

ORDERLY = {"trace.out", "cpu.pprof", "mem.pprof", "block.pprof", "mutex.pprof", "goroutine.txt"}
ORDERLY.add("objects.json")
WRITTEN = {"output", "writes"}
HOLDS = {
    "both": ORDERLY | WRITTEN,
    "main": ORDERLY | WRITTEN,
    "leaks": ORDERLY | WRITTEN,
    "late": ORDERLY | WRITTEN,
    "locked": ORDERLY | WRITTEN,
    "exits": ORDERLY | WRITTEN,
    "panics": {"trace.out", "objects.json"} | WRITTEN,
    "killed": {"trace.out"} | WRITTEN,
    "broken": set(),
    "untested": set(),
}
FAILED = {
    "broken",
    "panics.TestPanics",
    "late.TestTakesTooLong",
    "locked.TestDeadlocks",
    "exits.TestExits",
    "killed.TestKillsItself",
}


@pytest.fixture(scope="module", params=RELEASES)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """All packages of the module, without cgo, run by one release of Go."""
    folder = tmp_path_factory.mktemp("shapes")
    module = make_module(folder / "module", "example.com/shapes", SOURCES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CGO_ENABLED", "0")
        go = go_toolchain(request.param)
        return collected(module, folder / "x.zip", "./...", timeout="5s", go=go)


def is_old(run: Collected) -> bool:
    return run.result.manifest.go == "go1.21.13"


def of_package(run: Collected, package: str, kind: Kind) -> dict[str, bytes]:
    with open_bundle(run.result.bundle) as bundle:
        return {
            artefact.name.rpartition("/")[2]: bytes(bundle.read(artefact))
            for artefact in bundle.of_kind(kind)
            if artefact.package == f"example.com/shapes/{package}"
        }


# Before 1.22 a trace is written when there is much of it, and before 1.23 os.Exit tells nobody.
SUDDEN_BEFORE = {"panics", "killed", "exits"}


@pytest.mark.parametrize("package", HOLDS)
@pytest.mark.slow
def test_each_package_leaves_what_its_end_allows(package: str, run: Collected) -> None:
    prefix = f"packages/example.com/shapes/{package}/"
    with open_bundle(run.result.bundle) as bundle:
        assert bundle.losses == ()
        names = [artefact.name for artefact in bundle.artefacts]
    found = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
    if is_old(run) and package in SUDDEN_BEFORE:
        # What a test that fails by a panic waited on is written while it fails.
        page = {"objects.json"} if package == "panics" else set()
        assert found - {"trace.out"} == WRITTEN | page
    else:
        assert found - {"goroutineleak.pprof"} == HOLDS[package]


REASONS = {
    "broken": "the package or its tests do not build",
    "untested": "the package has no test files",
    "panics": "the test process ended by a panic or os.Exit (exit code 2) before",
    "exits": "the test process ended by a panic or os.Exit (exit code 3) before",
    "killed": "the test process was killed by SIGKILL before",
}


@pytest.mark.parametrize("package", HOLDS)
def test_what_is_not_there_is_named_with_a_reason(package: str, run: Collected) -> None:
    missing = {
        each.name.rpartition("/")[2]: each.missing
        for each in run.result.manifest.artefacts
        if each.missing and each.package == f"example.com/shapes/{package}"
    }
    expected = ORDERLY - HOLDS[package]
    if is_old(run) and package in SUDDEN_BEFORE:
        expected = ORDERLY
    assert set(missing) == expected - {"goroutine.txt", "objects.json"}
    assert all(why.startswith(REASONS[package]) for why in missing.values())


def test_the_failed_tests_are_named_also_where_they_could_not_say_so(run: Collected) -> None:
    (attempt,) = run.result.manifest.attempts
    assert set(attempt.failed) == {f"example.com/shapes/{name}" for name in FAILED}
    assert run.result.exit_code == 1


@pytest.mark.parametrize(
    ("package", "stuck"),
    [("late", "waitsForever"), ("locked", "takesTwice"), ("leaks", "leftBehind")],
)
def test_stacks_at_the_end_show_who_was_stuck(package: str, stuck: str, run: Collected) -> None:
    stacks = of_package(run, package, Kind.GOROUTINES)["goroutine.txt"]
    assert f"{package}.{stuck}".encode() in stacks


def test_a_trace_is_whole_or_holds_what_was_flushed_before_the_kill(run: Collected) -> None:
    for package in ("both", "main", "leaks", "late", "locked"):
        (trace,) = of_package(run, package, Kind.TRACE).values()
        assert read_trace(trace, name=package).complete
    if not is_old(run):
        (trace,) = of_package(run, "killed", Kind.TRACE).values()
        assert read_trace(trace, name="killed").events > 100


def test_the_leaked_goroutine_is_in_the_profile_of_leaks_where_go_has_one(run: Collected) -> None:
    found = "goroutineleak.pprof" in of_package(run, "leaks", Kind.PROFILE)
    minor = int(run.result.manifest.go.removeprefix("go1.").partition(".")[0])
    assert found == (minor >= 27)


def test_what_the_compiler_said_is_shown_and_kept(run: Collected) -> None:
    assert "undefined: none" in run.shown + run.noted
    with open_bundle(run.result.bundle) as bundle:
        texts = [bytes(bundle.read(artefact)) for artefact in bundle.artefacts]
    assert any(b"undefined: none" in text for text in texts)
