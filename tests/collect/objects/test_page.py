"""The objects page against what a program knows of itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from collect.running import Collected, collected, make_module
from flakecore.bundle import open_bundle
from toolchains import NEWEST, go_toolchain

SOURCES = {
    "both/x_test.go": """package both

import ("fmt"; "sync"; "testing"; "time")

type account struct { mu sync.Mutex }

func move(from, to *account) {
	from.mu.Lock()
	time.Sleep(20 * time.Millisecond)
	to.mu.Lock()
}

func TestBothWays(t *testing.T) {
	a, b := &account{}, &account{}
	fmt.Printf("a is %p, b is %p\\n", a, b)
	var done sync.WaitGroup
	done.Add(2)
	go func() { defer done.Done(); move(a, b) }()
	go func() { defer done.Done(); move(b, a) }()
	done.Wait()
}
""",
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("objects"), "example.com/objects", SOURCES)


def pages(run: Collected) -> list[dict[str, Any]]:
    with open_bundle(run.result.bundle) as bundle:
        found = [a for a in bundle.artefacts if a.name.endswith("/objects.json")]
        lines = [bytes(bundle.read(artefact)).splitlines() for artefact in found]
    return [orjson.loads(line) for each in lines for line in each]


def functions(page: dict[str, Any], stack: int) -> list[str]:
    """Return the functions of a stack from the first that is not the standard library's own."""
    names = [page["frames"][frame][0] for frame in page["stacks"][stack]]
    first = next(at for at, name in enumerate(names) if name.startswith("example.com/"))
    return names[first:]


@pytest.mark.parametrize("version", ["1.21.13", NEWEST])
def test_of_a_deadlock_it_says_who_holds_what_the_other_waits_for(
    version: str, module: Path, tmp_path: Path
) -> None:
    run = collected(module, tmp_path / "x.zip", "./both", timeout="2s", go=go_toolchain(version))
    page = pages(run)[0]
    assert page["why"] == "deadline"
    assert run.result.manifest.missing == ()
    a, b = re.findall(r"0x[0-9a-f]+", run.shown)[:2]
    objects = {each["address"]: each for each in page["objects"]}
    waits = {
        wait["object"]: goroutine
        for goroutine in page["goroutines"]
        for wait in goroutine.get("waits", ())
    }
    for one, other in ((a, b), (b, a)):
        assert objects[one]["kind"] == "mutex"
        (holder,) = objects[one]["holders"]
        assert holder["goroutine"] == waits[other]["id"]
        assert waits[one]["reason"] == "sync.Mutex.Lock"
        assert functions(page, holder["stack"])[0] == "example.com/objects/both.move"
        assert holder["since"] < waits[one]["since"] < page["mono_ns"]


def test_without_objects_there_is_no_page(module: Path, tmp_path: Path) -> None:
    run = collected(module, tmp_path / "x.zip", "./both", timeout="2s", objects=False)
    assert pages(run) == []
    assert run.result.manifest.missing == ()
