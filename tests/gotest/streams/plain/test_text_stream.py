from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flakecore.gotest import (
    OUTSIDE,
    CrashKind,
    Outcome,
    PackageRun,
    Stamps,
    TestLog,
    read_json,
    read_text,
)
from flakecore.gotest.streams.plain.read_text import read_lines
from flakecore.gotest.streams.wrappings.unwrap import find_wrappings
from flakecore.text.printable import clean
from gotest.go_runs import RELEASES as SOME_RELEASES
from gotest.go_runs import as_events, go_plain, go_test
from toolchains import NEWEST, RELEASES

CHANGING = re.compile(
    r"0x[0-9a-f]+|goroutine \d+|\d+\.\d+s\b|\bg?p?m?=\S+|\bm\d+\b|\+?\?? minutes|:\d+ \+"
)
RESULT = re.compile(r" *--- (?:PASS|FAIL|SKIP): ")


def plain(data: bytes) -> TestLog:
    log = read_text(data, name="test.log")
    assert log.losses == ()
    return log


def the_run(log: TestLog) -> PackageRun:
    (run,) = (run for run in log.packages if run.package)
    return run


def rows(run: PackageRun) -> list[tuple[str, str]]:
    """Each line with the name of its test; without what differs from run to run."""
    return [
        (run.tests[line.test].name if line.test >= 0 else "", CHANGING.sub("#", line.text))
        for line in run.lines
    ]


def outcomes(run: PackageRun) -> list[tuple[str, int, str]]:
    return [(test.name, test.attempt, test.outcome.value) for test in run.tests]


@pytest.mark.parametrize(
    ("version", "module", "arguments"),
    [
        *((each, "outcomes", ("-run=Passes|Fails|Skips|Sub", "-count=2")) for each in RELEASES),
        *((each, "crashes", ("-run=^TestPanicInTest$",)) for each in RELEASES),
        *(
            pytest.param(each, "crashes", how, marks=() if each == NEWEST else pytest.mark.slow)
            for each in SOME_RELEASES
            for how in (("-run=^TestHangs$", "-timeout=1s"), ("-run=^TestExits$",))
        ),
    ],
)
def test_a_run_as_text_says_line_by_line_what_the_same_run_says_as_json(
    version: str, module: str, arguments: tuple[str, ...]
) -> None:
    json = the_run(read_json(go_test(version, module, "-count=1", *arguments), name="test.json"))
    text = the_run(plain(go_plain(version, module, "-v", "-count=1", *arguments)))
    assert (text.package, text.status) == (json.package, json.status)
    assert outcomes(text) == outcomes(json)
    # Go 1.27's converter takes the escape character alone out of what fmt printed.
    expected = [(test, re.sub(r"\[(?:31|0)m", "", said)) for test, said in rows(json)]
    said = [row for row in rows(text) if not row[1].startswith("=== NAME")]
    # With -json each subtest tells its result at its end, without it its parent tells them all.
    assert [row for row in said if not RESULT.match(row[1])] == [
        row for row in expected if not RESULT.match(row[1])
    ]
    assert sorted((test, result.strip()) for test, result in said) == sorted(
        (test, result.strip()) for test, result in expected
    )
    assert [(crash.kind, crash.message) for crash in text.crashes] == [
        (crash.kind, crash.message) for crash in json.crashes
    ]
    assert [len(crash.goroutines) for crash in text.crashes] == [
        len(crash.goroutines) for crash in json.crashes
    ]


@pytest.mark.parametrize("version", RELEASES)
@pytest.mark.parametrize("arguments", [("-v", "-count=2"), ("-count=3",)])
@pytest.mark.slow
def test_lines_belong_to_the_tests_that_gos_own_converter_gives_them_to(
    version: str, arguments: tuple[str, ...]
) -> None:
    text = go_plain(version, "several", "-count=1", *arguments, packages="./alpha")
    (events,) = read_json(as_events(version, text), name="test.json").packages
    run = the_run(plain(text))
    # The converter drops these lines, and it puts what stands behind FAIL below the package.
    said = [row for row in rows(run) if not row[1].startswith("=== NAME")]
    assert said == rows(events)[: len(said)]
    assert len(rows(events)) - len(said) <= 1  # "FAIL", once more, after all packages
    ended = [test.outcome for test in run.tests]
    assert Outcome.UNFINISHED not in ended
    assert Outcome.FAIL in ended


