"""``flaketui triage`` as it is run."""

from __future__ import annotations

import json
from pathlib import Path

from fleet.fleets import fleet
from program import call_program


def test_it_prints_text_where_there_is_no_terminal(tmp_path: Path) -> None:
    fleet(tmp_path, ["race", "pass"])
    found = call_program("triage", str(tmp_path))
    assert (found.returncode, found.stderr) == (0, "")
    assert "example.com/pool.TestDrain\n  failed 1 of 2, 50.0 %" in found.stdout


def test_it_prints_json(tmp_path: Path) -> None:
    fleet(tmp_path, ["race", "pass"])
    found = call_program("triage", str(tmp_path), "--format", "json", "--rule", "race")
    assert json.loads(found.stdout)["only"]["rule"] == "race"


def test_a_folder_that_was_not_scanned_says_what_to_do(tmp_path: Path) -> None:
    found = call_program("triage", str(tmp_path))
    assert found.returncode == 2
    assert found.stderr == (
        f"flaketui: {tmp_path} holds no scanned bundles;"
        " make them with: flaketui scan SOURCE -o DIR\n"
    )
