"""Paragraphs are folded to the pane's width; a row that stands for one thing is cut."""

from __future__ import annotations

from flaketui.panes.paragraph_pane import Paragraph, paragraph_lines
from flaketui.panes.runs.run_rows import RunRow
from tui.driving import ScenarioExplorer, exploring, press
from tui.scenario import deadlock

WORDS = "one goroutine waits for another that waits for it"


async def test_a_paragraph_is_folded_and_a_row_of_one_line_is_cut() -> None:
    async with exploring(ScenarioExplorer(deadlock())) as pilot:
        scene = (await press(pilot)).scene
        folded = paragraph_lines(scene, Paragraph(WORDS, indent=2), 20, chosen=False)
        assert len(folded) > 1
        assert all(line.cell_length <= 20 for line in folded)
        assert " ".join(line.text.strip() for line in folded) == WORDS
        assert all(line.text.startswith("   ") for line in folded)
        (cut,) = paragraph_lines(scene, RunRow(WORDS, run=0), 20, chosen=False)
        assert cut.cell_length <= 20
