"""In CI: plain lines, annotations and a summary for GitHub, and the right exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from collect.running import make_module
from flakecore.bundle import Manifest, open_bundle
from program import run_program
from toolchains import NEWEST, go_toolchain

SOURCES = {
    "owns/x_test.go": """package owns

import ("flag"; "testing")

var token = flag.String("token", "", "")

func TestHasAToken(t *testing.T) { if *token == "" { t.Fatal() } }
""",
    "shop/cart_test.go": """package shop

import "testing"

func TestCart(t *testing.T) {
	t.Run("sum", func(t *testing.T) { t.Errorf("total, 7%%: want\\n| 8 |") })
	t.Run("fine", func(t *testing.T) {})
}

func TestPanics(t *testing.T) {
	var prices map[string]int
	prices["tea"] = 2
}
""",
    "fine/x_test.go": 'package fine\n\nimport "testing"\n\nfunc TestFine(t *testing.T) {}\n',
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(tmp_path_factory.mktemp("shop") / "src", "example.com/ci", SOURCES)


def run_in_ci(module: Path, *arguments: str | Path, **env: str) -> tuple[int, str, str]:
    ended = run_program("collect", "--no-race", *arguments, cwd=module, env=env)
    return ended.returncode, ended.stdout, ended.stderr


def test_github_is_told_each_failure_with_its_place(module: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(module),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    packages = ("./shop", "./fine")
    code, shown, _ = run_in_ci(module, *packages, "-o", tmp_path / "x.zip", **github)
    assert code == 1
    told = re.findall(r"^::error (.*)$", shown, re.MULTILINE)
    assert len(told) == 2
    assert told[0] == (
        "file=shop/cart_test.go,line=6,title=example.com/ci/shop.TestCart/sum"
        "::cart_test.go:6: total, 7%25: want%0A| 8 |"
    )
    assert told[1].startswith(
        "file=shop/cart_test.go,line=12,title=example.com/ci/shop.TestPanics::"
    )
    headline, said = told[1].partition("::")[2].split("%0A")[:2]
    assert re.fullmatch(
        r"G\d+ writes to the nil map prices in TestPanics \(cart_test\.go:12\),"
        r" which is declared without a value \(cart_test\.go:11\) \(inferred\)",
        headline,
    )
    assert said.startswith("panic: ")
    text = summary.read_text()
    assert "### flaketui: 2 packages, 2 failed" in text
    assert "| `example.com/ci/shop.TestCart/sum` | `cart_test.go:6: total, 7%: want 8` |" in text
    assert f"| `example.com/ci/shop.TestPanics` | `{headline}` |" in text
    assert "x.zip" in text
    assert "- missing: " in text


LEAKS = {
    "pool/pool.go": """package pool

func Start(jobs chan int) {
	go func() {
		for range jobs {
		}
	}()
}
""",
    "pool/pool_test.go": """package pool

import "testing"

func TestStart(t *testing.T) { Start(make(chan int)) }
""",
    "cart/cart_test.go": """package cart

import (
	"sync"
	"testing"
)

