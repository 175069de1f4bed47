"""Any number of packages in one run: each one's evidence lies under its import path."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import orjson
import pytest

from collect.running import Collected, collected, make_module
from flakecore.bundle import Bundle, Kind, open_bundle
from flakecore.gotest import read_writes
from toolchains import NEWEST, go_environment, go_toolchain

ORACLES = (pytest.param("1.21.13", marks=pytest.mark.slow), "1.24.11", NEWEST)

INTERNAL = """package {name}

import ("fmt"; "testing")

func TestInternal(t *testing.T) {{ fmt.Println("internal {name}"); t.Log("logged") }}
"""
EXTERNAL = """package {name}_test

import ("fmt"; "testing"; "sync")

func TestExternal(t *testing.T) {{
	for i := 0; i < 3; i++ {{
		t.Run(fmt.Sprint("part", i), func(t *testing.T) {{ t.Parallel(); fmt.Println("external") }})
	}}
}}

func TestWaits(t *testing.T) {{
	var both sync.WaitGroup
	both.Add(2)
	for i := 0; i < 2; i++ {{ go func() {{ defer both.Done(); fmt.Println("at work") }}() }}
	both.Wait()
}}
"""
MAIN = """package {name}

import ("fmt"; "os"; "testing")

func TestMain(m *testing.M) {{
	fmt.Println("before")
	code := m.Run()
	fmt.Fprintln(os.Stderr, "after")
	os.Exit(code)
}}

func TestWithMain(t *testing.T) {{ t.Log("within") }}
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of two modules, whose packages have tests of several kinds."""
    root = tmp_path_factory.mktemp("workspace")
    (root / "go.work").write_text("go 1.21\n\nuse (\n\t./one\n\t./two\n)\n")
    for module, kinds in (("one", (INTERNAL, EXTERNAL)), ("two", (MAIN,))):
        sources = {"x.go": "package {name}\n"}
        sources |= {f"x{number}_test.go": text for number, text in enumerate(kinds)}
        files = {
            f"{name}/{file}": text.format(name=name)
            for name in ("a", "b")
            for file, text in sources.items()
        }
        make_module(root / module, f"example.com/{module}", files)
    return root


def of_package(bundle: Bundle, kind: Kind) -> dict[str, bytes]:
    return {a.package: bytes(bundle.read(a)) for a in bundle.of_kind(kind)}


def events(bundle: Bundle) -> list[dict[str, str]]:
    (artefact,) = bundle.of_kind(Kind.TEST_JSON)
    return [orjson.loads(line) for line in bytes(bundle.read(artefact)).splitlines()]


@pytest.fixture(scope="module", params=ORACLES)
def run(
    request: pytest.FixtureRequest,
    workspace: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Collected:
    """All packages of the workspace, with an old, a middling and the newest release of Go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOWORK", "")
        return collected(
            workspace,
            tmp_path_factory.mktemp("bundle") / "x.zip",
            "./one/...",
            "./two/...",
            go=go_toolchain(request.param),
        )


PACKAGES = [f"example.com/{module}/{name}" for module in ("one", "two") for name in ("a", "b")]


@pytest.mark.slow
def test_each_package_has_a_whole_trace_and_all_profiles(run: Collected) -> None:
    assert run.result.exit_code == 0
    assert run.result.manifest.missing == ()
    assert sorted(run.result.manifest.packages) == PACKAGES
    with open_bundle(run.result.bundle) as bundle:
        assert bundle.losses == ()
        for kind in (Kind.TRACE, Kind.CPU_PROFILE, Kind.MEM_PROFILE, Kind.BLOCK_PROFILE):
            assert sorted(of_package(bundle, kind)) == PACKAGES
        assert len(bundle.of_kind(Kind.TEST_JSON)) == 1


