"""Logs of several processes in one: whose lines are whose, and which are left out."""

from __future__ import annotations

import pytest

from flakecore.gotest import read_text
from gotest.streams.wrappings.test_unwrap import answer, log_of, read

OTHER_JOB = (
    "=== RUN   TestOther\n    other_test.go:5: said\n--- PASS: TestOther (0.02s)\nPASS\n"
    "ok  \texample.com/other\t0.031s\n"
)


@pytest.mark.parametrize("form", ["[{}] ", "{}  | ", "{}: ", "[pod/{}-7d9c5b6f4/go] "])
@pytest.mark.parametrize("kind", ["verbose", "panic", "timeout", "race", "build failure"])
def test_the_lines_of_two_jobs_are_told_apart(kind: str, form: str) -> None:
    log = log_of(kind)
    others = [f"{form.format('lint')}{line}\n" for line in OTHER_JOB.split("\n")[:-1]]
    mixed = ""
    for at, line in enumerate(log.split("\n")[:-1]):
        mixed += f"{form.format('unit')}{line}\n"
        if at % 3 == 1 and others:
            mixed += others.pop(0)
    told = read("".join([mixed, *others]))
    assert sorted(told, key=str) == sorted([*read(log), *read(OTHER_JOB)], key=str)


def test_a_job_that_ended_without_a_result_gets_none_from_another() -> None:
    text = (
        "[a] === RUN   TestFirst\n[b] === RUN   TestOther\n[a] panic: boom\n[a] \n"
        "[b] --- PASS: TestOther (0.02s)\n[a] goroutine 7 [running]:\n[b] PASS\n[a] main.f()\n"
        "[a] \t/w/f.go:9 +0x1d\n[b] ok  \texample.com/other\t0.031s\n"
    )
    first, other = read_text(text.encode(), name="test.log").packages
    assert ([test.name for test in first.tests], first.package) == (["TestFirst"], "")
    assert [crash.message for crash in first.crashes] == ["boom"]
    assert ([test.name for test in other.tests], other.crashes) == (["TestOther"], ())


def test_a_race_of_a_job_whose_lines_are_indented_is_not_another_jobs() -> None:
    text = (
        "[a]     === RUN   TestFirst\n[b] === RUN   TestOther\n[a]     ==================\n"
        "[a]     WARNING: DATA RACE\n[b]     b_test.go:5: fine\n"
        "[a]     Write at 0x00c00001c0f8 by goroutine 8:\n[b] --- PASS: TestOther (0.02s)\n"
        "[a]       main.f()\n[a]           /w/f.go:9 +0x1d\n[b] PASS\n"
        "[a]     ==================\n[b] ok  \texample.com/other\t0.031s\n"
    )
    other = read_text(text.encode(), name="test.log").packages[-1]
    assert ([test.name for test in other.tests], other.races) == (["TestOther"], ())


def test_levels_in_brackets_are_no_jobs() -> None:
    text = (
        "[INFO] === RUN   TestA\n[ERROR]     a_test.go:9: broken\n[INFO] --- FAIL: TestA (0.01s)\n"
        "[ERROR] FAIL\texample.com/a\t0.2s\n"
    )
    (run,) = read_text(text.encode(), name="test.log").packages
    assert [line.text.split("]")[-1].split()[0] for line in run.lines] == [
        *("===", "a_test.go:9:", "---", "FAIL")
    ]


def test_what_other_containers_print_amid_the_tests_is_left_out_and_counted() -> None:
    log = log_of("verbose")
    lines = log.split("\n")[:-1]
    other = "db-1     | 2026-03-01 10:00:00.1 UTC [1] LOG:  checkpoint starting: time\n"
    wrapped = "".join(
        f"tests-1  | {line}\n{other * (at % 5 == 0)}" for at, line in enumerate(lines)
    )
    read_with_others = read_text(wrapped.encode(), name="test.log")
    assert answer(read_with_others) == read(log)
    (loss,) = read_with_others.losses
    assert (loss.count, "other containers" in loss.what) == ((len(lines) + 4) // 5, True)


def test_a_table_that_a_test_prints_is_no_container() -> None:
    text = (
        "=== RUN   TestA\nname | size\na | 1\nb | 2\n--- PASS: TestA (0.00s)\nPASS\n"
        "ok  \texample.com/a\t0.01s\n"
    )
    log = read_text(text.encode(), name="test.log")
    assert log.losses == ()
    assert "a | 1" in log.packages[0].lines.texts
