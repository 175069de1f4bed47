"""Completion for bash, of version 4 and later."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from flaketui.commands.shell.command_descriptions import Command, Option, Program

_HEAD = """\
# bash completion of flaketui
_flaketui() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local command='' words='' files=''
    # bash cuts --format=json into three words.
    if [[ $word == = ]]; then
        word=''
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD-2]}
    fi
    if ((COMP_CWORD > 1)); then
        command=${COMP_WORDS[1]}
    fi
    case $command in
"""
_TAIL = """\
    esac
    compopt -o filenames 2>/dev/null
    local IFS=$'\\n'
    if [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$word"))
        compopt +o filenames 2>/dev/null
    fi
    if [[ $files == yes || ( $files == bundles && $word != -* ) ]]; then
        COMPREPLY+=($(compgen -f -- "$word"))
        compopt -o filenames 2>/dev/null
    elif [[ $files == folders ]]; then
        COMPREPLY+=($(compgen -d -- "$word"))
        compopt -o filenames 2>/dev/null
    fi
}
complete -F _flaketui flaketui
"""


def bash_script(program: Program) -> str:
    """Return what bash is to read."""
    lines: list[str] = []
    for command in program.commands:
        lines += _command(command.name, command, ())
    first = [command.name for command in program.commands]
    own = [name for option in program.options for name in option.names]
    lines += _command("*", program.explorer, (*first, *own))
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def _command(pattern: str, command: Command, first: Iterable[str]) -> Iterator[str]:
    yield f"    {pattern})"
    yield "        case $before in"
    for value, names in _by_value(command.options).items():
        yield f"        {' | '.join(map(shlex.quote, names))})"
        yield f"            {value} ;;"
    yield "        *)"
    names = [name for option in command.options for name in option.names]
    if first:
        # The first word is a command or a bundle, the others are options and bundles.
        yield "            if ((COMP_CWORD == 1)); then"
        yield f"                words={_list(first)}"
        yield "            elif [[ $word == -* ]]; then"
    else:
        yield "            if [[ $word == -* ]]; then"
    yield f"                words={_list(names)}"
    if command.choices:
        yield "            else"
        yield f"                words={_list(command.choices)}"
    yield "            fi"
    yield from () if command.choices or not command.words else ["            files=bundles"]
    yield "            ;;"
    yield "        esac ;;"


def _by_value(options: Iterable[Option]) -> dict[str, list[str]]:
    """Return the names of options that take a value, by what sets the values to choose from."""
    found: dict[str, list[str]] = {}
    for option in options:
        if option.value:
            found.setdefault(_value(option), []).extend(option.names)
    return found


def _value(option: Option) -> str:
    if option.choices:
        return f"words={_list(option.choices)}"
    if option.takes_folder:
        return "files=folders"
    return "files=yes" if option.takes_file else ":"


def _list(words: Iterable[str]) -> str:
    """Return words as one for ``compgen -W``, which splits at newlines alone here."""
    return "$'" + "\\n".join(words) + "'"
