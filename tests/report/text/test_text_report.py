"""The report as text: what a person reads in a CI log."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from flakecore.bundle import open_bundle
from flakecore.report import render_text
from flakecore.report.text.finding_text import WIDTH
from flakecore.timeline import load_cases
from timeline.captures import RELEASES, TESTDATA, Capture, capture
from toolchains import NEWEST, go_environment, go_toolchain


@pytest.fixture(scope="module")
def block_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profiled")
    profile = folder / "block.pprof"
    command: list[str | Path] = [
        go_toolchain(NEWEST),
        "test",
        "-vet=off",
        "-run=TestWakes",
        "-count=1",
    ]
    command += [f"-blockprofile={profile}", f"-o={folder / 'binary'}", "."]
    environment = go_environment(NEWEST)
    subprocess.run(command, cwd=TESTDATA / "work", env=environment, check=True, capture_output=True)
    return profile


def _text(run: Capture) -> str:
    return render_text(run.bundle, [run.case])


def _whole(path: Path) -> str:
    with open_bundle(path) as bundle:
        return render_text(bundle, load_cases(bundle))


@pytest.mark.parametrize("release", RELEASES)
def test_every_failure_is_told_with_test_kind_time_place_and_message(release: str) -> None:
    run = capture(release, "endings/asserts")
    text = _text(run)
    assert "example.com/endings/asserts" in text
    assert re.search(r"16 tests  1 passed  14 failed  1 skipped  in ", text)
    for failure in run.case.failures:
        (head,) = (
            line for line in text.splitlines() if line.startswith(f"✗ {failure.test_name}  ")
        )
        seconds = failure.at_ns / 1e9
        found = re.search(r"  assertion at ([\d.]+) (\d{3})s", head)
        assert found is not None
        assert float(found[1] + found[2]) == pytest.approx(seconds, abs=1.1e-6)
        if failure.file:
            assert head.endswith(f"  {failure.file}:{failure.line}")
        for line in failure.message.splitlines():
            assert f"    {line}".rstrip() in [each.rstrip() for each in text.splitlines()]


def test_what_a_test_that_failed_twice_printed_is_shown_once() -> None:
    run = capture(NEWEST, "endings/asserts")
    printed = re.findall(r"  Output of (\S+):", _text(run))
    twice = replace(run.case, failures=(*run.case.failures, *run.case.failures))
    text = render_text(run.bundle, [twice])
    assert text.count("\n✗ ") == 2 * len(run.case.failures)
    assert re.findall(r"  Output of (\S+):", text) == printed != []


def test_sentences_are_wrapped_for_a_log() -> None:
    run = capture(NEWEST, "endings/crashes", "-run=^(TestBefore|TestExits)$")
    hung = capture(NEWEST, "stuck", "-run=^(TestDeadlock|TestLostWakeup)$", "-timeout=1s", "-cpu=4")
    for text in (_text(run), _text(hung)):
        sentences = re.findall(r"^ +[-·] .*(?:\n    +\S.*)*", text, re.M)
        assert sentences
        for line in "\n".join(sentences).splitlines():
            assert len(line) <= WIDTH
    assert "Missing or damaged:" in _text(run)


def test_a_message_of_a_hundred_thousand_columns_does_not_fill_the_log(tmp_path: Path) -> None:
    event = {"Time": "2026-01-02T03:04:05Z", "Package": "example.com/p", "Test": "TestLong"}
    output = f"    a_test.go:3: {'x' * 100_000}\n"
    events = [
        {"Action": "run"},
        {"Action": "output", "Output": output},
        {"Action": "fail"},
    ]
    log = b"".join(orjson.dumps(event | each) + b"\n" for each in events)
    (tmp_path / "test.json").write_bytes(log)
    text = _whole(tmp_path)
    assert "… 99,500 more characters" in text
    assert len(text) < 1_500


def test_nothing_hostile_in_a_log_reaches_the_terminal(tmp_path: Path) -> None:
    evil = "\x1b[31mred\x1b]0;title\x07\x9b2J\x1b\\\r\b\x00"
    events = [
        {"Action": "start", "Package": f"example.com/{evil}"},
        {"Action": "run", "Test": f"Test{evil}"},
        {"Action": "output", "Test": f"Test{evil}", "Output": f"    a_test.go:3: {evil}boo\n"},
        {"Action": "output", "Test": f"Test{evil}", "Output": f"panic: {evil}\n"},
        {"Action": "output", "Test": f"Test{evil}", "Output": "\n"},
        {"Action": "output", "Test": f"Test{evil}", "Output": "goroutine 1 [running]:\n"},
        {"Action": "output", "Test": f"Test{evil}", "Output": f"main.{evil}f(...)\n"},
        {"Action": "output", "Test": f"Test{evil}", "Output": f"\t/{evil}/a_test.go:3 +0x1\n"},
        {"Action": "fail", "Test": f"Test{evil}"},
        {"Action": "fail"},
    ]
    stamp = {"Time": "2026-01-02T03:04:05Z", "Package": f"example.com/{evil}"}
    log = b"".join(orjson.dumps(stamp | event) + b"\n" for event in events)
    (tmp_path / "test.json").write_bytes(log)
    text = _whole(tmp_path)
    assert "✗ Testred" in text
    assert "example.com/red" in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_names_in_a_hostile_trace_do_not_reach_the_terminal(tmp_path: Path) -> None:
    run = capture(NEWEST, "stuck", "-run=^(TestDeadlock|TestLostWakeup)$", "-timeout=1s", "-cpu=4")
    trace = (run.folder / "trace.out").read_bytes()
    # The same length, so that the trace stays sound.
    trace = trace.replace(b"stuck.TestDeadlock", b"stuck.\x1b[31mredred\x1b")
    trace = trace.replace(b"stuck_test.go", b"\x1b[31mt\x1b[0m.go")
    (tmp_path / "trace.out").write_bytes(trace)
    (tmp_path / "test.json").write_bytes((run.folder / "test.json").read_bytes())
    text = _whole(tmp_path)
    assert "✗ TestDeadlock" in text
    assert re.search(r"  t\.go:\d+ +stuck\.redred", text)
    assert all(line.isprintable() for line in text.split("\n"))


def test_a_trace_alone_is_told_for_what_it_is(tmp_path: Path) -> None:
    trace = capture(NEWEST, "endings/asserts").folder / "trace.out"
    (tmp_path / "trace.out").write_bytes(trace.read_bytes())
    text = _whole(tmp_path)
    assert "(no package named)" in text
    assert "0 tests" in text
    assert re.search(r"trace: [\d,]+ events, \d+ goroutines", text)
    assert "no output to align with" in text
    assert "✗" not in text


def test_test_output_alone_says_that_there_is_no_trace() -> None:
    text = _text(capture(NEWEST, "endings/asserts", trace=False))
    assert "no trace: times are the output's own stamps" in text
    assert "✗ TestFatal  assertion at " in text
    assert "Its goroutines" not in text


def test_profiles_alone_make_a_report(tmp_path: Path, block_profile: Path) -> None:
    shutil.copy(block_profile, tmp_path)
    text = _whole(tmp_path)
    assert "no trace: no test output either" in text
    assert "Profiles, by the place in the package that they charge most:" in text
    assert "work_test.go:" in text


def test_profiles_put_beside_test_output_belong_to_it(tmp_path: Path, block_profile: Path) -> None:
    run = capture(NEWEST, "endings/asserts")
    (tmp_path / "test.json").write_bytes((run.folder / "test.json").read_bytes())
    shutil.copy(block_profile, tmp_path)
    assert "Profiles, by the place in the package" in _whole(tmp_path)