@pytest.mark.parametrize("verbose", [True, False])
def test_several_packages_are_told_apart(release: str, verbose: bool) -> None:
    arguments = ("-v", "-count=1") if verbose else ("-count=1",)
    log = plain(go_plain(release, "several", *arguments, packages="./..."))
    runs = {run.package.removeprefix("example.com/several/"): run for run in log.packages}
    assert {name: run.status for name, run in runs.items() if name} == {
        "alpha": Outcome.FAIL,
        "beta": Outcome.PASS,
        "broken": Outcome.BUILD_FAIL,
        "silent": Outcome.SKIP,
    }
    alpha, beta = runs["alpha"], runs["beta"]
    said = [line.text for line in alpha.lines if line.output_type != OUTSIDE]
    assert said[0] == "alpha begins"
    assert said[-2] == "alpha is done"
    failed = [test.name for test in alpha.tests if test.outcome is Outcome.FAIL]
    assert failed == ["TestSideBySide", "TestSideBySide/two"]
    assert [test.name for test in beta.tests] == (["TestPasses", "TestSkips"] if verbose else [])
    assert "broken_test.go:5:33: undefined: undefined" in runs["broken"].build_output[-1]
    assert alpha.build_output == beta.build_output == ()
    assert alpha.elapsed_ns is not None
    assert all(run.end_wall_ns is None for run in log.packages)
    assert {run.stamps for run in log.packages} == {Stamps.NONE}


def test_a_test_that_is_known_from_its_failure_alone_has_its_messages() -> None:
    text = go_plain(NEWEST, "several", "-count=1", packages="./alpha")
    run = the_run(plain(text))
    two = next(i for i, test in enumerate(run.tests) if test.name == "TestSideBySide/two")
    assert [line.text.strip() for line in run.lines if line.test == two][1:] == [
        "alpha_test.go:31: two 0",
        "alpha_test.go:31: two 1",
        "alpha_test.go:31: two 2",
        "alpha_test.go:36: two is odd",
    ]


@pytest.mark.slow
def test_the_tests_that_ran_at_a_timeout_are_known_without_v(release: str) -> None:
    text = go_plain(release, "crashes", "-run=^TestHangs$", "-timeout=1s")
    run = the_run(plain(text))
    assert [crash.kind for crash in run.crashes] == [CrashKind.TIMEOUT]
    assert outcomes(run) == [
        ("TestHangs", 0, "unfinished"),
        ("TestHangs/inner", 0, "unfinished"),
    ]


def test_a_replayed_result_is_marked_as_cached(release: str) -> None:
    assert the_run(plain(go_plain(release, "outcomes", "-run", "TestSkips", runs=2))).cached


def test_attributes_and_artifacts_are_those_of_the_same_run_as_json() -> None:
    arguments = ("-artifacts", "-count=1")
    text = the_run(plain(go_plain(NEWEST, "attributes", "-v", *arguments)))
    json = the_run(read_json(go_test(NEWEST, "attributes", *arguments), name="test.json"))
    for run in (text, json):
        told = {test.name: test for test in run.tests}
        assert told["TestTells"].attributes == (
            ("owner", "storage team"),
            ("ticket", "FLAKE-7"),
            ("empty", ""),
        )
        assert told["TestTells/inside"].attributes == (("owner", "nobody"),)
        assert told["TestTells/inside"].artifacts == ""
        assert "TestTells" in told["TestTells"].artifacts


def test_a_binary_that_ran_by_itself_has_no_package_name() -> None:
    text = b"=== RUN   TestA\nhello\n--- PASS: TestA (0.25s)\nPASS\n"
    (run,) = plain(text).packages
    assert (run.package, run.status) == ("", Outcome.PASS)
    assert run.tests[0].elapsed_ns == 250_000_000


