"""Plain-text logs as the output of a case, bare and behind the stamps of a CI."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flakecore.timeline import Case, ClockMethod
from timeline.captures import TESTDATA, read
from toolchains import go_environment, go_toolchain

EPOCH = datetime.fromtimestamp(0, UTC)


def run(folder: Path, release: str, stamp: Callable[[datetime], str] | None) -> Case:
    """Run some tests with a trace and a plain log, whose lines are stamped as they come."""
    command: list[str | Path] = [go_toolchain(release), "test", "-v", "-count=1", "-vet=off"]
    command += [f"-trace={folder / 'trace.out'}", f"-o={folder / 'binary'}", "."]
    with subprocess.Popen(
        command,
        cwd=TESTDATA / "work",
        env=go_environment(release),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = [(datetime.now(UTC), line) for line in process.stdout]
    (folder / "binary").unlink()
    lines = [f"{stamp(when) if stamp else ''}{line}" for when, line in said]
    (folder / "job.log").write_text("".join(lines))
    return read(folder).case


def in_another_zone(when: datetime) -> str:
    return f"{when + timedelta(hours=9):%b %d %H:%M:%S} "


def as_github(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S.%f}0Z "


@pytest.mark.parametrize("release", ["1.22.10", "1.26.6"])
def test_a_bare_log_has_its_tests_from_the_trace(tmp_path: Path, release: str) -> None:
    case = run(tmp_path, release, None)
    assert case.package == "example.com/work"
    assert case.losses == ()
    assert case.tests
    assert all(test.goroutine for test in case.tests)
    assert all(0 <= test.start_ns <= test.end_ns <= case.end_ns for test in case.tests)


@pytest.mark.parametrize("release", ["1.22.10", "1.26.6"])
def test_stamps_of_a_ci_are_placed_within_the_error_that_is_stated(
    tmp_path: Path, release: str
) -> None:
    case = run(tmp_path, release, as_github)
    assert case.clock.zero_wall_ns is not None
    assert case.clock.error_ns < 2 * 10**9
    stamps = {}
    for logged in (tmp_path / "job.log").read_text().splitlines():
        stamp, _, text = logged.partition(" ")
        stamps[text] = (datetime.fromisoformat(stamp) - EPOCH) // timedelta(microseconds=1) * 1000
    begins = [line for line in case.output if line.text.startswith("=== RUN   ")]
    assert {line.text.removeprefix("=== RUN   ") for line in begins} == {t.name for t in case.tests}
    starts = {test.name: test.start_ns for test in case.tests}
    for line in begins:
        stamped = stamps[line.text] - case.clock.zero_wall_ns
        assert abs(stamped - line.time_ns) <= case.clock.error_ns
        # It is printed before the test's goroutine begins, however long that then has to wait.
        start = starts[line.text.removeprefix("=== RUN   ")]
        assert line.time_ns - line.error_ns <= start


def test_whole_seconds_of_another_zone_are_tied_to_the_trace_by_its_writes(
    tmp_path: Path,
) -> None:
    case = run(tmp_path, "1.26.6", in_another_zone)
    assert case.clock.method is ClockMethod.WRITES
    assert 10**9 - 1 <= case.clock.error_ns < 5 * 10**9


def test_the_same_run_as_json_and_as_text_is_one_case(tmp_path: Path) -> None:
    run(tmp_path, "1.26.6", None)
    event = '{"Action":"output","Package":"example.com/work","Output":"hello\\n"}\n'
    (tmp_path / "test.json").write_text(event)
    case = read(tmp_path).case
    assert [line.text for line in case.output] == ["hello"]
    (loss,) = case.losses
    assert "not shown twice" in loss.what
