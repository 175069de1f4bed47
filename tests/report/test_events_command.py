"""``flaketui events`` as it is run: in pipes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gotrace.recordings import trace_file
from program import PROGRAM, SAMPLE, call_program, run_program
from toolchains import NEWEST


@pytest.mark.slow
def test_it_prints_one_line_an_event_of_the_sample() -> None:
    done = run_program("events", SAMPLE)
    assert (done.returncode, done.stderr) == (0, "")
    count = call_program("events", SAMPLE, "--count").stdout.splitlines()[-1]
    assert count == f"{len(done.stdout.splitlines()):,}  total"


def test_options_narrow_it_down() -> None:
    done = call_program("events", SAMPLE, "--from", "10ms", "--to", "0.02", "--type", "Metric")
    lines = done.stdout.splitlines()
    assert lines
    assert all(" Metric " in line and "0.010" <= line <= "0.021" for line in lines)


def test_a_pipe_that_is_closed_ends_it_in_silence() -> None:
    trace = trace_file(NEWEST)
    with subprocess.Popen(
        [PROGRAM, "events", trace, "--stacks"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"0.")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in (0, 141)


def test_a_time_that_is_none_and_a_file_that_is_none_are_told_in_a_line(tmp_path: Path) -> None:
    done = call_program("events", SAMPLE, "--from", "soon")
    assert done.returncode == 2
    assert "'soon' is no time; write it as 1.5s or 200ms" in done.stderr
    done = call_program("events", tmp_path / "none.zip")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_what_is_lost_is_told_beside_the_events(tmp_path: Path) -> None:
    cut = tmp_path / "cut.trace"
    cut.write_bytes(trace_file(NEWEST).read_bytes()[:200_000])
    done = call_program("events", cut)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 1_000
    assert "flaketui: cut.trace" in done.stderr
