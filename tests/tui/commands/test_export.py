"""``flaketui export`` as it is run: a file is there only when it is whole."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from flakecore.report import EXPORTS, Explainer, ExportRequest, export
from flakecore.timeline import TABLES
from flaketui.commands import export as command
from program import SAMPLE, call_program, run_program
from report.exports.exported import opened_sample


def choices(option: str) -> list[str]:
    parser = command.add_parser(argparse.ArgumentParser().add_subparsers())
    (found,) = (each.choices for each in parser._actions if option in each.option_strings)
    assert found is not None
    return list(found)


def test_the_command_offers_every_format_and_every_table() -> None:
    assert choices("--format") == list(EXPORTS)
    assert choices("--table") == list(TABLES)


@pytest.mark.parametrize("name", list(EXPORTS))
@pytest.mark.slow
def test_a_file_holds_what_standard_output_gets(name: str, tmp_path: Path) -> None:
    path = tmp_path / "written"
    done = run_program("export", SAMPLE, "--format", name, "-o", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [each.name for each in tmp_path.iterdir()] == ["written"]
    with opened_sample() as (bundle, case):
        pieces = export(name, bundle, [case], ExportRequest(), Explainer(bundle, Path.cwd()))
        assert path.read_bytes() == b"".join(pieces)


def test_a_file_that_cannot_be_written_is_told_in_a_line(tmp_path: Path) -> None:
    done = call_program("export", SAMPLE, "--format", "csv", "-o", tmp_path / "no" / "file")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "name another file with -o" in done.stderr


def test_a_test_that_is_not_there_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "written"
    done = call_program("export", SAMPLE, "--format", "csv", "--test", "TestNone", "-o", path)
    assert done.returncode == 2
    assert "there is no test 'TestNone'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_last_replaces_a_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "written"
    path.write_bytes(b"before")
    done = call_program("export", SAMPLE, "--format", "folded", "--kind", "none", "-o", path)
    assert done.returncode == 2
    assert path.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["written"]
