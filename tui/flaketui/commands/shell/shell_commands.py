"""``flaketui completion`` and ``flaketui man``: the commands, in the forms of shells and of man."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from flaketui.commands.writing.streams import stdout

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from flaketui.commands.shell.command_descriptions import Program

SHELLS = ("bash", "zsh", "fish")
_EPILOG = """\
To use it at once, and always:
  bash  source <(flaketui completion bash)      the same line in ~/.bashrc
  zsh   source <(flaketui completion zsh)       the same line in ~/.zshrc, after compinit
  fish  flaketui completion fish | source       flaketui completion fish > \
~/.config/fish/completions/flaketui.fish
"""


def add_parsers(
    subparsers: _SubParsersAction[argparse.ArgumentParser], program: Callable[[], Program]
) -> None:
    """Add both commands.

    Args:
        subparsers: those of the command line.
        program: returns all that the command line offers.
    """
    completion = subparsers.add_parser(
        "completion",
        help="print what a shell needs to complete commands and options",
        description="Print a script by which a shell completes commands, options and values.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    completion.set_defaults(run=lambda options: _print_script(options.shell, program()))
    manual = subparsers.add_parser(
        "man",
        help="print the manual page: flaketui man | man -l -",
        description="Print the manual page for man: flaketui man | man -l -.",
        allow_abbrev=False,
    )
    manual.set_defaults(run=lambda _: _print_manual(program()))


def _print_script(shell: str, program: Program) -> int:
    # Imported here: --help and the other commands need none of it.
    from flaketui.commands.shell.bash_completion import bash_script
    from flaketui.commands.shell.fish_completion import fish_script
    from flaketui.commands.shell.zsh_completion import zsh_script

    scripts = {"bash": bash_script, "zsh": zsh_script, "fish": fish_script}
    stdout.write_utf8(scripts[shell](program).encode())
    stdout.require()
    return 0


def _print_manual(program: Program) -> int:
    from flaketui.commands.shell.man_page import man_page

    stdout.write_utf8(man_page(program).encode())
    stdout.require()
    return 0
