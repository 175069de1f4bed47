"""The action's script and GitLab's job, run as their runners run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from collect.running import make_module
from house.test_workflows import ACTION, rendered
from program import PATIENCE_S, PROGRAM
from toolchains import NEWEST, go_environment

SOURCES = {
    "fine/x_test.go": 'package fine\n\nimport "testing"\n\nfunc TestFine(t *testing.T) {}\n',
    "bad/x_test.go": """package bad

import "testing"

func TestBad(t *testing.T) { t.Fatal("::set-output name=headline::no", "want\\n::error::2") }
""",
}
QUICK = "--no-race --no-probe --no-objects"


@dataclass(frozen=True)
class Step:
    """How a step ended."""

    code: int
    said: str
    outputs: dict[str, str]
    summary: str
    left: list[str]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("action") / "src", "example.com/ci", SOURCES)


def surroundings() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    path = f"{PROGRAM.parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path} | go_environment(NEWEST)


def run_step(module: Path, folder: Path, **inputs: str) -> Step:
    """Run the action's script with the variables that a runner sets."""
    output, summary = folder / "output", folder / "summary"
    output.touch()
    summary.touch()
    environment = surroundings() | {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(module),
        "GITHUB_ACTION_PATH": str(ACTION.parent),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "RUNNER_TEMP": str(folder / "temp"),
        "FLAKETUI_PROGRAM": str(PROGRAM),
        "FLAKETUI_ARGS": QUICK,
        **{f"FLAKETUI_{name}": value for name, value in inputs.items()},
    }
    before = {*module.rglob("*")}
    done = subprocess.run(
        [sys.executable, ACTION.parent / "collect.py"],
        cwd=module,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Step(
        done.returncode,
        done.stdout,
        read_outputs(output.read_text()),
        summary.read_text(),
        [str(path) for path in {*module.rglob("*")} - before],
    )


def read_outputs(text: str) -> dict[str, str]:
    """Read outputs as the runner does: each from its name to the line that ends it."""
    found = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, end = line.split("<<", 1)
        value = []
        while (part := next(lines)) != end:
            value.append(part)
        found[name] = "\n".join(value)
    return found


@pytest.mark.slow
@pytest.mark.needs_go
def test_a_failure_is_annotated_told_and_its_bundle_given_to_the_next_step(
    module: Path, tmp_path: Path
) -> None:
    step = run_step(module, tmp_path, PACKAGES="./bad ./fine")
    assert step.code == 1
    assert step.outputs.keys() == {"bundle", "failed", "headline", "upload"}
    assert (step.outputs["failed"], step.outputs["upload"]) == ("true", "true")
    assert "TestBad" in step.outputs["headline"]
    assert "\n" not in step.outputs["headline"]
    bundle = Path(step.outputs["bundle"])
    assert bundle.is_file()
    assert tmp_path / "temp" in bundle.parents
    assert "::error file=bad/x_test.go,line=5" in step.said
    assert "TestBad" in step.summary
    assert step.left == []


@pytest.mark.slow
@pytest.mark.needs_go
def test_a_pass_is_uploaded_only_if_that_is_asked_for(module: Path, tmp_path: Path) -> None:
    step = run_step(module, tmp_path, PACKAGES="./fine")
    assert (step.code, step.outputs["failed"], step.outputs["headline"]) == (0, "false", "")
    assert step.outputs["upload"] == "false"
    assert Path(step.outputs["bundle"]).is_file()
    again = run_step(module, tmp_path, PACKAGES="./fine", UPLOAD="always")
    assert again.outputs["upload"] == "true"


@pytest.mark.slow
@pytest.mark.needs_go
def test_a_hunt_ends_with_the_run_that_fails(module: Path, tmp_path: Path) -> None:
    step = run_step(module, tmp_path, PACKAGES="./bad", HUNT="1m")
    assert (step.code, step.outputs["failed"]) == (1, "true")
    assert "TestBad" in step.outputs["headline"]


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"PACKAGES": "./fine --exec=sh"}, "packages holds the flag '--exec=sh'"),
        ({"ARGS": "'open"}, "args cannot be split into words"),
        ({"UPLOAD": "sometimes\n::error::x"}, "upload is one of failure, always, never"),
    ],
)
def test_an_input_that_is_none_is_an_error_on_one_line(
    inputs: dict[str, str], told: str, module: Path, tmp_path: Path
) -> None:
    step = run_step(module, tmp_path, **inputs)
    assert step.code == 2
    (line,) = step.said.splitlines()
    assert line.startswith("::error title=flaketui::")
    assert told in line
    assert step.outputs == {}


