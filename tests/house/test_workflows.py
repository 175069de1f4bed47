"""The workflows, the action and the job for GitLab are what these take, and trust no input."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / ".github" / "actions" / "flaketui" / "action.yml"
COMPONENT = ROOT / ".gitlab" / "templates" / "flaketui.yml"


def check(schema: str, path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def steps_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the steps of a workflow or of an action."""
    told = yaml.safe_load(path.read_text())
    for job in [told["runs"]] if "runs" in told else told["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_one_that_github_takes(path: Path) -> None:
    check("github-workflows", path)


def test_the_action_is_one_that_github_takes() -> None:
    check("github-actions", ACTION)


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_no_expression_is_part_of_a_command(path: Path) -> None:
    for step in steps_of(path):
        assert "${{" not in step.get("run", ""), step


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_only_publishing_more(path: Path) -> None:
    told = yaml.safe_load(path.read_text())
    assert told["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in told["jobs"].items() if "permissions" in job}
    assert more in ({}, {"publish": {"contents": "read", "id-token": "write"}})
    assert all(job["timeout-minutes"] for job in told["jobs"].values())


def test_every_python_that_is_named_is_tested_on_every_system() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [
        found[1]
        for each in project["classifiers"]
        if (found := re.search(r"Python :: (3\.\d+)$", each))
    ]
    assert named[0] == project["requires-python"].removeprefix(">=")
    (tests,) = (path for path in WORKFLOWS if path.name == "ci.yml")
    for job in yaml.safe_load(tests.read_text())["jobs"].values():
        assert job["strategy"]["matrix"]["python"] == named


def test_every_input_reaches_the_script_as_a_variable() -> None:
    told = yaml.safe_load(ACTION.read_text())
    (step,) = (each for each in steps_of(ACTION) if each.get("id") == "collect")
    passed = {re.sub(r".*inputs\.([\w-]+).*", r"\1", each) for each in step["env"].values()}
    assert set(told["inputs"]) <= passed
    script = (ACTION.parent / "collect.py").read_text()
    for name in told["inputs"]:
        variable = f"FLAKETUI_{name.upper().replace('-', '_')}"
        assert variable in step["env"]
        assert variable.removeprefix("FLAKETUI_") in script
    for name, output in told["outputs"].items():
        assert output["value"] == f"${{{{ steps.collect.outputs.{name} }}}}"
        assert f"{name}=" in script


def rendered(inputs: dict[str, str]) -> dict[str, Any]:
    """Return GitLab's job with some inputs, the others by their defaults."""
    header, job = (yaml.safe_load(part) for part in COMPONENT.read_text().split("\n---\n"))
    values = {name: each["default"] for name, each in header["spec"]["inputs"].items()} | inputs

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {filled(name): filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        if isinstance(value, str):
            return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda m: values[m[1]], value)
        return value

    found: dict[str, Any] = filled(job)
    return found


def test_the_job_is_one_that_gitlab_takes(tmp_path: Path) -> None:
    job = rendered({})
    path = tmp_path / ".gitlab-ci.yml"
    path.write_text(yaml.safe_dump(job))
    check("gitlab-ci", path)
    assert "$[[" not in path.read_text()


def test_no_input_of_the_job_is_part_of_a_command() -> None:
    mark = "MARK-OF-AN-INPUT"
    header = yaml.safe_load(COMPONENT.read_text().split("\n---\n")[0])
    inputs = dict.fromkeys(header["spec"]["inputs"], mark)
    ((_, job),) = rendered(inputs).items()
    assert mark not in "\n".join((*job["before_script"], *job["script"]))
    assert sum(each["value"] == mark for each in job["variables"].values()) == 6
    assert all(each["expand"] is False for each in job["variables"].values())
