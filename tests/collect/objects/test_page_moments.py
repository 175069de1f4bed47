"""When a page is written: at a failure, at SIGQUIT, before a death, where a test hangs."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect.objects.pages import pages
from collect.running import collected, make_module
from flakecore.bundle import open_bundle
from flakecore.pprof import read_profile
from toolchains import NEWEST, go_toolchain

SOURCES = {
    "fails/x_test.go": """package fails

import ("runtime/pprof"; "context"; "testing")

func TestParts(t *testing.T) {
	t.Run("good", func(t *testing.T) {})
	t.Run("bad", func(t *testing.T) { t.Error("no") ; t.Error("no again") })
}

func TestOwnLabels(t *testing.T) {
	pprof.Do(context.Background(), pprof.Labels("mine", "yes"), func(context.Context) {
		t.Run("part", func(t *testing.T) {
			blocked := make(chan int)
			go func() { <-blocked }()
			t.Error("no")
		})
	})
}
""",
    "leaves/x_test.go": """package leaves

import ("testing"; "time")

func wait(c chan int) { <-c }
func TestLeaves(t *testing.T) { go wait(make(chan int)); time.Sleep(200 * time.Millisecond) }
func TestDies(t *testing.T) { panic("long before the end") }
""",
    "moves/x_test.go": """package moves

import ("testing"; "time")

func TestGoesOn(t *testing.T) {
	answer := make(chan int)
	go func() { time.Sleep(1500 * time.Millisecond); answer <- 1 }()
	<-answer
}
""",
    "quits/x_test.go": """package quits

import ("os"; "runtime"; "strings"; "syscall"; "testing"; "time")

func TestQuits(t *testing.T) {
	go func() { select {} }()
	go func() {
		stacks := make([]byte, 1<<16)
		for strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "[select (no cases)") < 2 {
			time.Sleep(time.Millisecond)
		}
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
	}()
	select {}
}
""",
    "stands/x_test.go": """package stands

import ("sync"; "testing")

func TestStands(t *testing.T) {
	mu := new(sync.Mutex)
	mu.Lock()
	go func() { mu.Lock(); done <- 1 }()
	<-done
}

var done = make(chan int)
""",
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("objects"), "example.com/objects", SOURCES)


@pytest.mark.parametrize("version", [pytest.param("1.21.13", marks=pytest.mark.slow), NEWEST])
def test_a_failing_test_has_a_page_and_only_once(
    version: str, module: Path, tmp_path: Path
) -> None:
    run = collected(module, tmp_path / "x.zip", "./fails", go=go_toolchain(version))
    found = [(page["why"], page.get("test", "")) for page in pages(run.result.bundle)]
    assert found == [("fail", "TestParts/bad"), ("fail", "TestOwnLabels/part"), ("end", "")]
    last = pages(run.result.bundle)[1]
    blocked = [g for g in last["goroutines"] if g.get("reason") == "chan receive"]
    assert all("test" not in g for g in blocked if "live" in g and not g["live"])


@pytest.mark.parametrize("version", [pytest.param("1.21.13", marks=pytest.mark.slow), NEWEST])
def test_sigquit_has_a_page_before_the_dump(version: str, module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./quits", go=go_toolchain(version))
    assert run.result.exit_code == 1
    assert "SIGQUIT: quit" in run.shown
    (page,) = pages(run.result.bundle)
    assert page["why"] == "quit"
    dead = [g for g in page["goroutines"] if g.get("reason") == "select (no cases)"]
    assert [(g["test"], g["live"]) for g in dead] == [("TestQuits", False)] * 2


def test_a_run_that_dies_has_what_leaked_before(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./leaves")
    assert "long before the end" in run.shown
    with open_bundle(run.result.bundle) as bundle:
        (file,) = [a for a in bundle.artefacts if a.name.endswith("/goroutineleak.pprof")]
        profile = read_profile(bytes(bundle.read(file)), name=file.name)
    assert [label.text for labels in profile.label_sets for label in labels] == ["TestLeaves"]


def test_a_hang_ends_the_run_and_is_no_timeout(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./stands", hang_ns=10**9, timeout="60s")
    assert run.result.exit_code == 1
    assert "panic: test hung for 1s\n" in run.shown
    assert [page["why"] for page in pages(run.result.bundle)] == ["hang"]
    assert run.result.manifest.attempts[0].hung == ("example.com/objects/stands",)
    assert run.result.manifest.missing == ()
    assert run.result.manifest.phases.run_ns < 20 * 10**9


def test_a_test_that_still_sleeps_does_not_hang(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./moves", hang_ns=500_000_000, timeout="60s")
    assert run.result.exit_code == 0, run.shown
    assert run.result.manifest.attempts[0].hung == ()


def test_without_objects_there_is_no_page(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./fails", objects=False)
    assert pages(run.result.bundle) == []
    assert run.result.manifest.missing == ()
