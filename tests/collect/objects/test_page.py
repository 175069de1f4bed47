"""The objects page against what a program knows of itself."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from collect.running import Collected, collected, make_module
from flakecore.bundle import open_bundle
from flakecore.pprof import read_profile
from toolchains import NEWEST, RELEASES, go_toolchain

PROGRAM = Path(__file__).with_name("waits_test.go.txt")
OTHERS = {
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
    files = {"waits/x_test.go": PROGRAM.read_text(), **OTHERS}
    return make_module(tmp_path_factory.mktemp("objects"), "example.com/objects", files)


def pages(run: Collected) -> list[dict[str, Any]]:
    with open_bundle(run.result.bundle) as bundle:
        found = [a for a in bundle.artefacts if a.name.endswith("/objects.json")]
        lines = [bytes(bundle.read(artefact)).splitlines() for artefact in found]
    return [orjson.loads(line) for each in lines for line in each]


class Page:
    """One page, and the addresses that the program printed under names."""

    def __init__(self, run: Collected) -> None:
        self.page = pages(run)[0]
        line = next(line for line in run.shown.splitlines() if line.startswith("known: "))
        known = orjson.loads(line.removeprefix("known: "))
        self.objects: dict[str, Any] = {
            name: next((o for o in self.page["objects"] if o["address"] == address), None)
            for name, address in known.items()
        }
        self.addresses = known

    def waiter(self, function: str, name: str = "") -> dict[str, Any]:
        """Return the only goroutine that waits in a function, on an object if it is named."""
        found: list[dict[str, Any]] = [
            goroutine
            for goroutine in self.page["goroutines"]
            if goroutine["state"] == "waiting"
            and function in self.functions(goroutine["stack"])
            and (not name or self.addresses[name] in {w["object"] for w in goroutine["waits"]})
        ]
        (waiter,) = found
        return waiter

    def functions(self, stack: int) -> list[str]:
        """Return a stack's functions that are the program's own, without their package."""
        names = [self.page["frames"][frame][0] for frame in self.page["stacks"][stack]]
        path = "example.com/objects/waits."
        return [name.removeprefix(path) for name in names if name.startswith(path)]


@pytest.fixture(scope="module")
def page_of(module: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Page]:
    @functools.cache
    def make(version: str, race: bool = False) -> Page:
        place = tmp_path_factory.mktemp("bundle") / "x.zip"
        go = go_toolchain(version)
        run = collected(module, place, "./waits", timeout="3s", go=go, race=race)
        assert run.result.manifest.missing == ()
        page = Page(run)
        assert page.page["why"] == "deadline"
        assert page.page["missing"] == []
        assert page.page["lost"] == {"goroutines": 0, "objects": 0, "holders": 0}
        return page

    return make


VERSIONS = [
    *("1.21.13", NEWEST),
    *(pytest.param(v, marks=pytest.mark.slow) for v in RELEASES[1:-1]),
]
everywhere = pytest.mark.parametrize("version", VERSIONS)


@everywhere
def test_a_mutex_has_its_holder_and_where_it_was_locked(
    version: str, page_of: Callable[..., Page]
) -> None:
    page = page_of(version)
    for one, other in (("a", "b"), ("b", "a")):
        waiter, holder = page.waiter("move", one), page.objects[one]["holders"][0]
        assert holder["goroutine"] == page.waiter("move", other)["id"]
        assert page.functions(holder["stack"])[0] == "move"
        assert holder["since"] <= waiter["since"] < page.page["mono_ns"]
        assert waiter["waits"] == [{"object": page.addresses[one], "op": "lock"}]
        assert not waiter["live"]


@everywhere
def test_a_holder_that_has_ended_is_said_to(version: str, page_of: Callable[..., Page]) -> None:
    page = page_of(version)
    (holder,) = page.objects["left"]["holders"]
    assert holder["ended"]
    assert page.functions(holder["stack"])[0] == "lockAndLeave"
    ended = {g["id"]: g for g in page.page["goroutines"] if g["state"] == "ended"}
    assert ended[holder["goroutine"]]["ended_ns"] >= holder["since"]
    assert not page.waiter("lockLeft")["live"]


@everywhere
def test_a_mutex_that_was_unlocked_has_no_holder(
    version: str, page_of: Callable[..., Page]
) -> None:
    page = page_of(version)
    assert page.objects["free"] is None


@everywhere
def test_readers_and_writers_are_told_apart(version: str, page_of: Callable[..., Page]) -> None:
    page = page_of(version)
    lock = page.objects["rw"]
    assert lock["kind"] == "rwmutex"
    reader = page.waiter("readAndWait")
    assert [(h["goroutine"], h["mode"]) for h in lock["holders"]] == [(reader["id"], "read")]
    assert page.waiter("write")["waits"] == [{"object": page.addresses["rw"], "op": "lock"}]
    assert page.waiter("readLate")["waits"] == [{"object": page.addresses["rw"], "op": "rlock"}]
    written = page.objects["written"]["holders"]
    assert [(h["mode"], page.functions(h["stack"])[0]) for h in written] == [("write", "Waits")]


@everywhere
def test_a_once_is_held_by_who_runs_it(version: str, page_of: Callable[..., Page]) -> None:
    page = page_of(version)
    once = page.objects["once"]
    assert once["kind"] == "once"
    (holder,) = once["holders"]
    assert holder["goroutine"] == page.waiter("initialise.func1")["id"]
    assert page.addresses["once"] in {
        wait["object"] for g in page.page["goroutines"] for wait in g.get("waits", ())
    }


@everywhere
def test_all_cases_of_a_select_are_there(version: str, page_of: Callable[..., Page]) -> None:
    page = page_of(version)
    waits = {(w["object"], w["op"]) for w in page.waiter("choose")["waits"]}
    assert waits == {(page.addresses["full"], "send"), (page.addresses["quiet"], "receive")}


@everywhere
def test_a_channel_has_who_made_and_used_it_last(
    version: str, page_of: Callable[..., Page]
) -> None:
    page = page_of(version)
    test = page.waiter("Waits")["id"]
    full = page.objects["full"]
    assert (full["cap"], full["len"], full["closed"], full["elem"]) == (2, 2, False, "int")
    for event in ("made", "last_send", "last_receive"):
        assert full[event]["goroutine"] == test
        assert page.functions(full[event]["stack"])[0] == "Waits"
    assert full["made"]["at"] <= full["last_receive"]["at"] <= full["last_send"]["at"]
    handed = page.objects["handed"]
    sender = handed["last_send"]
    assert page.functions(sender["stack"])[0] == "sendTwice"
    assert sender["goroutine"] == page.waiter("sendTwice")["id"]
    assert handed["last_receive"]["goroutine"] == test
    assert page.functions(handed["last_receive"]["stack"])[0] == "Waits"
    assert "last_close" not in handed


@everywhere
def test_what_a_variable_reaches_may_still_be_woken(
    version: str, page_of: Callable[..., Page]
) -> None:
    page = page_of(version)
    waiter = page.waiter("receiveGlobal")
    # The goroutine that only sleeps is alive, and could get there.
    assert page.objects["global"]["global"]
    assert (waiter["live"], waiter["because"]) == (True, "object")
    # Whether a goroutine that waits on this one is dead depends on what old words are on stacks.
    assert not page.objects["quiet"]["global"]


@everywhere
def test_what_another_goroutine_has_on_its_stack_is_said(
    version: str, page_of: Callable[..., Page]
) -> None:
    page = page_of(version)
    assert page.waiter("keeper")["id"] in page.objects["kept"]["reachable_from"]
    assert page.waiter("keeper")["live"]
    assert page.waiter("receiveKept")["because"] == "object"


@everywhere
def test_a_wait_group_has_its_counter_and_the_last_add_and_done(
    version: str, page_of: Callable[..., Page]
) -> None:
    page = page_of(version)
    group = page.objects["group"]
    assert (group["kind"], group["counter"]) == ("waitgroup", 2)
    assert group["last_add"]["goroutine"] == page.waiter("Waits")["id"]
    assert "finish" in page.functions(group["last_done"]["stack"])
    assert page.waiter("Waits")["waits"] == [{"object": page.addresses["group"], "op": "wait"}]


@everywhere
def test_a_cond_has_its_last_signal_and_its_lock(
    version: str, page_of: Callable[..., Page]
) -> None:
    page = page_of(version)
    cond = page.objects["cond"]
    waiter = page.waiter("await")
    assert waiter["waits"] == [{"object": page.addresses["cond"], "op": "cond"}]
    assert cond["locker"] == page.addresses["condlock"]
    assert page.functions(cond["last_signal"]["stack"])[0] == "Waits"
    assert cond["last_signal"]["at"] <= waiter["since"]


@everywhere
def test_a_context_has_who_made_and_cancelled_it(
    version: str, page_of: Callable[..., Page]
) -> None:
    page = page_of(version)
    contexts = {o["done"]: o for o in page.page["objects"] if o["kind"] == "context"}
    (waiting,) = [w["object"] for w in page.waiter("heed")["waits"]]
    context = contexts[waiting]
    assert "Waits" in page.functions(context["made"]["stack"])
    assert not context.get("canceled", False)
    assert "due" not in context
    (limited,) = [w["object"] for w in page.waiter("heedLimited")["waits"]]
    limit = contexts[limited]
    assert abs(limit["due"] - limit["made"]["at"] - 3600 * 10**9) < 10**9
    assert page.waiter("heedLimited")["live"]


@everywhere
def test_timers_keep_who_waits_for_them_alive(version: str, page_of: Callable[..., Page]) -> None:
    page = page_of(version)
    waiter = page.waiter("awaitTimer")
    assert (waiter["live"], waiter["because"]) == (True, "timer")
    timers = {o.get("channel"): o for o in page.page["objects"] if o["kind"] == "timer"}
    (channel,) = [w["object"] for w in waiter["waits"]]
    assert timers[channel]["due"] - waiter["since"] > 3500 * 10**9
    assert page.waiter("keeper")["because"] == "sleep"


@everywhere
def test_what_waits_for_nothing_is_dead(version: str, page_of: Callable[..., Page]) -> None:
    page = page_of(version)
    reasons = {"waitForNothing": "select (no cases)", "receiveNil": "chan receive (nil chan)"}
    for function, reason in reasons.items():
        waiter = page.waiter(function)
        assert (waiter["live"], waiter["reason"]) == (False, reason)


@everywhere
def test_goroutines_belong_to_the_test_that_started_them(
    version: str, page_of: Callable[..., Page]
) -> None:
    page = page_of(version)
    assert {page.waiter(f)["test"] for f in ("Waits", "choose", "keeper")} == {"TestAll/Waits"}
    (main,) = [g for g in page.page["goroutines"] if g["id"] == 1]
    assert "test" not in main


@pytest.mark.parametrize("version", [NEWEST, pytest.param("1.21.13", marks=pytest.mark.slow)])
@pytest.mark.slow
def test_it_knows_the_same_under_the_race_detector(
    version: str, page_of: Callable[..., Page]
) -> None:
    with_race = page_of(version, race=True)
    test_a_mutex_has_its_holder_and_where_it_was_locked(version, lambda _: with_race)
    test_a_channel_has_who_made_and_used_it_last(version, lambda _: with_race)
    test_a_wait_group_has_its_counter_and_the_last_add_and_done(version, lambda _: with_race)


@pytest.mark.parametrize("version", ["1.21.13", NEWEST])
def test_a_failing_test_has_a_page_and_only_once(
    version: str, module: Path, tmp_path: Path
) -> None:
    run = collected(module, tmp_path / "x.zip", "./fails", go=go_toolchain(version))
    found = [(page["why"], page.get("test", "")) for page in pages(run)]
    assert found == [("fail", "TestParts/bad"), ("fail", "TestOwnLabels/part"), ("end", "")]
    last = pages(run)[1]
    blocked = [g for g in last["goroutines"] if g.get("reason") == "chan receive"]
    assert all("test" not in g for g in blocked if "live" in g and not g["live"])


@pytest.mark.parametrize("version", ["1.21.13", NEWEST])
def test_sigquit_has_a_page_before_the_dump(version: str, module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./quits", go=go_toolchain(version))
    assert run.result.exit_code == 1
    assert "SIGQUIT: quit" in run.shown
    (page,) = pages(run)
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
    assert [page["why"] for page in pages(run)] == ["hang"]
    assert run.result.manifest.attempts[0].hung == ("example.com/objects/stands",)
    assert run.result.manifest.missing == ()
    assert run.result.manifest.phases.run_ns < 20 * 10**9


def test_a_test_that_still_sleeps_does_not_hang(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./moves", hang_ns=500_000_000, timeout="60s")
    assert run.result.exit_code == 0, run.shown
    assert run.result.manifest.attempts[0].hung == ()


def test_without_objects_there_is_no_page(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./fails", objects=False)
    assert pages(run) == []
    assert run.result.manifest.missing == ()
