"""The command line itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from program import run_program


@pytest.mark.parametrize("arguments", [("--help",), ("export", "--help"), ("collect", "--help")])
def test_help_that_cannot_be_written_is_an_error(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = run_program(*arguments, stdout=full.fileno())
    assert ran.returncode == 2
    assert ran.stderr.startswith("flaketui: standard output cannot be written (")
    assert run_program(*arguments).stdout.startswith("usage: flaketui ")
