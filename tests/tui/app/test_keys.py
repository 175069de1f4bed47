"""Every key of the registry does what its help says."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.command import CommandPalette

from flakecore.timeline import Lane, LaneKind
from flaketui.app.actions.bookmarks import VIEW_PLACEHOLDER
from flaketui.app.actions.exporting import EXPORT_PLACEHOLDER
from flaketui.app.actions.movement import JUMP_PLACEHOLDER
from flaketui.app.actions.searching import SEARCH_PLACEHOLDER
from flaketui.app.explorer import Explorer
from flaketui.app.keys import KEYS, grouped, hints, key_table_markdown
from flaketui.app.saved.state_folder import state_folder
from flaketui.dialogs.help import HelpScreen, help_lines
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.registry import PANES
from flaketui.view.arrangement import TestsShown, WaitOrder
from flaketui.view.viewport import Viewport
from tui.driving import exploring, press
from tui.scripted_schedule import MS

G18, G21, G34 = (Lane(LaneKind.GOROUTINE, number) for number in (18, 21, 34))
Check = Callable[[Viewport, Explorer], bool]


@dataclass(frozen=True)
class Fact:
    """After ``before`` was pressed, pressing the key makes ``check`` true of old and new."""

    check: Check
    before: tuple[str, ...] = ()


def moved(*, window: int = 0, cursor: int = 0) -> Check:
    """The window's start and the cursor went earlier (-1), later (1) or stayed (0)."""

    def check(old: Viewport, app: Explorer) -> bool:
        def sign(number: int) -> int:
            return (number > 0) - (number < 0)

        went = sign(app.view.start_ns - old.start_ns), sign(app.view.cursor_ns - old.cursor_ns)
        return went == (window, cursor)

    return check


def pane(name: str) -> Check:
    return lambda _, app: app.layout.current.name_shown == name and app.focused is None


def at(milliseconds: int, lane: Lane | None = None) -> Check:
    return lambda _, app: (
        app.view.cursor_ns == milliseconds * MS
        and (lane is None or app.view.selection.lane == lane)
    )


def said(words: str) -> Check:
    return lambda _, app: words in app.layout.keys.plain_text


def both(*checks: Check) -> Check:
    return lambda old, app: all(check(old, app) for check in checks)


def asks(placeholder: str) -> Check:
    return lambda _, app: app.prompt.has_focus and app.prompt.placeholder == placeholder


def timeline(app: Explorer) -> str:
    return app.layout["timeline"].plain_text


def searching(text: str) -> tuple[str, ...]:
    return ("slash", *text, "enter")


FACTS: dict[str, Fact] = {
    "failure-next": Fact(lambda _, app: app.view.selection.failure == 1),
    "failure-previous": Fact(lambda _, app: app.view.selection.failure == 1),  # it goes round
    "wake": Fact(at(400, G34), ("right_square_bracket", "comma", "comma", "comma")),
    "start": Fact(at(0)),
    "end": Fact(lambda _, app: app.view.cursor_ns == app.view.extent.end_ns - 1),
    "back": Fact(lambda _, app: app.view.selection.failure == 0, ("right_square_bracket",)),
    "forward": Fact(lambda _, app: app.view.selection.failure == 1, ("right_square_bracket", "z")),
    "jump": Fact(asks(JUMP_PLACEHOLDER)),
    "search": Fact(asks(SEARCH_PLACEHOLDER)),
    "match-next": Fact(both(at(131), said("2 of 2")), searching("flush")),
    "match-previous": Fact(both(at(131), said("2 of 2")), searching("flush")),
    "mark-next": Fact(at(16), ("m", "comma")),
    "view-next": Fact(at(16), ("v", "enter", "l", "l")),
    "pan-left": Fact(moved(window=-1, cursor=-1)),
    "pan-right": Fact(moved(window=1, cursor=1)),
    "cursor-left": Fact(moved(cursor=-1)),
    "cursor-right": Fact(moved(cursor=1)),
    "zoom-in": Fact(lambda old, app: app.view.span_ns * 2 == old.span_ns),
    "zoom-out": Fact(lambda old, app: app.view.span_ns == old.span_ns * 2),
    "fit-all": Fact(lambda _, app: (app.view.start_ns, app.view.end_ns) == app.view.extent),
    "fit": Fact(lambda old, app: old.span_ns > 1000 * MS > app.view.span_ns, ("0",)),
    "fold": Fact(lambda _, app: app.view.folded and len(app.view.gaps) > 0, ("1", "g")),
    "still": Fact(lambda _, app: app.view.cursor_ns == 423 * MS, ("right_square_bracket", "o")),
    "row-down": Fact(lambda _, app: app.view.selection.line == 2, ("5",)),
    "row-up": Fact(lambda _, app: app.view.selection.line == 0, ("5",)),
    "page-down": Fact(lambda _, app: app.view.selection.line == 8, ("5",)),
    "page-up": Fact(lambda _, app: app.view.selection.line == 0, ("5", "j")),
    "span-previous": Fact(at(14)),
    "span-next": Fact(both(at(14), moved(cursor=1)), ("comma", "comma")),
    "pane-next": Fact(pane("gc")),
    "pane-previous": Fact(pane("tests")),
    **{f"pane-{entry.name}": Fact(pane(entry.name), ("1",)) for entry in PANES},
    "select": Fact(pane("details")),
    "profile-here": Fact(pane("profile")),
    "only-test": Fact(
        lambda _, app: app.view.only_test == 2 and "only test:TestFill" in output(app)
    ),
    "filter": Fact(lambda _, app: app.arrangement.tests is TestsShown.FAILED, ("1",)),
    "sort": Fact(lambda _, app: app.arrangement.wait_order is WaitOrder.EARLIEST, ("4",)),
    "totals": Fact(lambda _, app: "totals by reason" in app.layout["blocking"].plain_text),
    "unfold": Fact(lambda _, app: app.arrangement.unfolded),
    "dump-next": Fact(said("there is no dump of goroutines"), ("7",)),
    "profile-up": Fact(said("the whole profile is shown")),
    "profile-turn": Fact(said("profile: what ends stacks on top")),
    "profile-lines": Fact(said("profile: by line")),
    "profile-sides": Fact(said("choose a frame first: j and k do")),
    "profile-source": Fact(said("choose a frame first: j and k do")),
    "profile-measure": Fact(said("this profile counts one thing only")),
    "profile-series": Fact(said("this profile holds nothing")),
    "compare": Fact(both(said("no other run in the bundle in which TestFill ended otherwise"))),
    "pin": Fact(lambda _, app: app.arrangement.pinned == (G18,) and "▾ pinned" in timeline(app)),
    "hide": Fact(
        lambda _, app: "G18 TestFill" not in timeline(app) and "1 hidden" in timeline(app)
    ),
    "show-hidden": Fact(lambda _, app: "G18 TestFill" in timeline(app), ("x",)),
    "mark": Fact(lambda old, app: app.arrangement.marks == (old.cursor_ns,)),
    "save-view": Fact(asks(VIEW_PLACEHOLDER)),
    "copy": Fact(
        lambda _, app: (
            app.clipboard.startswith("flaketui scenario.zip --test TestFill --at 0.016s --from")
            and copies()[-1].read_text() == app.clipboard + "\n"
        )
    ),
    "copy-text": Fact(lambda _, app: "TIMELINE" in app.clipboard and len(copies()) == 1),
    "export": Fact(asks(EXPORT_PLACEHOLDER)),
    "help": Fact(lambda _, app: isinstance(app.screen, HelpScreen)),
    "palette": Fact(lambda _, app: isinstance(app.screen, CommandPalette)),
    "case": Fact(said("one case only")),
    "quit": Fact(lambda _, app: app._exit),
}