def test_what_each_package_wrote_is_recorded_write_by_write(run: Collected) -> None:
    with open_bundle(run.result.bundle) as bundle:
        output, writes = of_package(bundle, Kind.OUTPUT), of_package(bundle, Kind.WRITES)
        printed = events(bundle)
    for package in PACKAGES:
        packets = read_writes(writes[package])
        assert packets.losses == ()
        assert packets.status == 0
        assert packets.size.sum() == len(output[package]) - 16
        whole = [
            output[package][at : at + size]
            for at, size in zip(packets.offset.tolist(), packets.size.tolist(), strict=True)
        ]
        assert all(piece.endswith(b"\n") for piece in whole)
        shown = [
            event["Output"]
            for event in printed
            if event["Action"] == "output" and event["Package"] == package
        ]
        # test2json takes its marks away, and the lines that name a test again.
        told = [
            line
            for line in b"".join(whole).replace(b"\x16", b"").decode().splitlines(keepends=True)
            if not line.startswith("=== NAME")
        ]
        ours = [line for line in shown if not line.startswith("ok  \t")]
        assert told == ours
        assert packets.wall_ns()[0] > run.result.manifest.started_unix_ns


def test_the_manifest_names_every_artefact_with_its_package(run: Collected) -> None:
    manifest = run.result.manifest
    with open_bundle(run.result.bundle) as bundle:
        real = {(a.name, a.package, a.size) for a in bundle.artefacts if a.name != "manifest.json"}
        kinds = {a.name: str(a.kind) for a in bundle.artefacts}
    assert {(each.name, each.package, each.bytes) for each in manifest.artefacts} == real
    assert all(kinds[each.name] == each.kind for each in manifest.artefacts)


def test_the_times_of_the_phases_add_up(run: Collected) -> None:
    phases = run.result.manifest.phases
    (attempt,) = run.result.manifest.attempts
    assert phases.run_ns > 0
    assert phases.build_ns > 0
    assert phases.build_ns + phases.run_ns + phases.teardown_ns == attempt.duration_ns


def test_modules_in_folders_below_are_found_where_there_is_no_workspace(
    workspace: Path, tmp_path: Path
) -> None:
    run = collected(workspace, tmp_path / "x.zip", "./...", test_flags={"-run": "TestWithMain"})
    assert sorted(run.result.manifest.packages) == PACKAGES
    with open_bundle(run.result.bundle) as bundle:
        assert sorted(of_package(bundle, Kind.TRACE)) == PACKAGES
        assert {event["Package"] for event in events(bundle)} == set(PACKAGES)


