"""Completion for fish."""

from __future__ import annotations

from collections.abc import Iterator

from flaketui.commands.shell.command_descriptions import Command, Option, Program


def fish_script(program: Program) -> str:
    """Return what fish is to read."""
    names = " ".join(command.name for command in program.commands)
    lines = [
        "# fish completion of flaketui",
        "function __flaketui_is --argument-names wanted",
        "    set -l words (commandline -opc)",
        "    test (count $words) -gt 1; or return 1",
        '    if test -n "$wanted"',
        '        test "$words[2]" = "$wanted"',
        "    else",
        f"        not contains -- $words[2] {names}",
        "    end",
        "end",
        "function __flaketui_first",
        "    test (count (commandline -opc)) -eq 1",
        "end",
    ]
    lines += [
        f"complete -c flaketui -n __flaketui_first -a {each.name} -d {_quoted(each.summary)}"
        for each in program.commands
    ]
    for option in program.options:
        lines += _option(option, "__flaketui_first")
    for command in program.commands:
        lines += _command(command)
    lines += _command(program.explorer)
    return "\n".join(lines) + "\n"


def _command(command: Command) -> Iterator[str]:
    when = _quoted(f"__flaketui_is '{command.name}'")
    if command.choices:
        yield f"complete -c flaketui -n {when} -f -a {_quoted(' '.join(command.choices))}"
    for option in command.options:
        yield from _option(option, when)


def _option(option: Option, when: str) -> Iterator[str]:
    spelled = []
    for name in option.names:
        if name.startswith("--"):
            spelled.append(f"-l {name[2:]}")
        else:
            spelled.append(f"-s {name[1:]}" if len(name) == 2 else f"-o {name[1:]}")
    value = ""
    if option.choices:
        value = f" -x -a {_quoted(' '.join(option.choices))}"
    elif option.takes_file:
        value = " -r -F"
    elif option.takes_folder:
        value = " -x -a '(__fish_complete_directories)'"
    elif option.value:
        value = " -x"
    meaning = _quoted(option.meaning)
    yield f"complete -c flaketui -n {when} {' '.join(spelled)}{value} -d {meaning}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
