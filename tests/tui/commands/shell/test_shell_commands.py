"""``flaketui completion`` and ``flaketui man`` as they are run."""

from __future__ import annotations

import pytest

from flaketui.commands.shell.bash_completion import bash_script
from flaketui.commands.shell.fish_completion import fish_script
from flaketui.commands.shell.man_page import man_page
from flaketui.commands.shell.zsh_completion import zsh_script
from program import call_program, run_program
from tui.commands.shell.test_command_descriptions import program


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("completion", "bash"), bash_script(program())),
        (("completion", "fish"), fish_script(program())),
        (("completion", "zsh"), zsh_script(program())),
        (("man",), man_page(program())),
    ],
    ids=lambda each: each[-1] if isinstance(each, tuple) else "",
)
def test_it_prints_what_is_made_of_the_parsers(words: tuple[str, ...], text: str) -> None:
    done = run_program(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == text


def test_another_shell_is_refused() -> None:
    done = call_program("completion", "tcsh")
    assert done.returncode == 2
    assert "tcsh" in done.stderr
