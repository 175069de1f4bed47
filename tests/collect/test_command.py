"""``flaketui collect`` as a person types it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from flakecore.bundle import Bundle, Kind, open_bundle
from flaketui.cli import make_parser
from program import PATIENCE_S, PROGRAM, run_program


def parsed(*arguments: str) -> argparse.Namespace:
    return make_parser().parse_args(["collect", *arguments])


@pytest.mark.parametrize("written", [["-run", "X"], ["--run", "X"], ["-run=X"], ["--run=X"]])
def test_flags_are_written_with_one_dash_or_two(written: list[str]) -> None:
    assert parsed(*written, "./pool").go_run == "X"
    assert parsed("./pool", *written, "./x").packages == ["./pool", "./x"]


def test_what_follows_two_dashes_is_for_go_test() -> None:
    assert parsed("./pool", "--", "-failfast", "-args", "--").go_test_args == [
        "-failfast",
        "-args",
        "--",
    ]
    assert parsed("--", "-short").packages == []
    behind = parsed("--", "./pool", "./x", "-short")
    assert (behind.packages, behind.go_test_args) == (["./pool", "./x"], ["-short"])


@pytest.mark.parametrize(
    ("written", "count", "packages"),
    [
        (["--until-fail", "./pool"], 1, ["./pool"]),
        (["./pool", "-until-fail"], 1, ["./pool"]),
        (["--until-fail", "10", "./pool"], 10, ["./pool"]),
        (["--until-fail=10", "./pool"], 10, ["./pool"]),
        (["./pool", "--until-fail", "--stress"], 1, ["./pool"]),
        (["./pool"], 0, ["./pool"]),
    ],
)
def test_how_many_failures_end_a_hunt_may_be_left_out(
    written: list[str], count: int, packages: list[str]
) -> None:
    found = parsed(*written)
    assert (found.until_fail, found.packages) == (count, packages)


def test_a_switch_is_turned_on_and_off_as_go_has_it() -> None:
    assert parsed("-race=false").no_race
    assert not parsed("-race=true", "--no-race=0").no_race
    assert parsed("-short=1", "--cover=T").short
    assert not parsed("-v=true", "-short=false").short


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        (["-trace", "x"], "find it in the bundle"),
        (["-cpuprofile=x"], "find it in the bundle"),
        (["-json"], "find it in the bundle"),
        (["-c"], "go test -c"),
        (["-failfast"], "flaketui collect PACKAGE -- -failfast"),
        (["-p", "2"], "flaketui collect PACKAGE -- -p"),
        (["-short=maybe"], "true or false"),
    ],
)
def test_a_flag_it_does_not_take_is_refused_with_what_to_do(
    written: list[str], remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(*written)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert written[0].partition("=")[0] in told
    assert remedy in told


def test_it_shows_the_tests_and_then_names_the_bundle(endings: Path, tmp_path: Path) -> None:
    ended = run_program(
        "collect", "./failing", "-no-race", "-run=AddsUp", "-o", tmp_path / "x.zip", cwd=endings
    )
    assert ended.returncode == 1
    assert "--- FAIL: TestAddsUp" in ended.stdout
    assert "TestCounts" not in ended.stdout
    last = ended.stderr.splitlines()[-1]
    assert last.startswith(f"flaketui: wrote {tmp_path}/x.zip (")
    assert last.endswith(f"flaketui {tmp_path}/x.zip")
    with open_bundle(tmp_path / "x.zip") as bundle:
        assert bundle.manifest
        assert bundle.manifest.exit_code == 1


def test_its_errors_are_one_line_and_exit_code_2(endings: Path) -> None:
    ended = run_program("collect", "./nowhere", cwd=endings)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("flaketui: ./nowhere is no Go package here")
    assert ended.stderr.count("\n") == 1


def test_a_reader_that_leaves_does_not_cost_the_bundle(endings: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = run_program(
        "collect", "./passing", "--no-race", "-o", tmp_path / "x.zip", cwd=endings, stdout=writing
    )
    os.close(writing)
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr
    with open_bundle(tmp_path / "x.zip") as bundle:
        evidence = [each for each in bundle.artefacts if each.kind is not Kind.SOURCE]
        assert len(evidence) == 12


def started(endings: Path, output: Path, *, until: bytes) -> subprocess.Popen[bytes]:
    """Start collecting the test that hangs, and return once it has printed something."""
    process = subprocess.Popen(
        [PROGRAM, "collect", "./hangs", "--no-race", "-o", output],
        cwd=endings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout
    for line in process.stdout:
        if until in line:
            return process
    raise AssertionError(f"it ended without {until!r}")


def interrupted(output: Path) -> Bundle:
    bundle = open_bundle(output)
    assert bundle.manifest
    assert bundle.manifest.interrupted
    return bundle


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.slow
def test_a_signal_ends_the_tests_and_the_bundle_is_written(
    number: signal.Signals, endings: Path, tmp_path: Path
) -> None:
    process = started(endings, tmp_path / "x.zip", until=b"waiting")
    time.sleep(1.2)  # so that the trace holds its first second
    os.killpg(process.pid, number)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode != 0
    assert b"flaketui: wrote" in said
    with interrupted(tmp_path / "x.zip") as bundle:
        assert bundle.manifest
        assert any("was stopped" in line for line in bundle.manifest.missing)


def test_ctrl_backslash_has_the_tests_print_their_stacks(endings: Path, tmp_path: Path) -> None:
    process = started(endings, tmp_path / "x.zip", until=b"waiting")
    os.killpg(process.pid, signal.SIGQUIT)
    process.communicate(timeout=PATIENCE_S)
    with interrupted(tmp_path / "x.zip") as bundle:
        (output,) = bundle.of_kind(Kind.OUTPUT)
        printed = bytes(bundle.read(output))
    assert b"SIGQUIT: quit" in printed
    assert b"hangs.TestHangs" in printed


def test_a_signal_that_is_ignored_stays_ignored(endings: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        ["nohup", PROGRAM, "collect", "./hangs", "--no-race", "-o", tmp_path / "x.zip"],
        cwd=endings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdout
        next(line for line in process.stdout if b"waiting" in line)
        os.kill(process.pid, signal.SIGHUP)
        os.kill(process.pid, signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)
    with interrupted(tmp_path / "x.zip") as bundle:
        assert bundle.manifest
        # A second signal that was heeded would have had everything killed.
        assert bundle.manifest.exit_code != 128 + signal.SIGKILL


def test_tests_that_ignore_a_signal_are_killed_by_the_second(tmp_path: Path) -> None:
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text("module example.com/deaf\n\ngo 1.21\n")
    (module / "deaf_test.go").write_text(
        """package deaf

import (
	"fmt"
	"os"
	"os/signal"
	"testing"
	"time"
)

func TestIsDeaf(t *testing.T) {
	signal.Ignore(os.Interrupt)
	fmt.Println("deaf")
	time.Sleep(time.Hour)
}
"""
    )
    process = subprocess.Popen(
        [PROGRAM, "collect", "--no-race", "-o", tmp_path / "x.zip"],
        cwd=module,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout
    next(line for line in process.stdout if b"deaf" in line and b"RUN" not in line)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)
    with interrupted(tmp_path / "x.zip") as bundle:
        assert bundle.manifest
        assert bundle.manifest.exit_code == 128 + signal.SIGKILL
