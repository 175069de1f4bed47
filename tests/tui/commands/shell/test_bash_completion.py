"""bash completes what is there to complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaketui.commands.shell.bash_completion import bash_script
from tui.commands.shell.asking import ASKED, answer, folder_of_two, needs
from tui.commands.shell.test_command_descriptions import program


@needs("bash")
@pytest.mark.parametrize(("words", "expected"), ASKED, ids=lambda each: " ".join(each))
def test_bash_completes(words: tuple[str, ...], expected: list[str], tmp_path: Path) -> None:
    asked = (
        bash_script(program())
        + """
COMP_WORDS=(flaketui "$@")
COMP_CWORD=$#
_flaketui
printf '%s\\n' "${COMPREPLY[@]}"
"""
    )
    found = answer(["bash", "--norc", "-s", "--", *words], folder_of_two(tmp_path), said=asked)
    assert sorted(filter(None, found)) == sorted(expected)


@needs("bash")
def test_bash_completes_a_value_behind_an_equals_sign(tmp_path: Path) -> None:
    asked = (
        bash_script(program())
        + """
COMP_WORDS=(flaketui report --format = ma)
COMP_CWORD=4
_flaketui
printf '%s\\n' "${COMPREPLY[@]}"
"""
    )
    assert answer(["bash", "--norc"], folder_of_two(tmp_path), said=asked) == ["markdown"]