@pytest.mark.parametrize("where", ["arguments", "GOFLAGS"])
def test_an_exec_of_the_users_own_runs_below_the_relay(
    where: str, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "own exec"
    script.write_text('#!/bin/sh\necho "own: ${1##*/}"\nexec "$@"\n')
    script.chmod(0o755)
    given = {"extra": ("-exec", f"'{script}'")}
    if where == "GOFLAGS":
        given = {}
        monkeypatch.setenv("GOFLAGS", f"""-tags=x '-exec="{script}"'""")
    run = collected(workspace / "one", tmp_path / "x.zip", "./a", **given)
    assert "own: a.test\n" in run.shown
    assert run.result.manifest.missing == ()
    assert str(tmp_path) not in " ".join(run.result.manifest.command)
    with open_bundle(run.result.bundle) as bundle:
        assert list(of_package(bundle, Kind.TRACE)) == ["example.com/one/a"]


def test_flags_of_the_tests_themselves_reach_them(tmp_path: Path) -> None:
    module = make_module(
        tmp_path / "module",
        "example.com/own",
        {
            "x_test.go": """package own

import ("flag"; "testing")

var size = flag.String("size", "", "")

func TestHasASize(t *testing.T) { t.Log("size", *size, flag.Args()) }
"""
        },
    )
    run = collected(module, tmp_path / "x.zip", ".", extra=("-size=3", "-v"))
    assert "size 3 []\n" in run.shown
    run = collected(module, tmp_path / "x.zip", ".", extra=("-v", "-args", "-size", "4", "more"))
    assert "size 4 [more]\n" in run.shown


def test_an_overlay_of_the_users_own_is_kept(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "new.go").write_text(INTERNAL.format(name="a").replace("internal a", "overlaid"))
    overlay = tmp_path / "overlay.json"
    overlay.write_bytes(orjson.dumps({"Replace": {"a/x0_test.go": str(tmp_path / "new.go")}}))
    run = collected(workspace / "one", tmp_path / "x.zip", "./a", extra=(f"-overlay={overlay}",))
    assert "overlaid\n" in run.shown
    assert run.result.manifest.probe
    with open_bundle(run.result.bundle) as bundle:
        assert bundle.of_kind(Kind.GOROUTINES)


def test_coverage_and_build_tags_work_beside_it(tmp_path: Path) -> None:
    module = make_module(
        tmp_path / "module",
        "example.com/tagged",
        {
            "x.go": "package x\n\nfunc F() int { return 1 }\n",
            "x_test.go": '//go:build special\n\npackage x\n\nimport "testing"\n\n'
            "func TestTagged(t *testing.T) { F() }\n",
        },
    )
    flags = {"-tags": "special", "-cover": "true"}
    run = collected(module, tmp_path / "x.zip", ".", test_flags=flags)
    assert "--- PASS: TestTagged" in run.shown
    assert "coverage: 100.0% of statements" in run.shown


@pytest.mark.parametrize("version", ORACLES)
@pytest.mark.slow
def test_it_says_what_go_test_says(version: str, endings: Path, tmp_path: Path) -> None:
    packages = ["./passing", "./failing", "./panics", "./exits", "./killed", "./untested"]
    env = go_environment(version)
    plain = subprocess.run(
        ["go", "test", "-json", "-count=1", *packages],
        cwd=endings,
        env=env,
        capture_output=True,
        check=False,
    )
    run = collected(endings, tmp_path / "x.zip", *packages, go=go_toolchain(version))
    assert run.result.exit_code == plain.returncode
    with open_bundle(run.result.bundle) as bundle:
        ours = results(events(bundle))
    assert ours == results([orjson.loads(line) for line in plain.stdout.splitlines()])


def results(told: list[dict[str, str]]) -> set[tuple[str, str, str]]:
    verdicts = {"pass", "fail", "skip"}
    return {
        (event["Package"], event.get("Test", ""), event["Action"])
        for event in told
        if event["Action"] in verdicts
    }


def test_a_program_that_outlives_its_tests_does_not_hold_them_up(tmp_path: Path) -> None:
    module = make_module(
        tmp_path / "module",
        "example.com/left",
        {
            "x_test.go": """package left

import ("os"; "os/exec"; "testing")

func TestLeavesOne(t *testing.T) {
	left := exec.Command("sh", "-c", "sleep 1; echo too late")
	left.Stdout = os.Stdout
	if err := left.Start(); err != nil { t.Fatal(err) }
}
"""
        },
    )
    run = collected(module, tmp_path / "x.zip", ".")
    assert run.result.exit_code == 0
    assert "--- PASS: TestLeavesOne" in run.shown
    assert "too late\n" in run.shown


def test_a_write_longer_than_a_packet_comes_in_full_packets_and_a_rest(tmp_path: Path) -> None:
    module = make_module(
        tmp_path / "module",
        "example.com/long",
        {
            "x_test.go": """package long

import ("os"; "strings"; "testing")

func TestWrites(t *testing.T) {
	os.Stdout.WriteString(strings.Repeat("x", 10_000) + "\\n")
	os.Stderr.WriteString("short\\n")
}
"""
        },
    )
    run = collected(module, tmp_path / "x.zip", ".")
    with open_bundle(run.result.bundle) as bundle:
        packets = read_writes(of_package(bundle, Kind.WRITES)["example.com/long"])
    page = os.sysconf("SC_PAGE_SIZE")
    count = 10_001 // page
    first = int(packets.full.argmax())
    assert packets.size[first : first + count + 2].tolist() == [
        *[page] * count,
        10_001 % page,
        len("short\n"),
    ]
    assert packets.full.sum() == count
    # go test gives both streams one pipe.
    assert set(packets.stream.tolist()) == {0}
