"""The manual page, in the macros of man(7)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from flaketui import __version__
from flaketui.commands.shell.command_descriptions import Command, Option, Program

_EXIT = (
    ("0", "It was done; report exits so for a bundle with failures too."),
    ("1", "collect: tests failed, as go test says it. report: --fail-on found something."),
    ("2", "It could not be done; the reason and the remedy are on standard error."),
    ("130", "It was interrupted."),
)
_ENVIRONMENT = (
    ("FLAKETUI_GO", "The go executable that collect runs, unless --go names one."),
    (
        "XDG_STATE_HOME",
        "Where marks, saved views and copies are kept, in a folder flaketui;"
        " ~/.local/state if unset.",
    ),
    ("NO_COLOR", "Draw without colours, if it is set and not empty."),
)


def man_page(program: Program) -> str:
    """Return the page as troff reads it."""
    lines = [
        f'.TH FLAKETUI 1 "" "flaketui {__version__}" "User Commands"',
        ".SH NAME",
        r"flaketui \- why a Go test fails only sometimes",
        ".SH SYNOPSIS",
        ".B flaketui",
        r"[\fIOPTION\fR]... \fIBUNDLE\fR...",
        ".br",
        ".B flaketui",
        r"\fICOMMAND\fR [\fIARGUMENT\fR]...",
        ".SH DESCRIPTION",
        *_text(program.description),
        ".SH OPTIONS",
        *_options(program.options),
        ".SS Options of the explorer",
        *_options(program.explorer.options),
        ".SH COMMANDS",
    ]
    for command in program.commands:
        lines += _command(command)
    for title, entries in (("EXIT STATUS", _EXIT), ("ENVIRONMENT", _ENVIRONMENT)):
        lines.append(f".SH {title}")
        for name, meaning in entries:
            lines += [".TP", rf"\fB{_escaped(name)}\fR", *_text(meaning)]
    lines += [".SH SEE ALSO", r"\fBgo\fR(1)"]
    return "\n".join(lines) + "\n"


def _command(command: Command) -> Iterator[str]:
    yield f".SS {_escaped(command.name)}"
    yield from _text(command.description)
    yield ".PP"
    yield r"Usage: \fB" + _escaped(command.usage) + r"\fR"
    yield from _options(command.options)


def _options(options: tuple[Option, ...]) -> Iterator[str]:
    for option in options:
        value = rf" \fI{_escaped(option.value)}\fR" if option.value and not option.choices else ""
        if option.choices:
            value = rf" \fI{_escaped('|'.join(option.choices))}\fR"
        yield ".TP"
        yield ", ".join(rf"\fB{_escaped(name)}\fR{value}" for name in option.names)
        yield from _text(option.meaning)


def _text(text: str) -> list[str]:
    """Return a paragraph as lines that begin with no control character of troff's."""
    wrapped = textwrap.wrap(text, 78, break_long_words=False, break_on_hyphens=False)
    return [_guarded(_escaped(line)) for line in wrapped]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-")


def _guarded(line: str) -> str:
    return f"\\&{line}" if line.startswith((".", "'")) else line
