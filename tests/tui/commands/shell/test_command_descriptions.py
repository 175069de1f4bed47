"""What shells and man are told is what the parsers take."""

from __future__ import annotations

import argparse

import pytest

from flakecore.report.formats import RENDERERS
from flaketui.cli import COMMANDS, make_explorer_parser, make_parser
from flaketui.commands.shell.command_descriptions import Option, Program, described


def program() -> Program:
    return described(make_parser(), make_explorer_parser())


def test_every_command_is_there_with_what_it_does() -> None:
    found = program()
    assert [each.name for each in found.commands] == sorted(COMMANDS)
    assert all(each.summary and each.description for each in found.commands)


def test_every_option_of_every_command_is_there() -> None:
    parser = make_parser()
    (subparsers,) = (x for x in parser._actions if isinstance(x, argparse._SubParsersAction))
    for command in program().commands:
        known = {name for option in command.options for name in option.names}
        offered = {name for name in subparsers.choices[command.name]._option_string_actions if name}
        assert known == offered
        assert command.usage.startswith(f"flaketui {command.name}")


def option(command: str, name: str) -> Option:
    (found,) = (
        each
        for one in program().commands
        if one.name == command
        for each in one.options
        if name in each.names
    )
    return found


@pytest.mark.parametrize(
    ("command", "name", "value", "takes"),
    [
        ("collect", "-o", "FILE", "file"),
        ("collect", "--out-dir", "DIR", "folder"),
        ("collect", "-run", "REGEXP", ""),
        ("collect", "-short", "", ""),
        ("report", "--baseline", "FILE", "file"),
        ("export", "--output", "FILE", "file"),
    ],
)
def test_values_that_are_files_are_told_apart(
    command: str, name: str, value: str, takes: str
) -> None:
    found = option(command, name)
    assert found.value == value
    assert (found.takes_file, found.takes_folder) == (takes == "file", takes == "folder")


def test_values_to_choose_from_are_told() -> None:
    assert option("report", "--format").choices == tuple(RENDERERS)
    (completion,) = (each for each in program().commands if each.name == "completion")
    assert completion.choices == ("bash", "zsh", "fish")
