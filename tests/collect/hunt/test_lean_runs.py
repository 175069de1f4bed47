"""Runs of a hunt that pass write little; what fails, or leaves goroutines, writes everything."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from collect.running import Collected, collected, make_module
from flakecore.bundle import open_bundle
from flakecore.collect import HuntOptions
from toolchains import NEWEST, go_toolchain

COUNT = """
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
"""
SOURCES = {
    "third/x_test.go": f"""package third

import ("os"; "testing")

func TestThird(t *testing.T) {{{COUNT}
	if len(seen) == 2 {{ t.Fatal("the third") }}
}}
""",
    "leaves/x_test.go": """package leaves

import "testing"

func neverComes(c chan int) { <-c }

func TestLeaves(t *testing.T) { go neverComes(make(chan int)) }
""",
    "example/x_test.go": f"""package example

import ("fmt"; "os"; "testing")

func TestFine(t *testing.T) {{
	if os.Getenv("FLAKETUI_LEAN") != "" {{ t.Fatal("it is seen") }}
}}

func Example_second() {{{COUNT}
	fmt.Println(len(seen))
	// Output: 0
}}
""",
}
WRITTEN = {"goroutine.txt", "mem.pprof", "objects.json"}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("lean"), "example.com/lean", SOURCES)


@pytest.fixture(autouse=True)
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTER", str(tmp_path / "counter"))


def written(run: Collected) -> dict[str, set[str]]:
    """Return the names of the files of each attempt."""
    found = defaultdict(set)
    with open_bundle(run.result.bundle) as bundle:
        for each in bundle.artefacts:
            found[each.attempt].add(each.name.rpartition("/")[2])
    return found


@pytest.mark.parametrize("version", [pytest.param("1.22.10", marks=pytest.mark.slow), NEWEST])
def test_a_run_that_fails_writes_all_that_a_single_run_writes(
    version: str, module: Path, tmp_path: Path
) -> None:
    hunting = HuntOptions(max_runs=3)
    run = collected(module, tmp_path / "x.zip", "./third", hunt=hunting, go=go_toolchain(version))
    single = collected(module, tmp_path / "y.zip", "./third", go=go_toolchain(version))
    files = written(run)
    assert files["001"] >= WRITTEN  # one in eight is whole
    assert not files["002"] & WRITTEN
    assert {"trace.out", "cpu.pprof", "output", "writes"} <= files["002"]
    assert files["003"] == written(single)[""] - {"manifest.json", "go.mod", "x_test.go"}
    assert run.result.manifest.missing == ()
    (absent,) = (each for each in run.result.manifest.artefacts if each.missing)
    assert (absent.attempt, absent.kind) == (2, "mem-profile")
    assert "to be quick" in absent.missing


def test_a_run_that_leaves_goroutines_shows_them(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./leaves", hunt=HuntOptions(max_runs=2))
    assert written(run)["002"] >= WRITTEN


def test_an_example_that_fails_is_no_run_that_passed(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./example", hunt=HuntOptions(max_runs=2))
    assert (run.result.manifest.runs, run.result.manifest.failures) == (2, 1)
    assert written(run)["002"] >= WRITTEN