HOSTILE = "./fine;touch${IFS}pwned $(touch${IFS}pwned) `touch${IFS}pwned` &&touch${IFS}pwned"
STUB = """#!{python}
import json, pathlib, sys
with open({said!r}, "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1] == "collect":
    pathlib.Path(sys.argv[3]).write_bytes(b"")
if "json" in sys.argv:
    headline = "one\\nbundle<<x\\n::error::two"
    print(json.dumps({{"cases": [{{"failures": [{{"headline": headline}}]}}]}}))
"""


def stub(folder: Path) -> tuple[Path, Path]:
    """Return a program in place of flaketui, and the file in which it says how it was called."""
    said, program = folder / "said", folder / "flaketui"
    program.write_text(STUB.format(python=sys.executable, said=str(said)))
    program.chmod(0o755)
    return program, said


@pytest.mark.skipif(os.name == "nt", reason="the program in its place is a script")
def test_inputs_are_words_and_no_commands(module: Path, tmp_path: Path) -> None:
    program, said = stub(tmp_path)
    inputs = {
        "PACKAGES": HOSTILE,
        "ARGS": f"-run '{HOSTILE}' -- -v",
        "HUNT": "$(touch pwned)",
        "FAIL_ON": "`touch pwned`",
        "BASELINE": "a b; touch pwned",
    }
    step = run_step(module, tmp_path, PROGRAM=str(program), **inputs)
    assert (step.code, step.left) == (0, [])
    collect, headline, findings = map(json.loads, said.read_text().splitlines())
    bundle = step.outputs["bundle"]
    hunting = ["--until-fail", "--stress", "--for=$(touch pwned)"]
    assert collect == [
        *("collect", "-o", bundle, "--baseline=a b; touch pwned", *hunting),
        *(*HOSTILE.split(), "-run", HOSTILE, "--", "-v"),
    ]
    assert headline == ["report", "--format", "json", bundle]
    assert findings == [
        *("report", "--fail-on=`touch pwned`", "--baseline=a b; touch pwned", bundle)
    ]
    assert not any("pwned" in path.name for path in tmp_path.rglob("*"))


@pytest.mark.skipif(os.name == "nt", reason="the program in its place is a script")
def test_a_headline_can_end_no_output_and_begin_no_command(module: Path, tmp_path: Path) -> None:
    program, _ = stub(tmp_path)
    step = run_step(module, tmp_path, PROGRAM=str(program), PACKAGES="./fine")
    assert step.outputs["headline"] == "one bundle<<x ::error::two"
    assert step.outputs.keys() == {"bundle", "failed", "headline", "upload"}
    assert step.said == ""


def run_job(module: Path, path: str = "", **inputs: str) -> tuple[int, str]:
    """Run the script of GitLab's job as a runner does, in a shell that ends at the first error."""
    ((_, job),) = rendered(
        {name.replace("_", "-"): value for name, value in inputs.items()}
    ).items()
    variables = {name: each["value"] for name, each in job["variables"].items()}
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(job["script"])],
        cwd=module,
        env=surroundings() | ({"PATH": path} if path else {}) | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.slow
@pytest.mark.needs_go
@pytest.mark.skipif(os.name == "nt", reason="the job runs on Linux")
def test_the_job_leaves_the_bundle_and_the_results_of_the_tests(tmp_path: Path) -> None:
    module = make_module(tmp_path / "src", "example.com/ci", SOURCES)
    code, said = run_job(module, packages="./bad ./fine", args=QUICK)
    assert code == 1, said
    root = ElementTree.parse(module / "flaketui.xml").getroot()
    assert root.find(".//testcase[@name='TestBad']/failure") is not None
    assert root.find(".//testcase[@name='TestFine']") is not None
    assert (module / "flaketui.zip").is_file()
    assert run_job(module, packages="./fine", args=QUICK)[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="the job runs on Linux")
def test_inputs_of_the_job_are_words_and_no_commands(tmp_path: Path) -> None:
    module = make_module(tmp_path / "src", "example.com/ci", SOURCES)
    program, said = stub(tmp_path)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    code, _ = run_job(
        module,
        path,
        packages=HOSTILE,
        args=f"-run {HOSTILE}",
        hunt="$(touch pwned)",
        baseline="a b; touch pwned",
    )
    assert code == 0
    collect, junit = map(json.loads, said.read_text().splitlines())
    assert junit[:3] == ["export", "--format", "junit"]
    assert collect == [
        *("collect", "-o", "flaketui.zip", "--baseline=a b; touch pwned"),
        *("--until-fail", "--stress", "--for=$(touch pwned)"),
        *(*HOSTILE.split(), "-run", *HOSTILE.split()),
    ]
    assert not any("pwned" in path.name for path in tmp_path.rglob("*"))
    code, told = run_job(module, path, packages="./fine -exec=sh")
    assert (code, told) == (2, "packages holds a flag: flags stand in args\n")
