"""Tests have the results that they have without being collected, whatever they are built with."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from collect.running import collected, make_module
from toolchains import NEWEST, go_environment, go_toolchain

TESTS = """package seen

import ("errors"; "fmt"; "os"; "testing")

func TestPasses(t *testing.T) { if Answer() != 42 { t.Fatal(Answer()) } }
func TestFails(t *testing.T) { t.Error(errors.New("no")) }
func TestSkips(t *testing.T) { t.Skip() }
func TestParts(t *testing.T) {
	for _, name := range []string{"a", "b", "a"} {
		name := name
		t.Run(name, func(t *testing.T) { t.Parallel(); if name == "b" { t.Fail() } })
	}
}
func TestSeesNothing(t *testing.T) { if _, set := os.LookupEnv("FLAKETUI"); set { t.Fatal() } }
func FuzzSeeds(f *testing.F) {
	f.Add(1)
	f.Fuzz(func(t *testing.T, n int) { if n != 1 { t.Fatal(n) } })
}
func ExampleAnswer() {
	fmt.Println(Answer())
	// Output: 42
}
"""
ANSWER = "package seen\n\nfunc Answer() int { return 42 }\n"
WRONG = "package seen\n\nfunc Answer() int { return 41 }\n"
CGO = """package seen

// static int answer(void) { return 42; }
import "C"

func Answer() int { return int(C.answer()) }
"""
OTHER = "package other\n\nfunc Answer() int { return 42 }\n"
BY_OTHER = (
    'package seen\n\nimport "example.com/other"\n\nfunc Answer() int { return other.Answer() }\n'
)
WRAPPER = '#!/bin/sh\nWRAPPED=yes exec "$@"\n'
WRAPPED = """package seen

import "os"

func Answer() int { if os.Getenv("WRAPPED") == "yes" { return 42 }; return 0 }
"""


@dataclass(frozen=True)
class Shape:
    """How a module is built.

    Attributes:
        files: its files besides the tests, by their path in the module.
        flags: what `go test` is told, with the module's folder for ``{}``.
        race: whether under the race detector.
        environment: what is set besides.
    """

    files: dict[str, str]
    flags: tuple[str, ...] = ()
    race: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def with_other(path: str) -> dict[str, str]:
    files = {"go.mod": "module example.com/other\n\ngo 1.21\n", "other.go": OTHER}
    return {f"{path}/{name}": text for name, text in files.items()}


REQUIRES = "module example.com/same\n\ngo 1.21\n\nrequire example.com/other v1.0.0\n"
SHAPES = {
    "plain": Shape({"seen.go": ANSWER}),
    "race": Shape({"seen.go": ANSWER}, race=True),
    "cgo": Shape({"seen.go": CGO}, race=True),
    "cover": Shape({"seen.go": ANSWER}, ("-cover",)),
    "coverprofile": Shape(
        {"seen.go": ANSWER}, ("-coverprofile={}/cover.out", "-covermode=atomic", "-coverpkg=./...")
    ),
    "tags": Shape(
        {"no.go": f"//go:build !right\n\n{WRONG}", "yes.go": f"//go:build right\n\n{ANSWER}"},
        ("-tags=right",),
    ),
    "vendored": Shape(
        {
            "seen.go": BY_OTHER,
            "go.mod": REQUIRES,
            "vendor/modules.txt": "# example.com/other v1.0.0\n## explicit\nexample.com/other\n",
            "vendor/example.com/other/other.go": OTHER,
        }
    ),
    "workspace": Shape(
        {
            "seen.go": BY_OTHER,
            "go.work": "go 1.21\n\nuse (\n\t.\n\t./beside\n)\n",
            **with_other("beside"),
        },
        environment={"GOWORK": "{}/go.work"},
    ),
    "overlay": Shape(
        {
            "seen.go": WRONG,
            "right/seen.go": ANSWER,
            "overlay.json": '{"Replace": {"seen.go": "right/seen.go"}}',
        },
        ("-overlay=overlay.json",),
    ),
    "exec": Shape({"seen.go": WRAPPED, "wrapper": WRAPPER}, ("-exec={}/wrapper",)),
}


@pytest.mark.parametrize("version", [pytest.param("1.21.13", marks=pytest.mark.slow), NEWEST])
@pytest.mark.parametrize(
    "shape",
    [name if name == "plain" else pytest.param(name, marks=pytest.mark.slow) for name in SHAPES],
)
def test_each_test_has_the_result_that_go_test_gives_it(
    shape: str, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = SHAPES[shape]
    module = make_module(tmp_path / "m", "example.com/same", {"x_test.go": TESTS, **built.files})
    for program in module.glob("wrapper"):
        program.chmod(0o755)
    flags = [flag.format(module) for flag in built.flags]
    extra = {name: text.format(module) for name, text in built.environment.items()}
    for name, text in (go_environment(version, race=built.race) | extra).items():
        monkeypatch.setenv(name, text)
    race = ["-race"] if built.race else []
    go = go_toolchain(version)
    alone = subprocess.run(
        [go, "test", "-json", *race, *flags, "."],
        cwd=module,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    place = tmp_path / "x.zip"
    run = collected(module, place, go=go, race=built.race, extra=tuple(flags))
    assert run.result.manifest.missing == ()
    assert run.result.exit_code == alone.returncode == 1
    wanted = results(alone.stdout.splitlines())
    assert wanted["TestPasses"] == "pass"
    assert wanted["TestParts/b"] == "fail"
    assert wanted["ExampleAnswer"] == wanted["FuzzSeeds"] == "pass"
    shown = run.shown.splitlines()
    assert {name: told(shown, name) for name in wanted} == wanted
    assert (module / "cover.out").exists() == (shape == "coverprofile")


def results(lines: Sequence[str]) -> dict[str, str]:
    """Return how each test ended."""
    events = [orjson.loads(line) for line in lines]
    ends = ("pass", "fail", "skip")
    return {e["Test"]: e["Action"] for e in events if e.get("Test") and e["Action"] in ends}


def told(shown: Sequence[str], name: str) -> str:
    """Return how a test ended by what was shown of it."""
    marks = {f"--- {word}: {name} (": word.lower() for word in ("PASS", "FAIL", "SKIP")}
    found = [end for line in shown for mark, end in marks.items() if line.lstrip().startswith(mark)]
    (end,) = found
    return end