func TestBoth(t *testing.T) {
	var one, other sync.Mutex
	var first, both sync.WaitGroup
	first.Add(2)
	both.Add(2)
	take := func(a, b *sync.Mutex) {
		defer both.Done()
		a.Lock()
		first.Done()
		first.Wait()
		b.Lock()
	}
	go take(&one, &other)
	go take(&other, &one)
	both.Wait()
}
""",
}


@pytest.mark.slow
def test_a_sentence_stands_beside_the_line_it_names_and_in_place_of_stacks(tmp_path: Path) -> None:
    module = make_module(tmp_path / "src", "example.com/ci", LEAKS)
    github = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(module)}
    bundle, known = tmp_path / "x.zip", tmp_path / "known.json"
    _, shown, _ = run_in_ci(module, "./...", "-timeout", "2s", "-o", bundle, **github)
    (failed,) = re.findall(r"^::error (.*)$", shown, re.MULTILINE)
    assert failed.startswith("file=cart/cart_test.go,line=18,title=example.com/ci/cart.TestBoth::D")
    assert [each[:6] for each in failed.split("%0A")[1:]] == ["panic:", "next: "]
    (left,) = re.findall(r"^::warning (.*)$", shown, re.MULTILINE)
    assert left.startswith(
        "file=pool/pool.go,line=5,title=example.com/ci/pool.TestStart::TestStart left G"
    )
    written = ("report", bundle, "--baseline", known, "--write-baseline")
    assert run_program(*written).returncode == 0
    again = ("./pool", "--baseline", known, "-o", tmp_path / "y.zip")
    _, shown, said = run_in_ci(module, *again, **github)
    assert "::warning" not in shown
    assert "TestStart left" not in said


@pytest.mark.slow
def test_github_obeys_no_command_that_a_test_prints(module: Path, tmp_path: Path) -> None:
    _, shown, _ = run_in_ci(module, "./shop", "-o", tmp_path / "x.zip", GITHUB_ACTIONS="true")
    fence = re.search(r"\A::stop-commands::([0-9a-f]{32})$", shown, re.MULTILINE)
    assert fence is not None
    end = shown.index(f"\n::{fence[1]}::\n")
    assert shown.index("=== RUN") < shown.rindex("--- FAIL") < end < shown.index("::error ")


@pytest.mark.parametrize("version", [pytest.param("1.21.13", marks=pytest.mark.slow), NEWEST])
@pytest.mark.slow
def test_github_is_told_what_ended_a_package_that_could_not_say_so(
    version: str, endings: Path, tmp_path: Path
) -> None:
    github = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(endings)}
    packages = ("./broken", "./hangs", "./killed", "./exits")
    options = ("-timeout", "2s", "--go", go_toolchain(version), "-o", tmp_path / "x.zip")
    _, shown, _ = run_in_ci(endings, *packages, *options, **github)
    told = "\n".join(sorted(re.findall(r"^::error (.*)$", shown, re.MULTILINE)))
    for expected in (
        r"^file=broken/broken_test.go,line=6,title=example.com/endings/broken::.*cannot use",
        r"^file=hangs/hangs_test.go,line=10,title=example.com/endings/hangs.TestHangs::"
        r"[^%]*[ (]hangs_test\.go:10[^%]*%0Apanic: test timed out after 2s",
        r"^title=example.com/endings/killed.TestIsKilled::"
        r"The process was ended by a signal while TestIsKilled ran: killed%0Asignal: killed$",
        r"^(?:title=example.com/endings/exits.TestExits::"
        r"|file=exits/exits_test.go,line=9,title=example.com/endings/exits.TestExits::"
        r"G\d+ called os\.Exit in TestExits \(exits_test\.go:9\) while TestExits ran%0A)"
        r"its process ended before the test did$",
    ):
        assert re.search(expected, told, re.MULTILINE), expected
    assert told.count("title=") == 4


AGAIN = """package again

import "testing"

var runs int

func TestAlways(t *testing.T) { t.Errorf("as ever") }

