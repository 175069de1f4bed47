"""The Blocking pane: filters, orders and totals of waits."""

from __future__ import annotations

import pytest

from flaketui.panes.blocking.blocking_pane import BlockingPane
from flaketui.panes.blocking.wait_rows import never_ends, total_key
from flaketui.view.arrangement import (
    WaitOrder,
    WaitsShown,
    WaitTotals,
)
from tui.driving import exploring, press
from tui.lanes import G34


async def test_waits_are_ordered_chosen_and_summed_up() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "4", "s")
        assert app.arrangement.wait_order is WaitOrder.EARLIEST
        first = app.layout["blocking"].plain_text.split("\n")[2]
        assert "∞" in first  # what never ends stays on top
        await press(pilot, "F")
        assert app.arrangement.waits is WaitsShown.UNENDED
        assert len(app.layout["blocking"].plain_text.split("\n")) == 2 + 3
        await press(pilot, "F", "F", "u")
        assert app.arrangement.totals is WaitTotals.REASON
        text = app.layout["blocking"].plain_text
        assert "totals by reason" in text
        # G1 from 4 to 3590 ms, G21 from 25 to 400 and from 420 to the end; G34 and G35 till then.
        assert [*text.split("\n")[2].split()] == ["7.14s", "3", "1", "chan", "receive"]
        assert [*text.split("\n")[3].split()] == ["6.36s", "2", "2", "mutex"]
        await press(pilot, "u")
        assert "pool.go:88" in app.layout["blocking"].plain_text


async def test_a_total_leads_to_its_longest_wait() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "4", "u", "j", "j", "enter")
        assert app.view.selection.lane == G34
        assert app.arrangement.totals is WaitTotals.EACH
        assert "mutex" in app.layout["blocking"].plain_text


@pytest.mark.parametrize("totals", [("u",), ("u", "u")], ids=["reason", "line"])
@pytest.mark.slow
async def test_every_total_opens_the_waits_that_it_sums_up_and_u_comes_back(
    totals: tuple[str, ...],
) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "4", *totals)
        pane = app.layout["blocking"]
        assert isinstance(pane, BlockingPane)
        kinds = app.arrangement.totals
        rows = pane.listed(app.scene).totals
        assert len(rows) > 1
        for place, total in enumerate(rows):
            await press(pilot, "pageup", *["j"] * place, "enter")
            listed = pane.listed(app.scene)
            assert len(listed.waits) == total.count
            assert sum(map(never_ends, listed.waits)) == total.unended
            assert {total_key(app.scene, wait, kinds)[0] for wait in listed.waits} == {total.key}
            assert f"only {total.key}" in pane.plain_text
            await press(pilot, "u")
            assert app.arrangement.totals is kinds
            assert len(pane.listed(app.scene).totals) == len(rows)
