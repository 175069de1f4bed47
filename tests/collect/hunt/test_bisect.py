"""A test that fails after another one is told with it, and it is proven with and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect.running import collected, make_module
from flakecore.bundle import open_bundle
from flakecore.collect import HuntOptions
from flakecore.collect.hunt.bisect import Bisection, begun_in_order, smallest_failing
from flakecore.errors import CollectError

HEAD = 'package order\n\nimport "testing"\n\nvar limit, size = 10, 9\n\n'


def module_of(folder: Path, count: int, bodies: Mapping[int, str]) -> Path:
    """Make a module of tests of which some do more than log."""
    tests = "\n\n".join(
        f"func TestCase{at:02d}(t *testing.T) {{ {bodies.get(at, 't.Log(limit, size)')} }}"
        for at in range(count)
    )
    return make_module(folder, "example.com/order", {"order_test.go": f"{HEAD}{tests}\n"})


def bisected(module: Path, place: Path, test: str, **options: object) -> Bisection:
    run = collected(module, place, hunt=HuntOptions(bisect=test), objects=False, **options)
    assert run.result.bisection is not None
    return run.result.bisection


@given(st.sets(st.integers(0, 15), min_size=1, max_size=3))
def test_the_smallest_set_is_found_among_forty(needed: set[int]) -> None:
    asked = 0

    def fails(names: Sequence[str]) -> bool:
        nonlocal asked
        asked += 1
        return {f"Test{each}" for each in needed} <= set(names)

    names = [f"Test{at}" for at in range(40)]
    assert smallest_failing(names, fails) == [f"Test{at}" for at in sorted(needed)]
    assert asked <= 160


def test_one_test_alone_is_the_smallest_set() -> None:
    assert smallest_failing(["TestA"], lambda _: True) == ["TestA"]


def test_tests_are_read_in_the_order_they_began(tmp_path: Path) -> None:
    events = [
        {"Action": "start", "Package": "p"},
        {"Action": "run", "Package": "p", "Test": "TestB"},
        {"Action": "run", "Package": "p", "Test": "TestB/x"},
        {"Action": "run", "Package": "p", "Test": "TestA"},
    ]
    file = tmp_path / "test.json"
    file.write_bytes(b"\n".join([*map(orjson.dumps, events), b"no json"]))
    assert begun_in_order(file) == ["TestB", "TestA"]


def test_the_polluting_test_is_found_and_proven(tmp_path: Path) -> None:
    bodies = {2: "limit = 3", 6: 'if limit != 10 { t.Fatalf("limit is %d", limit) }'}
    module = module_of(tmp_path / "m", 8, bodies)
    found = bisected(module, tmp_path / "x.zip", "TestCase06")
    assert found == Bisection("TestCase06", ("TestCase02",), 10, 10, 0, 10)
    assert found.sentence() == (
        "TestCase06 failed in 10 of 10 runs after TestCase02, and in 0 of 10 without"
    )
    with open_bundle(tmp_path / "x.zip") as bundle:
        assert bundle.manifest
        chosen = {attempt.settings.run for attempt in bundle.manifest.attempts}
    assert {"", "^(TestCase06)$", "^(TestCase02|TestCase06)$"} <= chosen


def test_a_test_that_fails_by_itself_depends_on_no_other(tmp_path: Path) -> None:
    module = module_of(tmp_path / "m", 3, {2: 't.Fatal("always")'})
    found = bisected(module, tmp_path / "x.zip", "TestCase02")
    assert found.polluters == ()
    assert found.why_not == "it fails by itself; no other test is needed"


@pytest.mark.slow
def test_two_that_make_it_fail_together_are_found_among_forty(tmp_path: Path) -> None:
    bodies = {
        7: "limit = 3",
        23: "size = limit",
        31: 'if size == 3 { t.Fatalf("size is %d", size) }',
    }
    module = module_of(tmp_path / "m", 40, bodies)
    found = bisected(module, tmp_path / "x.zip", "TestCase31")
    assert found == Bisection("TestCase31", ("TestCase07", "TestCase23"), 10, 10, 0, 10)


@pytest.mark.slow
def test_a_failure_in_a_shuffled_order_only_is_found_one_by_one(tmp_path: Path) -> None:
    bodies = {6: "limit = 3", 2: 'if limit != 10 { t.Fatalf("limit is %d", limit) }'}
    module = module_of(tmp_path / "m", 8, bodies)
    found = bisected(module, tmp_path / "x.zip", "TestCase02")
    assert found.polluters == ("TestCase06",)
    assert (found.failed_with, found.failed_without) == (10, 0)


def test_several_packages_are_refused(tmp_path: Path) -> None:
    text = 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n'
    files = {"a/a_test.go": text, "b/b_test.go": text}
    module = make_module(tmp_path / "m", "example.com/two", files)
    with pytest.raises(CollectError, match="one package"):
        bisected(module, tmp_path / "x.zip", "TestA", packages=("./...",))
