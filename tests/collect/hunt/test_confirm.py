"""Programs with a known cause: each kind of experiment proves it, and chance proves nothing."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from collect.running import collected, make_module
from flakecore.bundle import Experiment, Settings, open_bundle
from flakecore.bundle.trial import Trial
from flakecore.collect import ConfirmOptions, HuntOptions, HuntProgress
from flakecore.comparison import RunRecorder, experiment_sentence, fails_alike, is_proved
from flakecore.diagnosis import Certainty
from flakecore.errors import FlakeError
from flakecore.report.explainer import Explainer
from flakecore.timeline import load_cases
from flaketui.commands.collecting.confirming import confirm_options

pytestmark = pytest.mark.slow

SOURCES = {
    "procs/x_test.go": """package procs

import ("runtime"; "testing")

func TestProcs(t *testing.T) {
	if runtime.GOMAXPROCS(0) == 1 { t.Fatal("one proc") }
}
""",
    # It waits for nothing; now and then the goroutine is later than the test.
    "late/x_test.go": """package late

import ("os"; "sync/atomic"; "testing"; "time")

func TestLate(t *testing.T) {
	var done atomic.Bool
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
	late := len(seen)%8 == 7
	go func() {
		if late { time.Sleep(time.Second) }
		time.Sleep(time.Millisecond)
		done.Store(true)
	}()
	time.Sleep(200 * time.Millisecond)
	if !done.Load() { t.Fatal("not done") }
}
""",
    "seed/x_test.go": """package seed

import "testing"

var limit = 10

func TestSeed(t *testing.T) { limit = 3 }

func TestLimit(t *testing.T) {
	if limit != 10 { t.Fatalf("limit is %d", limit) }
}
""",
    # Whose value comes last counts; now and then the slow one is overtaken. Nobody waits in vain.
    "parts/x_test.go": """package parts

import ("os"; "strings"; "testing"; "time")

func load(events chan string) {
	text := strings.Repeat("loaded", 1)
	events <- text // loads
}

func refresh(events chan string) {
	time.Sleep(200 * time.Millisecond)
	events <- "refreshed" // refreshes
}

func TestParts(t *testing.T) {
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
	events := make(chan string)
	start := func() { go load(events) }
	if len(seen)%8 == 7 {
		time.AfterFunc(400*time.Millisecond, start)
	} else {
		start()
	}
	go refresh(events)
	last := ""
	for n := 0; n < 2; n++ { last = <-events }
	if last != "refreshed" { t.Fatalf("stale: %s", last) }
}
""",
    # Its goroutines come in any order, it has a deadline, and it fails for no reason of theirs.
    "deadline/x_test.go": """package deadline

import ("os"; "testing"; "time")

func work(done chan bool, n int) {
	time.Sleep(time.Duration(n%3) * time.Millisecond)
	done <- true
}

func TestDeadline(t *testing.T) {
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
	done := make(chan bool)
	for n := 0; n < 3; n++ { go work(done, n+len(seen)) }
	for n := 0; n < 3; n++ {
		select {
		case <-done:
		case <-time.After(time.Second):
			t.Fatal("too late")
		}
	}
	if len(seen)%8 == 5 { t.Fatal("the rare one") }
}
""",
    "chance/x_test.go": """package chance

import ("os"; "testing")

func TestChance(t *testing.T) {
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
	if len(seen)%5 == 3 { t.Fatal("the rare one") }
}
""",
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("confirmed"), "example.com/confirmed", SOURCES)


@pytest.fixture(autouse=True)
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTER", str(tmp_path / "counter"))


def confirmed(
    module: Path, tmp_path: Path, package: str, hunting: HuntOptions
) -> tuple[tuple[Experiment, ...], Path]:
    """Hunt, put what it tells to the test, and return the experiments and the new bundle."""
    first, second = tmp_path / "hunt.zip", tmp_path / "confirmed.zip"
    collected(module, first, f"./{package}", hunt=hunting, record=RunRecorder())
    asked = confirm_options(first, 10)
    run = collected(module, second, hunt=HuntOptions(confirm=asked), replay=first)
    return run.result.manifest.experiments, second


def certainties(place: Path) -> dict[str, Certainty]:
    """Return how certain each rule's finding is on the first failure of a bundle."""
    with open_bundle(place) as bundle:
        case = load_cases(bundle)[0]
        found = Explainer(bundle).findings(case, case.failures[0])
        return {each.rule: each.certainty for each in found}


