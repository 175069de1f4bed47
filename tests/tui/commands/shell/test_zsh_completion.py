"""zsh reads its script, which hands on what there is to choose from."""

from __future__ import annotations

from pathlib import Path

from flakecore.report.formats import RENDERERS
from flaketui.commands.shell.zsh_completion import zsh_script
from tui.commands.shell.asking import answer, folder_of_two, needs
from tui.commands.shell.test_command_descriptions import program


@needs("zsh")
def test_zsh_reads_it_and_hands_on_what_there_is_to_choose_from(tmp_path: Path) -> None:
    folder = folder_of_two(tmp_path)
    (folder / "c.zsh").write_text(zsh_script(program()))
    assert answer(["zsh", "-f", "-n", "c.zsh"], folder) == []
    stubs = """
compdef() { print registered $2 }
_arguments() { print -l -- "$@" }
_describe() { print -l -- ${(P)4} }
_files() { }
source ./c.zsh
words=(flaketui report --fo); CURRENT=3; _flaketui
print -r -- '###'
words=(flaketui re); CURRENT=2; _flaketui
"""
    options, first = "\n".join(answer(["zsh", "-f", "-c", stubs], folder)).split("###\n")
    assert options.startswith("registered flaketui\n")
    assert "\n--format=[" in options
    assert f":format:({' '.join(RENDERERS)})\n" in options
    assert "\n*:bundle:_files\n" in options
    assert "report:print what failed" in first
