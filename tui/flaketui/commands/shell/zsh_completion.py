"""Completion for zsh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flaketui.commands.shell.command_descriptions import Command, Option, Program


def zsh_script(program: Program) -> str:
    """Return what zsh is to read, from a file ``_flaketui`` on ``$fpath`` or by ``source``."""
    lines = [
        "#compdef flaketui",
        "",
        "_flaketui() {",
        "    local curcontext=$curcontext state line",
    ]
    lines += ["    local -a commands", "    commands=("]
    lines += [f"        {_quoted(_pair(each.name, each.summary))}" for each in program.commands]
    lines += ["    )", "    if ((CURRENT == 2)); then"]
    lines += ["        _describe -t commands command commands", "        _files"]
    lines += _arguments(program.options, (), "        ")
    lines += ["        return", "    fi", "    case ${words[2]} in"]
    for command in program.commands:
        lines += _command(command.name, command)
    lines += _command("*", program.explorer)
    lines += [
        "    esac",
        "}",
        "",
        "# Read by the completion system it is called; by hand, it registers.",
    ]
    lines += ["if [[ $funcstack[1] == _flaketui ]]; then", '    _flaketui "$@"', "else"]
    lines += ["    compdef _flaketui flaketui", "fi", ""]
    return "\n".join(lines)


def _command(pattern: str, command: Command) -> Iterator[str]:
    yield f"    {pattern})"
    if command.name:
        yield "        words=(${words[1]} ${words[3,-1]})"
        yield "        ((CURRENT -= 1))"
    if command.choices:
        rest = [f"*:{command.words[0].lower()}:({' '.join(command.choices)})"]
    else:
        rest = [f"*:{command.words[0].lower()}:_files"] if command.words else []
    yield from _arguments(command.options, rest, "        ")
    yield "        ;;"


def _arguments(options: Iterable[Option], rest: Iterable[str], indent: str) -> Iterator[str]:
    yield f"{indent}_arguments \\"
    for option in options:
        for name in option.names:
            yield f"{indent}    {_quoted(_option(name, option))} \\"
    yield from (f"{indent}    {_quoted(each)} \\" for each in rest)
    yield f"{indent}    && return 0"


def _option(name: str, option: Option) -> str:
    spec = f"{name}[{_escaped(option.meaning)}]"
    if not option.value:
        return spec
    action = ""
    if option.choices:
        action = f"({' '.join(option.choices)})"
    elif option.takes_folder:
        action = "_files -/"
    elif option.takes_file:
        action = "_files"
    # A value may stand behind the option or behind an equals sign.
    equals = "=" if name.startswith("--") else ""
    return f"{name}{equals}[{_escaped(option.meaning)}]:{_escaped(option.value.lower())}:{action}"


def _pair(name: str, meaning: str) -> str:
    return f"{name}:{meaning.replace(':', chr(92) + ':')}"


def _escaped(text: str) -> str:
    for special in ("\\", "[", "]", ":"):
        text = text.replace(special, f"\\{special}")
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