def output(app: Explorer) -> str:
    return app.layout["output"].plain_text


def copies() -> list[Path]:
    return list(state_folder().glob("copy-*.txt"))


def keys_of(name: str) -> list[str]:
    return next(key for key in KEYS if key.id == name).keys.split(",")


def test_a_fact_is_stated_for_every_key() -> None:
    assert set(FACTS) == {key.id for key in KEYS}


@pytest.mark.parametrize("name", FACTS)
async def test_a_key_does_what_the_help_says(name: str) -> None:
    await check_key(name, keys_of(name)[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "one"), [(name, one) for name in FACTS for one in keys_of(name)[1:]]
)
async def test_its_other_keys_do_the_same(name: str, one: str) -> None:
    await check_key(name, one)


async def test_all_keys_of_an_action_are_bound_to_it() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        for key in KEYS:
            # Textual binds ctrl+p to its palette by itself.
            names = [one for one in keys_of(key.id) if one != "ctrl+p"]
            bound = {one: app.active_bindings[one].binding.action for one in names}
            assert len(set(bound.values())) == 1, bound


async def check_key(name: str, one: str) -> None:
    fact = FACTS[name]
    async with exploring() as pilot:
        app = await press(pilot, *fact.before)
        old = app.view
        await press(pilot, one)
        assert fact.check(old, app), f"{one}: {old} -> {app.view}"


def test_ids_and_keys_are_each_used_once() -> None:
    ids = [key.id for key in KEYS]
    names = [name for key in KEYS for name in key.keys.split(",")]
    assert len(set(ids)) == len(ids)
    taken = sorted({name for name in names if names.count(name) > 1})
    free = sorted(set(string.ascii_letters) - set(names))
    assert not taken, f"{taken} stand for two things; these stand for none: {free}"


def test_no_key_is_one_that_terminals_and_multiplexers_keep_for_themselves() -> None:
    names = {name for key in KEYS for name in key.keys.split(",")}
    assert not names & {"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+z"}
    # A terminal may hold Escape back for a while: another key does the same.
    assert all(key.keys.split(",")[0] != "escape" for key in KEYS)
    assert not any(name.startswith("alt+") for name in names)


def test_help_and_the_readmes_table_tell_of_every_key() -> None:
    text = "\n".join(line.text for line in help_lines(look(DARK, ascii_glyphs=False), grouped()))
    table = key_table_markdown()
    for key in KEYS:
        assert key.help in text
        assert key.help in table
    shown = " ".join(key.shown for key in KEYS)
    assert all(part in shown for keys, _ in hints() for part in keys.split())


async def test_the_palette_offers_every_key() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        titles = {command.title.lower() for command in app.get_system_commands(app.screen)}
    for key in KEYS:
        if key.id not in ("palette", "quit"):
            assert key.help.lower() in titles
    assert "quit" in titles


async def test_what_was_said_goes_with_the_next_key() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "m")
        assert said("marked")(app.view, app)
        await press(pilot, "l")
        assert not said("marked")(app.view, app)


async def test_keys_pressed_before_the_bundle_is_open_do_no_harm() -> None:
    async with exploring() as pilot:
        cases, pilot.app.cases = pilot.app.cases, ()  # type: ignore[attr-defined]
        await pilot.press("l", "j", "slash", "right_square_bracket", "w", "y")
        pilot.app.cases = cases  # type: ignore[attr-defined]
        app = await press(pilot, "l")
        assert app.is_running
