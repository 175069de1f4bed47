"""However the tests end, there is a bundle, and it says what is missing and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect.running import Collected, Ending, collected
from flakecore.bundle import Kind, open_bundle
from flakecore.profile_kinds import PROFILE_KINDS
from toolchains import go_toolchain

PROFILES = {Kind.CPU_PROFILE, Kind.MEM_PROFILE, Kind.BLOCK_PROFILE, Kind.MUTEX_PROFILE}
WRITES = {Kind.WRITES, Kind.OUTPUT}
EVERYTHING = {Kind.MANIFEST, Kind.TEST_JSON, Kind.TRACE, Kind.GOROUTINES, Kind.SOURCE}
EVERYTHING.add(Kind.OBJECTS)
EVERYTHING |= PROFILES | WRITES


def kinds(collected: Collected) -> set[Kind]:
    with open_bundle(collected.result.bundle) as bundle:
        assert bundle.losses == ()
        return {artefact.kind for artefact in bundle.artefacts}


@pytest.mark.parametrize(("package", "exit_code"), [("passing", 0), ("failing", 1), ("hangs", 1)])
@pytest.mark.slow
def test_an_orderly_end_leaves_everything(package: str, exit_code: int, ending: Ending) -> None:
    run = ending(package)
    assert run.result.exit_code == exit_code
    assert kinds(run) - {Kind.PROFILE} == EVERYTHING
    assert run.result.manifest.missing == ()


def test_os_exit_in_the_midst_of_the_tests_leaves_everything_too(ending: Ending) -> None:
    run = ending("exits")
    assert run.result.exit_code == 1
    assert kinds(run) == EVERYTHING
    assert run.result.manifest.missing == ()


@pytest.mark.parametrize(
    ("package", "how"),
    [("panics", "ended by a panic or os.Exit (exit code 2)"), ("killed", "was killed by SIGKILL")],
)
def test_a_sudden_end_names_the_profiles_it_takes_and_how_it_came(
    package: str, how: str, ending: Ending
) -> None:
    run = ending(package)
    assert run.result.exit_code == 1
    assert not PROFILES & kinds(run)
    named = run.result.manifest.missing[0].partition(":")[0]
    assert named.endswith("cpu.pprof, mem.pprof, block.pprof, mutex.pprof")
    assert how in run.result.manifest.missing[0]


def test_a_panic_leaves_a_whole_trace(ending: Ending) -> None:
    run = ending("panics")
    assert Kind.TRACE in kinds(run)
    assert not any("trace.out" in line for line in run.result.manifest.missing)


def test_a_kill_within_a_second_leaves_no_data_in_the_trace(ending: Ending) -> None:
    # Go flushes a trace about once a second. Its header may be in the file by then, or not.
    missing = ending("killed").result.manifest.missing
    assert any("trace.out" in line for line in missing)


def test_a_timeout_prints_every_goroutine(ending: Ending) -> None:
    shown = ending("hangs").shown
    assert "panic: test timed out after 2s" in shown
    assert "hangs.TestHangs" in shown


def test_a_panic_prints_every_goroutine_too(ending: Ending) -> None:
    assert "goroutine 1 [chan receive]" in ending("panics").shown


def test_a_build_failure_is_in_the_bundle(ending: Ending) -> None:
    run = ending("broken")
    assert run.result.exit_code == 1
    assert kinds(run) == {Kind.MANIFEST, Kind.TEST_JSON, Kind.SOURCE}
    assert 'cannot use "one"' in run.shown
    assert run.result.manifest.missing == (
        "trace and profiles: the package or its tests do not build",
    )


def test_a_build_failure_is_known_of_a_release_that_tells_it_in_plain_lines(
    endings: Path, tmp_path: Path
) -> None:
    old = go_toolchain("1.21.13")
    run = collected(endings, tmp_path / "x.zip", "./broken", go=old)
    assert run.result.manifest.go == "go1.21.13"
    assert "do not build" in run.result.manifest.missing[0]


def test_a_package_without_tests_is_no_failure(ending: Ending) -> None:
    run = ending("untested")
    assert run.result.exit_code == 0
    assert "[no test files]" in run.shown
    assert run.result.manifest.missing == ("trace and profiles: the package has no test files",)


def test_evidence_lies_under_the_import_path(ending: Ending) -> None:
    with open_bundle(ending("passing").result.bundle) as bundle:
        names = [each.name for each in bundle.artefacts if each.kind is not Kind.SOURCE]
    assert names[:2] == ["manifest.json", "test.json"]
    profiles = [kind.file for kind in PROFILE_KINDS]
    assert set(names[2:]) == {
        f"packages/example.com/endings/passing/{name}"
        for name in ("trace.out", "goroutine.txt", "objects.json", "output", "writes", *profiles)
    }