def test_a_log_that_is_cut_off_keeps_what_it_has() -> None:
    text = go_plain(NEWEST, "outcomes", "-v", "-count=1")
    for size in range(0, len(text), 997):
        log = plain(text[:size])
        assert "\n".join(line.text for run in log.packages for line in run.lines).startswith(
            "\n".join(clean(line) for line in text[:size].decode("utf-8", "replace").split("\n"))[
                : max(0, min(size // 2, 100))
            ]
        )


def test_verdicts_that_a_test_prints_are_its_output() -> None:
    text = (
        b"=== RUN   TestRunsGo\nok  \texample.com/inner\t0.1s\nFAIL\texample.com/inner\t0.1s\n"
        b"--- PASS: TestRunsGo (0.10s)\nPASS\nok  \texample.com/outer\t0.2s\n"
    )
    (run,) = plain(text).packages
    assert run.package == "example.com/outer"
    assert [line.test for line in run.lines] == [0, 0, 0, 0, -1, -1]


def test_what_a_ci_prints_before_the_tests_is_of_no_package() -> None:
    text = (
        b"##[group]Run go test -v ./...\n=== not a test\n##[endgroup]\n"
        b"go: downloading example.com/y v1.2.3\nfrom TestMain\n=== RUN   TestA\n"
        b"--- PASS: TestA (0.00s)\nPASS\nok  \tp\t0.2s\nPost job cleanup.\n"
    )
    before, run, after = plain(text).packages
    assert (before.package, after.package) == ("", "")
    assert [(line.text, line.output_type) for line in run.lines[:2]] == [
        ("go: downloading example.com/y v1.2.3", OUTSIDE),
        ("from TestMain", ""),
    ]


log_lines = st.sampled_from(
    [
        "=== RUN   TestA",
        "=== RUN   TestA/b",
        "=== PAUSE TestA",
        "=== CONT  TestA",
        "=== NAME  ",
        "=== ATTR  TestA k v",
        "=== ATTR  TestA",
        "=== ARTIFACTS TestA /x",
        "text--- PASS: TestA (0.00s)",
        "--- FAIL: TestA (9.99s)",
        "    --- FAIL: TestA/b (0.00s)",
        "    words",
        "PASS",
        "FAIL",
        "exit status 2",
        "ok  \tp\t0.1s",
        "ok  \tp\t(cached)",
        "FAIL\tp [build failed]",
        "?   \tp\t[no test files]",
        "\tp\t\tcoverage: 0.0% of statements",
        "# p [p.test]",
        "./x.go:1:2: undefined",
        "##[endgroup]",
        "panic: x",
        "",
        "goroutine 7 [running]:",
        "words",
    ]
)
stamps = st.sampled_from(
    ["", "2026-01-02T15:04:05.1234567Z ", "2026-99-02T15:04:05Z 00O+", "15:04:05 ", "Feb 31 1:2 "]
)


@given(st.lists(st.tuples(stamps, st.one_of(log_lines, st.text(max_size=30))), max_size=60))
def test_no_mixture_of_lines_makes_the_reader_raise_or_lose_a_line(
    pieces: list[tuple[str, str]],
) -> None:
    data = "\n".join(stamp + text for stamp, text in pieces).encode("utf-8", "replace")
    log = read_text(data, name="test.log")
    for run in log.packages:
        assert all(-1 <= line.test < len(run.tests) for line in run.lines)
        assert all(line.text == clean(line.text) for line in run.lines)
    if all(not stamp for stamp, _ in pieces):
        # Blanks at the ends of nearly all lines are padding, which a copy has and nobody printed.
        said = "".join(line.text.rstrip() for run in log.packages for line in run.lines)
        assert said == "".join(clean(line).rstrip() for line in data.decode().split("\n"))


def test_a_failing_run_that_a_test_prints_is_its_output() -> None:
    inner = b"--- FAIL: TestInner (0.00s)\nFAIL\nexit status 1\nFAIL\tinner\t0.1s\nFAIL\n"
    text = (
        b"=== RUN   TestRunsGo\n" + inner + b"--- PASS: TestRunsGo (0.10s)\nPASS\nok  \tp\t0.2s\n"
    )
    (run,) = plain(text).packages
    assert (run.package, run.status) == ("p", Outcome.PASS)


def test_a_process_that_died_in_a_test_is_over_with_its_verdict() -> None:
    one = b"=== RUN   TestA\n=== RUN   TestA/b\nlast words\nexit status 3\nFAIL\t%s\t0.1s\n"
    first, second, rest = plain(one % b"p" + one % b"q" + b"FAIL\n").packages
    assert (first.package, second.package, rest.package) == ("p", "q", "")
    assert [line.test for line in first.lines] == [0, 1, 1, -1, -1]
    assert outcomes(second) == [("TestA", 0, "unfinished"), ("TestA/b", 0, "unfinished")]


LINES = (
    "=== RUN   TestA",
    "=== PAUSE TestA",
    "=== CONT  TestA",
    "=== RUN   TestA/b",
    "    --- FAIL: TestA/b (0.00s)",
    "--- FAIL: TestA (0.00s)",
    "    a_test.go:3: boo",
    "        a_test.go:4: boo",
    "words",
    "\x1b[31mred\x1b[0m",
    "words--- PASS: TestA (0.00s)",
    "",
    "PASS",
    "FAIL",
    "FAIL\tp\t0.1s",
    "ok  \tp\t0.1s",
    "BenchmarkX-8",
    "=== Failed",
    "=== FAIL: p TestA (0.00s)",
    "DONE 3 tests, 1 failure in 1s",
    "# p",
)


@given(st.lists(st.sampled_from(LINES), max_size=40), st.integers(0, 8))
def test_lines_taken_many_at_once_are_read_as_one_by_one(lines: list[str], words: int) -> None:
    lines = [LINES[0], *(each for line in lines for each in (line, *["words"] * words))]
    data = "".join(f"{line}\n" for line in lines).encode()
    assume(not find_wrappings(data).wrappings)
    assert read_text(data, name="test.log").packages == read_lines(lines)
