"""fish completes what is there to complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaketui.commands.shell.fish_completion import fish_script
from tui.commands.shell.asking import ASKED, answer, folder_of_two, needs
from tui.commands.shell.test_command_descriptions import program


@needs("fish")
@pytest.mark.parametrize(("words", "expected"), ASKED, ids=lambda each: " ".join(each))
def test_fish_completes(words: tuple[str, ...], expected: list[str], tmp_path: Path) -> None:
    folder = folder_of_two(tmp_path)
    (folder / "c.fish").write_text(fish_script(program()))
    line = " ".join(("flaketui", *words))
    asked = ["fish", "--no-config", "-c", f"source c.fish; complete -C '{line}'"]
    found = [each.partition("\t")[0].rstrip("/") for each in answer(asked, folder)]
    assert sorted(found) == sorted(expected)
