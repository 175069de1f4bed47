"""The manual page, as troff reads it where that is here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from flaketui.cli import COMMANDS
from flaketui.commands.shell.man_page import man_page
from program import call_program
from tui.commands.shell.test_command_descriptions import program


def test_it_has_every_command_and_every_option() -> None:
    page = man_page(program())
    for command in COMMANDS:
        assert f"\n.SS {command}\n" in page
    for command_ in program().commands:
        for option in command_.options:
            for name in option.names:
                assert f"\\fB{name.replace('-', chr(92) + '-')}\\fR" in page


def test_no_line_of_text_is_taken_for_a_request() -> None:
    requests = re.findall(r"^[.\'](\S+)", man_page(program()), re.MULTILINE)
    assert set(requests) == {"TH", "SH", "SS", "TP", "PP", "B", "br"}


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not here")
def test_troff_has_nothing_to_say_against_it() -> None:
    page = call_program("man").stdout
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z"],
        input=page,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not here")
def test_what_is_read_says_what_help_says() -> None:
    shown = subprocess.run(
        ["groff", "-man", "-Tascii", "-P-c", "-rLL=200n"],
        input=call_program("man").stdout,
        env=os.environ | {"GROFF_NO_SGR": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    plain = " ".join(re.sub(".\x08", "", shown).split())
    for command in program().commands:
        for option in command.options:
            assert " ".join(option.meaning.encode("ascii", "replace").decode().split()[:3]) in plain
