"""Hunts of programs with a known cause tell it, and one that fails by chance alone tells nothing.

Of twenty hunts of the program that fails by chance, of 60 runs each, one may tell an association.
Measured besides on 177 runs of one hunt under --stress, each called failed with a chance of one in
ten, two hundred times over: a condition was told twice, what happened inside never.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from collect.running import collected, make_module
from flakecore.bundle import open_bundle
from flakecore.collect import HuntOptions
from flakecore.comparison import (
    FailureRate,
    RunRecorder,
    failure_rates,
    run_findings,
    runs_of_bundle,
)
from flakecore.diagnosis import Certainty
from flakecore.timeline import load_cases

pytestmark = pytest.mark.slow

SOURCES = {
    # Every fourth run misses the cache, and its value comes after the deadline.
    "order/x_test.go": """package order

import ("context"; "fmt"; "os"; "testing"; "time")

func fill(values chan int, slow bool) {
	if slow { time.Sleep(400 * time.Millisecond) }
	values <- 1
}

func TestValue(t *testing.T) {
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
	slow := len(seen)%4 == 3
	if slow { fmt.Println("cache miss", len(seen)) }
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	values := make(chan int, 1)
	go fill(values, slow)
	select {
	case <-values:
	case <-ctx.Done():
		t.Fatalf("no value: %v", ctx.Err())
	}
}
""",
    # The reader fails where the writer runs beside it, which every third run brings about.
    "overlap/x_test.go": """package overlap

import ("os"; "sync/atomic"; "testing"; "time")

var shared atomic.Int64

func TestCount(t *testing.T) {
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
	beside = len(seen)%3 == 2
}

var beside bool

func TestWriter(t *testing.T) {
	if beside { t.Parallel() }
	shared.Add(1)
	time.Sleep(60 * time.Millisecond)
	shared.Add(-1)
}

func TestReader(t *testing.T) {
	t.Parallel()
	time.Sleep(20 * time.Millisecond)
	if got := shared.Load(); got != 0 { t.Fatalf("shared is %d", got) }
}
""",
    "chance/x_test.go": """package chance

import ("fmt"; "math/rand"; "sync"; "testing"; "time")

func TestByChance(t *testing.T) {
	dice := rand.New(rand.NewSource(time.Now().UnixNano()))
	out := make(chan int)
	var workers sync.WaitGroup
	for n := 0; n < 4; n++ {
		workers.Add(1)
		go func(n int) {
			defer workers.Done()
			time.Sleep(time.Duration(n) * time.Millisecond)
			out <- n
		}(n)
	}
	go func() { workers.Wait(); close(out) }()
	for n := range out { fmt.Println("worker", string(rune('a' + n))) }
	if dice.Intn(10) == 0 { t.Fatal("the rare one") }
}
""",
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("explained"), "example.com/explained", SOURCES)


def rates(
    module: Path, bundle: Path, package: str, hunting: HuntOptions
) -> tuple[FailureRate, ...]:
    """Return what failed in a hunt."""
    run = collected(module, bundle, f"./{package}", hunt=hunting, record=RunRecorder())
    with open_bundle(run.result.bundle) as opened:
        return failure_rates(runs_of_bundle(opened))


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTER", str(tmp_path / "counter"))


@pytest.mark.usefixtures("counter")
def test_the_line_that_only_failing_runs_print_stands_first(module: Path, tmp_path: Path) -> None:
    place = tmp_path / "x.zip"
    (rate,) = rates(module, place, "order", HuntOptions(max_runs=24))
    assert (rate.failures, rate.runs) == (6, 24)
    first = rate.predicates[0]
    assert first.words == "it prints 'cache miss N'"
    assert (first.failed_with, first.runs_with, first.failed_without) == (6, 6, 0)
    with open_bundle(place) as bundle:
        case = load_cases(bundle)[0]
        (finding, *_) = run_findings(case, case.failures[0], runs_of_bundle(bundle))
    assert finding.rule == "predicate"
    assert finding.certainty is Certainty.ASSOCIATED
    assert finding.claim.startswith("Failed 6 of 6 where it prints 'cache miss N'")


@pytest.mark.usefixtures("counter")
def test_the_test_beside_it_is_told(module: Path, tmp_path: Path) -> None:
    (rate,) = rates(module, tmp_path / "x.zip", "overlap", HuntOptions(max_runs=30))
    assert (rate.failures, rate.runs) == (10, 30)
    told = [words for each in rate.predicates for words in (each.words, *each.alike)]
    assert "TestWriter runs at the same time" in told


def test_what_fails_by_chance_alone_goes_with_nothing(module: Path, tmp_path: Path) -> None:
    told, failures = [], 0
    for seed in range(1, 21):
        hunting = HuntOptions(max_runs=60, keep=1)
        for rate in rates(module, tmp_path / f"{seed}.zip", "chance", hunting):
            failures += rate.failures
            told += [each.sentence() for each in rate.goes_with]
            told += [each.sentence() for each in rate.predicates]
    assert failures > 40
    assert len(told) <= 1, told