def test_a_condition_is_taken_away_and_put_back(module: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(max_runs=150, stress=True)
    (made,), place = confirmed(module, tmp_path, "procs", hunting)
    assert (made.kind, made.words, made.rule) == ("condition", "GOMAXPROCS=1", "flags")
    assert (made.failed_with, made.runs_with) == (10, 10)
    assert (made.failed_without, made.runs_without) == (0, 10)
    assert certainties(place)["flags"] is Certainty.PROVED


def test_the_test_before_it_is_left_out(module: Path, tmp_path: Path) -> None:
    (made,), place = confirmed(module, tmp_path, "seed", HuntOptions(max_runs=2))
    assert (made.kind, made.words, made.rule) == ("neighbour", "TestSeed", "shared-state")
    assert (made.failed_with, made.failed_without) == (10, 0)
    # Runs of the experiment itself show the order now.
    assert certainties(place)["order-dependent"] is Certainty.PROVED


def test_a_goroutine_that_nobody_waits_for_is_held_up(module: Path, tmp_path: Path) -> None:
    made, place = confirmed(module, tmp_path, "late", HuntOptions(max_runs=16))
    assert (made[-1].kind, made[-1].failed_with, made[-1].runs_with) == ("delay", 10, 10)
    assert made[-1].failed_without <= 3
    assert is_proved(made[-1])
    assert certainties(place)[made[-1].rule] is Certainty.PROVED


def test_of_what_fails_by_chance_nothing_is_confirmed(module: Path, tmp_path: Path) -> None:
    hunting = HuntOptions(max_runs=20, stress=True)
    try:
        made, place = confirmed(module, tmp_path, "chance", hunting)
    except FlakeError as error:
        assert "nothing that is known of its failure can be put to the test" in str(error)
        return
    assert not any(is_proved(each) for each in made)
    assert Certainty.PROVED not in certainties(place).values()


def test_the_place_where_the_runs_part_is_held_up(module: Path, tmp_path: Path) -> None:
    made, place = confirmed(module, tmp_path, "parts", HuntOptions(max_runs=16))
    last = made[-1]
    line = SOURCES["parts/x_test.go"].splitlines().index("\tevents <- text // loads") + 1
    assert last.rule == "parting"
    assert last.words.endswith(f" before x_test.go:{line}")
    assert (last.failed_with, last.runs_with, last.otherwise_with) == (10, 10, 0)
    assert last.failed_without <= 3
    assert is_proved(last)
    with open_bundle(place) as bundle:
        case = load_cases(bundle)[0]
        first, *_ = Explainer(bundle).findings(case, case.failures[0])
    assert (first.rule, first.certainty) == ("experiment", Certainty.PROVED)
    assert "with a delay of" in first.claim
    assert any(each.text.startswith("it puts to the test: Parts from") for each in first.evidence)


def test_a_delay_that_breaks_a_deadline_proves_nothing(module: Path, tmp_path: Path) -> None:
    first = tmp_path / "hunt.zip"
    collected(module, first, "./deadline", hunt=HuntOptions(max_runs=6, keep=1))
    with open_bundle(first) as bundle:
        (case, *_) = load_cases(bundle)
    (failure,) = case.failures
    line = SOURCES["deadline/x_test.go"].splitlines().index("\tdone <- true") + 1
    trial = Trial(
        experiment=Experiment(kind="delay", test="example.com/confirmed/deadline.TestDeadline"),
        with_it=Settings(delay=f"x_test.go:{line} for 3s"),
        without=Settings(),
        file="x_test.go",
        line=line,
        delay_ns=3 * 10**9,
    )
    asked = ConfirmOptions(
        trials=(trial,), runs=4, is_proved=is_proved, is_alike=fails_alike(case, failure)
    )
    place = tmp_path / "x.zip"
    run = collected(module, place, "./deadline", hunt=HuntOptions(confirm=asked))
    (made,) = run.result.manifest.experiments
    # It always comes too late, which is not how it failed.
    assert (made.otherwise_with, made.runs_with, made.failed_with) == (4, 4, 0)
    assert experiment_sentence(made).endswith("4 of those with it failed with another message")


def test_a_signal_leaves_the_counts_so_far(module: Path, tmp_path: Path) -> None:
    settings = Settings(gomaxprocs=1)
    experiment = Experiment(kind="condition", test="example.com/confirmed/procs.TestProcs")
    trial = Trial(experiment=experiment, with_it=settings, without=Settings())

    def stop(progress: HuntProgress) -> None:
        if progress.runs == 6:
            signal.raise_signal(signal.SIGINT)

    assert threading.current_thread() is threading.main_thread()
    run = collected(
        module,
        tmp_path / "x.zip",
        "./procs",
        hunt=HuntOptions(confirm=ConfirmOptions(trials=(trial,), runs=10)),
        report=stop,
    )
    (made,) = run.result.manifest.experiments
    assert (made.runs_with, made.runs_without, made.planned) == (3, 3, 10)
    assert made.failed_with == 3
    assert run.result.manifest.interrupted


def test_a_line_that_takes_no_delay_is_said(module: Path, tmp_path: Path) -> None:
    trial = Trial(
        experiment=Experiment(kind="delay", test="example.com/confirmed/procs.TestProcs"),
        with_it=Settings(delay="x_test.go:3 for 1ms"),
        without=Settings(),
        file="x_test.go",
        line=3,
        delay_ns=10**6,
    )
    hunting = HuntOptions(confirm=ConfirmOptions(trials=(trial,), runs=2))
    run = collected(module, tmp_path / "x.zip", "./procs", hunt=hunting)
    (made,) = run.result.manifest.experiments
    assert made.why_not == "no statement begins at x_test.go:3"
    assert made.runs_with == 0
