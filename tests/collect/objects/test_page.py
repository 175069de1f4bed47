"""The objects page against what a program knows of itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

import flakecore
from capture_cache import Recipe, cached_capture, once_a_process
from collect.objects.pages import Page
from collect.running import collected, make_module
from toolchains import NEWEST, RELEASES, go_toolchain

PROGRAM = Path(__file__).with_name("waits_test.go.txt")
COLLECT = Path(flakecore.__file__).parent / "collect"


@once_a_process
def page_of(version: str, race: bool = False) -> Page:
    """Return the page that is written at the deadline of the program's only test."""
    go = go_toolchain(version)

    def collect(folder: Path) -> None:
        files = {"waits/x_test.go": PROGRAM.read_text()}
        with tempfile.TemporaryDirectory() as made:
            module = make_module(Path(made), "example.com/objects", files)
            place = folder / "bundle.zip"
            run = collected(module, place, "./waits", timeout="3s", go=go, race=race)
        assert run.result.manifest.missing == ()
        (folder / "shown.txt").write_text(run.shown)

    recipe = Recipe(f"page-{version}", (PROGRAM, COLLECT), (go, race))
    folder = cached_capture(recipe, collect)
    page = Page(folder / "bundle.zip", (folder / "shown.txt").read_text())
    assert page.page["why"] == "deadline"
    assert page.page["missing"] == []
    assert page.page["lost"] == {"goroutines": 0, "objects": 0, "holders": 0}
    return page


VERSIONS = [NEWEST, *(pytest.param(v, marks=pytest.mark.slow) for v in RELEASES[:-1])]
everywhere = pytest.mark.parametrize("version", VERSIONS)


@everywhere
def test_a_mutex_has_its_holder_and_where_it_was_locked(version: str, race: bool = False) -> None:
    page = page_of(version, race)
    for one, other in (("a", "b"), ("b", "a")):
        waiter, holder = page.waiter("move", one), page.objects[one]["holders"][0]
        assert holder["goroutine"] == page.waiter("move", other)["id"]
        assert page.functions(holder["stack"])[0] == "move"
        assert holder["since"] <= waiter["since"] < page.page["mono_ns"]
        assert waiter["waits"] == [{"object": page.addresses[one], "op": "lock"}]
        assert not waiter["live"]


@everywhere
def test_a_holder_that_has_ended_is_said_to(version: str) -> None:
    page = page_of(version)
    (holder,) = page.objects["left"]["holders"]
    assert holder["ended"]
    assert page.functions(holder["stack"])[0] == "lockAndLeave"
    ended = {g["id"]: g for g in page.page["goroutines"] if g["state"] == "ended"}
    assert ended[holder["goroutine"]]["ended_ns"] >= holder["since"]
    assert not page.waiter("lockLeft")["live"]


@everywhere
def test_a_mutex_that_was_unlocked_has_no_holder(version: str) -> None:
    page = page_of(version)
    assert page.objects["free"] is None


@everywhere
def test_readers_and_writers_are_told_apart(version: str) -> None:
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
def test_a_once_is_held_by_who_runs_it(version: str) -> None:
    page = page_of(version)
    once = page.objects["once"]
    assert once["kind"] == "once"
    (holder,) = once["holders"]
    assert holder["goroutine"] == page.waiter("initialise.func1")["id"]
    assert page.addresses["once"] in {
        wait["object"] for g in page.page["goroutines"] for wait in g.get("waits", ())
    }


@everywhere
def test_all_cases_of_a_select_are_there(version: str) -> None:
    page = page_of(version)
    waits = {(w["object"], w["op"]) for w in page.waiter("choose")["waits"]}
    assert waits == {(page.addresses["full"], "send"), (page.addresses["quiet"], "receive")}


@everywhere
def test_a_channel_has_who_made_and_used_it_last(version: str, race: bool = False) -> None:
    page = page_of(version, race)
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
def test_what_a_variable_reaches_may_still_be_woken(version: str) -> None:
    page = page_of(version)
    waiter = page.waiter("receiveGlobal")
    # The goroutine that only sleeps is alive, and could get there.
    assert page.objects["global"]["global"]
    assert (waiter["live"], waiter["because"]) == (True, "object")
    # Whether a goroutine that waits on this one is dead depends on what old words are on stacks.
    assert not page.objects["quiet"]["global"]


@everywhere
def test_what_another_goroutine_has_on_its_stack_is_said(version: str) -> None:
    page = page_of(version)
    assert page.waiter("keeper")["id"] in page.objects["kept"]["reachable_from"]
    assert page.waiter("keeper")["live"]
    assert page.waiter("receiveKept")["because"] == "object"


@everywhere
def test_a_wait_group_has_its_counter_and_the_last_add_and_done(
    version: str, race: bool = False
) -> None:
    page = page_of(version, race)
    group = page.objects["group"]
    assert (group["kind"], group["counter"]) == ("waitgroup", 2)
    assert group["last_add"]["goroutine"] == page.waiter("Waits")["id"]
    assert "finish" in page.functions(group["last_done"]["stack"])
    assert page.waiter("Waits")["waits"] == [{"object": page.addresses["group"], "op": "wait"}]


@everywhere
def test_a_cond_has_its_last_signal_and_its_lock(version: str) -> None:
    page = page_of(version)
    cond = page.objects["cond"]
    waiter = page.waiter("await")
    assert waiter["waits"] == [{"object": page.addresses["cond"], "op": "cond"}]
    assert cond["locker"] == page.addresses["condlock"]
    assert page.functions(cond["last_signal"]["stack"])[0] == "Waits"
    assert cond["last_signal"]["at"] <= waiter["since"]


@everywhere
def test_a_context_has_who_made_and_cancelled_it(version: str) -> None:
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
def test_timers_keep_who_waits_for_them_alive(version: str) -> None:
    page = page_of(version)
    waiter = page.waiter("awaitTimer")
    assert (waiter["live"], waiter["because"]) == (True, "timer")
    timers = {o.get("channel"): o for o in page.page["objects"] if o["kind"] == "timer"}
    (channel,) = [w["object"] for w in waiter["waits"]]
    assert timers[channel]["due"] - waiter["since"] > 3500 * 10**9
    assert page.waiter("keeper")["because"] == "sleep"


@everywhere
def test_what_waits_for_nothing_is_dead(version: str) -> None:
    page = page_of(version)
    reasons = {"waitForNothing": "select (no cases)", "receiveNil": "chan receive (nil chan)"}
    for function, reason in reasons.items():
        waiter = page.waiter(function)
        assert (waiter["live"], waiter["reason"]) == (False, reason)


@everywhere
def test_goroutines_belong_to_the_test_that_started_them(version: str) -> None:
    page = page_of(version)
    assert {page.waiter(f)["test"] for f in ("Waits", "choose", "keeper")} == {"TestAll/Waits"}
    (main,) = [g for g in page.page["goroutines"] if g["id"] == 1]
    assert "test" not in main


@pytest.mark.parametrize("version", [NEWEST, pytest.param("1.21.13", marks=pytest.mark.slow)])
@pytest.mark.slow
def test_it_knows_the_same_under_the_race_detector(version: str) -> None:
    test_a_mutex_has_its_holder_and_where_it_was_locked(version, race=True)
    test_a_channel_has_who_made_and_used_it_last(version, race=True)
    test_a_wait_group_has_its_counter_and_the_last_add_and_done(version, race=True)
