"""Every action of the key registry is in the table, and nothing else is."""

from __future__ import annotations

from textual.actions import parse

from flaketui.app.explorer import MainScreen
from flaketui.app.keys import ASKING, BY_ID, KEYS
from tui.driving import ScenarioExplorer, exploring, press


def test_the_table_holds_the_actions_of_the_registry() -> None:
    table = ScenarioExplorer().actions.table
    assert set(table) == {parse(key.action)[1] for key in KEYS if not key.pane}
    assert all(map(callable, table.values()))
    assert set(table) >= ASKING


def test_every_key_is_bound_to_the_action_of_its_id() -> None:
    bound = {binding.id: binding.action for binding in MainScreen.BINDINGS}  # type: ignore[union-attr]
    assert bound == {key.id: f"app.perform('{key.id}')" for key in KEYS}
    assert list(BY_ID) == [key.id for key in KEYS]


async def test_a_key_is_performed_with_the_arguments_of_its_action() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        before = app.view
        await app.run_action("perform('zoom-in')")
        assert app.view.span_ns * 2 == before.span_ns
        await app.run_action("perform('pane-output')")
        assert app.layout.current is app.layout["output"]
