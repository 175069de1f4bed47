"""The commands and their options as data, read from the parsers that the command line uses."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

_FILES, _FOLDERS = ("FILE", "PROGRAM", "BUNDLE", "OTHER"), ("DIR",)
"""Names of values that are files and folders."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a command.

    Attributes:
        names: as it is written, dashes included.
        value: the name of its value; "" where it takes none.
        meaning: what it does, one line.
        choices: the values that it may have; () for any.
        takes_file, takes_folder: whether its value is the path of one.
    """

    names: tuple[str, ...]
    value: str
    meaning: str
    choices: tuple[str, ...]
    takes_file: bool
    takes_folder: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Attributes:
        name: "" for the one that opens a bundle.
        summary: what it does, in the list of commands.
        description: the same in full.
        usage: how it is called, one line.
        options: in the order in which they are listed.
        words: what its arguments are called.
        choices: the values that its arguments may have; () for files.
    """

    name: str
    summary: str
    description: str
    usage: str
    options: tuple[Option, ...]
    words: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """The program: its own options, what opens a bundle, and the commands by name."""

    description: str
    options: tuple[Option, ...]
    explorer: Command
    commands: tuple[Command, ...]


def described(parser: argparse.ArgumentParser, explorer: argparse.ArgumentParser) -> Program:
    """Return the program whose parsers these are.

    Args:
        parser: the one of the commands.
        explorer: the one of ``flaketui BUNDLE``.
    """
    (subparsers,) = (
        each for each in parser._actions if isinstance(each, argparse._SubParsersAction)
    )
    summaries = {each.dest: each.help or "" for each in subparsers._choices_actions}
    return Program(
        _line(parser.description),
        _options(parser),
        _command("", "open a bundle in the explorer", explorer),
        tuple(
            _command(name, summaries.get(name, ""), subparsers.choices[name])
            for name in sorted(subparsers.choices)
        ),
    )


def _command(name: str, summary: str, parser: argparse.ArgumentParser) -> Command:
    arguments = [each for each in parser._actions if not each.option_strings]
    choices = [str(choice) for each in arguments for choice in each.choices or ()]
    return Command(
        name,
        summary,
        _line(parser.description) or summary,
        " ".join(parser.format_usage().removeprefix("usage: ").split()),
        _options(parser),
        tuple(str(each.metavar or each.dest).upper() for each in arguments),
        tuple(choices),
    )


def _options(parser: argparse.ArgumentParser) -> tuple[Option, ...]:
    return tuple(
        _option(each) for each in parser._actions if each.option_strings and each.help is not None
    )


def _option(action: argparse.Action) -> Option:
    # A value that may be left out stands behind an equals sign: what follows is no value.
    value = "" if action.nargs in (0, "?") else str(action.metavar or action.dest).upper()
    choices = tuple(str(each) for each in action.choices or ())
    takes_folder = value in _FOLDERS
    is_path = action.type is Path or value in _FILES
    return Option(
        tuple(action.option_strings),
        value,
        _line(str(action.help)),
        choices,
        is_path and not takes_folder,
        takes_folder,
    )


def _line(text: str | None) -> str:
    return " ".join((text or "").replace("%%", "%").split())
