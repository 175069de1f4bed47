from __future__ import annotations

from collections.abc import Callable

import pytest

from flakecore.gotest import PackageRun, Stamps, TestLog, read_text
from gotest.go_runs import go_plain
from toolchains import NEWEST

START = 1_767_366_245_123_456_700  # 2026-01-02T15:04:05.1234567Z
STEP = 1_000_100


def stamped(stamp: Callable[[int], str]) -> bytes:
    """Return a real log with a stamp before each line, some of a program's own among them."""
    log = go_plain(NEWEST, "outcomes", "-v", "-count=1", "-run=Fails|Skips|Sub|Para").decode()
    lines = [*log.rstrip("\n").split("\n")]
    return "".join(f"{stamp(at)}{line}\n" for at, line in enumerate(lines)).encode()


def iso(at: int, digits: int) -> str:
    seconds, rest = divmod(START + at * STEP, 10**9)
    return f"2026-01-02T15:04:{seconds - 1_767_366_240:02d}.{rest:09d}"[: 20 + digits]


def the_run(log: TestLog) -> PackageRun:
    (run,) = (run for run in log.packages if run.package)
    return run


FORMS: dict[str, tuple[Callable[[int], str], Stamps, int, int]] = {
    "GitHub": (lambda at: f"{iso(at, 7)}Z ", Stamps.CI, 100, START),
    "gh run view": (lambda at: f"build\tRun go test\t{iso(at, 7)}Z ", Stamps.CI, 100, START),
    "GitLab": (lambda at: f"{iso(at, 6)}Z 00O ", Stamps.CI, 1000, START),
    "Jenkins": (lambda at: f"[{iso(at, 3)}Z] ", Stamps.CI, 10**6, START),
    "ts with a zone": (lambda at: f"{iso(at, 6)}+0000 ", Stamps.CI, 1000, START),
    "ts in local time": (lambda at: f"{iso(at, 6)} ".replace("T", " "), Stamps.LOCAL, 1000, START),
    "ts": (lambda at: f"Jan 02 {iso(at, 0)[11:19]} ", Stamps.LOCAL, 10**9, 140645 * 10**9),
    "ts %.s": (
        lambda at: f"{(START + at * STEP) // 1000 / 10**6:.6f} ",
        Stamps.CI,
        1000,
        START,
    ),
    "ts -s": (lambda at: f"00:00:{at // 10:02d} ", Stamps.LOCAL, 10**9, 0),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_stamps_of_a_ci_are_read_and_taken_off(form: str) -> None:
    stamp, stamps, resolution, first = FORMS[form]
    bare = the_run(read_text(stamped(lambda _: ""), name="test.log"))
    log = read_text(stamped(stamp), name="test.log")
    run = the_run(log)
    assert log.losses == ()
    assert [line.text for line in run.lines] == [line.text for line in bare.lines]
    assert (run.stamps, run.resolution_ns) == (stamps, resolution)
    walls = [line.wall_ns for line in run.lines if line.wall_ns is not None]
    assert len(walls) == len(run.lines)
    if resolution < 10**9:
        assert all(abs(wall - first - at * STEP) < resolution for at, wall in enumerate(walls))
    else:
        assert abs(walls[0] - first) < resolution
        assert walls == sorted(walls)
    assert run.end_wall_ns == walls[-1]
    for test in run.tests:
        assert test.run_wall_ns is not None
        assert test.end_wall_ns is not None
        assert test.run_wall_ns <= test.end_wall_ns
    paused = next(test for test in run.tests if test.name == "TestParallelFirst")
    ((pause, go_on),) = paused.waits
    assert go_on is not None
    assert pause <= go_on


def test_ts_that_counts_from_line_to_line_is_summed_up() -> None:
    run = the_run(read_text(stamped(lambda at: f"00:00:0{at % 2} "), name="test.log"))
    walls = [line.wall_ns for line in run.lines]
    assert walls == [(at + 1) // 2 * 10**9 for at in range(len(walls))]


def test_gitlab_says_which_line_goes_on_with_the_one_before() -> None:
    text = (
        b"2026-01-02T15:04:05.000001Z 00O === RUN   TestA\n"
        b"2026-01-02T15:04:05.000002Z 00O 50%...\n"
        b"2026-01-02T15:04:06.000003Z 00O+100%\n"
        b"2026-01-02T15:04:06.000004Z 00O --- PASS: TestA (1.00s)\n"
        b"2026-01-02T15:04:06.000005Z 00O PASS\n"
        b"2026-01-02T15:04:06.000006Z 00E warning\n"
        b"2026-01-02T15:04:06.000007Z 00O ok  \tp\t1.0s\n"
    )
    run = the_run(read_text(text, name="job.log"))
    assert [line.text for line in run.lines][:3] == [
        "=== RUN   TestA",
        "50%...100%",
        "--- PASS: TestA (1.00s)",
    ]
    assert run.tests[0].elapsed_ns == 10**9


def test_a_program_that_stamps_its_own_lines_is_no_ci() -> None:
    text = (
        b"=== RUN   TestA\n"
        + b"2026-01-02T15:04:05.000Z hello\n" * 500
        + b"--- PASS: TestA (1.00s)\nPASS\nok  \tp\t1.0s\n"
    )
    run = the_run(read_text(text, name="test.log"))
    assert run.stamps is Stamps.NONE
    assert run.lines[1].text == "2026-01-02T15:04:05.000Z hello"


def test_lines_without_a_stamp_are_kept_and_counted() -> None:
    text = stamped(lambda at: "" if at == 3 else f"{iso(at, 7)}Z ")
    log = read_text(text, name="ci/job.log")
    assert len(the_run(log).lines) == len(text.splitlines()) - 1
    assert the_run(log).lines[3].wall_ns is None
    (loss,) = log.losses
    assert (loss.where, loss.count) == ("ci/job.log", 1)