func TestFirst(t *testing.T) {
	if runs++; runs != 3 {
		t.Errorf("run %d", runs)
	}
}
"""


@pytest.mark.slow
def test_a_test_that_is_repeated_has_one_annotation_and_says_a_thing_once(tmp_path: Path) -> None:
    module = make_module(tmp_path / "src", "example.com/ci", {"again/x_test.go": AGAIN})
    github = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(module)}
    arguments = ("./again", "-count=4", "-o", tmp_path / "x.zip")
    _, shown, _ = run_in_ci(module, *arguments, **github)
    always, first = re.findall(r"^::error (.*)$", shown, re.MULTILINE)
    assert always == (
        "file=again/x_test.go,line=7,title=example.com/ci/again.TestAlways::x_test.go:7: as ever"
    )
    assert ",title=example.com/ci/again.TestFirst::" in first
    assert first.endswith("run 4")


@pytest.mark.slow
def test_elsewhere_nothing_of_the_kind_is_printed(module: Path, tmp_path: Path) -> None:
    _, shown, said = run_in_ci(module, "./shop", "-o", tmp_path / "x.zip", GITHUB_ACTIONS="")
    assert "::error" not in shown
    assert "\x1b" not in shown + said


@pytest.mark.slow
def test_a_summary_that_cannot_be_written_costs_nothing(module: Path, tmp_path: Path) -> None:
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path)}
    code, shown, _ = run_in_ci(module, "./fine", "-o", tmp_path / "x.zip", **github)
    assert code == 0
    assert "::error" not in shown


@pytest.mark.slow  # everyday the tests of annotations and of commands look at it
def test_the_exit_code_is_that_of_the_tests_unless_told_otherwise(
    module: Path, tmp_path: Path
) -> None:
    assert run_in_ci(module, "./fine", "-o", tmp_path / "x.zip")[0] == 0
    assert run_in_ci(module, "./shop", "-o", tmp_path / "x.zip")[0] == 1
    assert run_in_ci(module, "./shop", "-o", tmp_path / "x.zip", "--exit-zero")[0] == 0


@pytest.mark.slow
def test_bundles_go_into_the_folder_that_is_named(module: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    assert run_in_ci(module, "./fine", "--out-dir", out)[0] == 0
    (bundle,) = out.iterdir()
    assert bundle.name.startswith("flaketui-fine-2")


def manifest(output: Path) -> Manifest:
    with open_bundle(output) as bundle:
        assert bundle.manifest
        return bundle.manifest


SECRETS = {
    "GITHUB_TOKEN": "hunter2-token",
    "AWS_SECRET_ACCESS_KEY": "hunter2-key",
    "GOPROXY": "https://me:hunter2-proxy@proxy.example.com,off",
    "GOFLAGS": "-tags=special -ldflags=-X=main.token=hunter2-flags",
    "GOPRIVATE": "hunter2.example.com",
    "GITHUB_HEAD_REF": "hunter2-branch",
}


@pytest.mark.slow
def test_the_manifest_names_the_job_and_holds_no_secret(module: Path, tmp_path: Path) -> None:
    job = {"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "77", "GITHUB_JOB": "test", "GOGC": "50"}
    code, _, said = run_in_ci(
        module,
        "./owns",
        "-o",
        tmp_path / "x.zip",
        "--",
        "-ldflags",
        "-X=main.b=hunter2-ours",
        "-args",
        "-token=hunter2-equals",
        "-token",
        "hunter2-word",
        "https://hunter2@example.com",
        **SECRETS,
        **job,
    )
    assert code == 0, said
    told = manifest(tmp_path / "x.zip")
    assert told.host.ci == "github-actions"
    assert told.host.job == {"GITHUB_RUN_ID": "77", "GITHUB_JOB": "test"}
    assert told.environment["GOGC"] == "50"
    assert told.environment["GOFLAGS"] == "-tags=special -ldflags=…"
    assert "-ldflags=…" in told.command
    with open_bundle(tmp_path / "x.zip") as bundle:
        everything = b"".join(bytes(bundle.read(artefact)) for artefact in bundle.artefacts)
    assert b"hunter2" not in everything


@pytest.mark.slow
def test_the_manifest_tells_how_busy_the_machine_was(module: Path, tmp_path: Path) -> None:
    run_in_ci(module, "./fine", "-o", tmp_path / "x.zip")
    host = manifest(tmp_path / "x.zip").host
    for moment in (host.before, host.after):
        assert moment.load >= 0
        assert 0 < moment.memory_free_bytes <= host.memory_bytes
    assert host.oom_kills >= -1
    assert host.cgroup_cpus >= 0


@pytest.mark.slow
def test_the_manifest_tells_the_revision_and_whether_it_was_changed(
    module: Path, tmp_path: Path
) -> None:
    import shutil
    import subprocess

    source = shutil.copytree(module, tmp_path / "src")

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        ended = subprocess.run(
            ["git", *identity, *arguments], cwd=source, capture_output=True, text=True, check=True
        )
        return ended.stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    run_in_ci(source, "./fine", "-o", tmp_path / "x.zip")
    clean = manifest(tmp_path / "x.zip").revision
    assert (clean.vcs, clean.id, clean.dirty) == ("git", git("rev-parse", "HEAD"), False)
    (source / "fine" / "x_test.go").write_text(SOURCES["fine/x_test.go"] + "\n// changed\n")
    run_in_ci(source, "./fine", "-o", tmp_path / "x.zip")
    assert manifest(tmp_path / "x.zip").revision.dirty


COMMAND = "::add-mask::secret"


def printed_in_ci(*arguments: str | Path) -> str:
    ended = run_program(*arguments, env={"GITHUB_ACTIONS": "true"})
    assert ended.returncode == 0
    return ended.stdout


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_report_of_what_tests_printed_is_no_command_either(form: str, tmp_path: Path) -> None:
    log = tmp_path / "test.log"
    log.write_text(
        f"=== RUN   TestA\n{COMMAND}\n    a_test.go:3: {COMMAND}\n--- FAIL: TestA (0.00s)\nFAIL\n"
        "FAIL\texample.com/p\t0.1s\n"
    )
    shown = printed_in_ci("report", "--output", "--format", form, log)
    fence = re.match(r"::stop-commands::([0-9a-f]{32})\n", shown)
    assert fence is not None
    assert shown.endswith(f"\n::{fence[1]}::\n")
    assert COMMAND in shown
    assert shown.count(fence[1]) == 2


def test_json_begins_no_line_with_what_a_test_printed_and_has_no_fence(tmp_path: Path) -> None:
    log = tmp_path / "test.log"
    log.write_text(f"=== RUN   TestA\n{COMMAND}\n--- FAIL: TestA (0.00s)\n")
    shown = printed_in_ci("report", "--output", "--format", "json", log)
    assert json.loads(shown)["cases"]
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
