from __future__ import annotations

from flakecore.gotest import OUTSIDE, Outcome, read_json
from gotest.go_runs import package, read
from toolchains import NEWEST


def test_a_package_that_does_not_compile_says_what_the_compiler_said(release: str) -> None:
    run = package(release, "broken")
    assert run.status is Outcome.BUILD_FAIL
    assert run.tests == ()
    assert run.build_output[0] == "# example.com/broken [example.com/broken.test]"
    assert run.build_output[-1].endswith("undefined: missing")
    assert len(run.build_output) == 3


def test_since_go_1_24_the_failed_build_is_named() -> None:
    assert package("1.22.10", "broken").failed_build == ""
    for release in ("1.25.5", NEWEST):
        failed = package(release, "broken").failed_build
        assert failed == "example.com/broken [example.com/broken.test]"


def test_what_go_wrote_to_stderr_stays_among_the_lines() -> None:
    log = read("1.22.10", "broken")
    texts = [line.text for run in log.packages for line in run.lines if line.output_type == OUTSIDE]
    assert any(text.endswith("undefined: missing") for text in texts)


def test_build_output_about_no_package_of_the_log_is_kept_as_text() -> None:
    data = b'{"ImportPath":"example.com/dep","Action":"build-output","Output":"careful\\n"}\n'
    (run,) = read_json(data, name="test.json").packages
    assert [(line.text, line.output_type) for line in run.lines] == [("careful", OUTSIDE)]


def test_a_failed_dependency_is_told_to_every_package_that_needs_it() -> None:
    data = b"""\
{"ImportPath":"dep","Action":"build-output","Output":"# dep\\n"}
{"ImportPath":"dep","Action":"build-output","Output":"dep.go:1:1: oh \\u001b[31mno\\n"}
{"ImportPath":"dep","Action":"build-fail"}
{"Time":"2026-01-01T00:00:00Z","Action":"start","Package":"a"}
{"Time":"2026-01-01T00:00:00Z","Action":"fail","Package":"a","Elapsed":0,"FailedBuild":"dep"}
{"Time":"2026-01-01T00:00:00Z","Action":"start","Package":"b"}
{"Time":"2026-01-01T00:00:00Z","Action":"fail","Package":"b","Elapsed":0,"FailedBuild":"dep"}
"""
    log = read_json(data, name="test.json")
    assert [run.package for run in log.packages] == ["a", "b"]
    for run in log.packages:
        assert run.status is Outcome.BUILD_FAIL
        assert run.build_output == ("# dep", "dep.go:1:1: oh no")
