"""gotestsum's format github-actions: a group holds what the test in its heading printed."""

from __future__ import annotations

import pytest

from flakecore.gotest import Outcome, read_text

LOG = """\
::group::PASS pond.TestCalm (0.00s)
    pond_test.go:9: no wind

::endgroup::
::group::FAIL pond.TestFlow/east (0.31s)
    pond_test.go:13: level is 3, want 4

::endgroup::
  FAIL Package pond (297ms)

  PASS reed.TestBend (0.00s)
  PASS Package reed (1.2s)
  EMPTY Package bank


DONE 3 tests, 1 failure in 1.611s

::group::PASS pond.TestFlow/east (re-run 1) (0.30s)
    pond_test.go:11: level is 4

::endgroup::
  PASS Package pond (184ms)
"""


def stamped(text: str) -> str:
    lines = text.replace("::group::", "##[group]").replace("::endgroup::", "##[endgroup]")
    return "".join(f"2026-01-02T15:04:05.1234567Z {line}\n" for line in lines.splitlines())


@pytest.mark.parametrize("text", [LOG, stamped(LOG)])
def test_what_stands_in_a_group_is_of_the_test_in_its_heading(text: str) -> None:
    runs = {run.package: run for run in read_text(text.encode(), name="test.log").packages}
    pond = runs["pond"]
    assert [(test.name, test.outcome) for test in pond.tests] == [
        ("TestCalm", Outcome.PASS),
        ("TestFlow/east", Outcome.FAIL),
        ("TestFlow/east", Outcome.PASS),
    ]
    said = {line.text.strip(): line.test for line in pond.lines if "_test.go" in line.text}
    assert list(said.values()) == [0, 1, 2]
    assert [test.outcome for test in runs["reed"].tests] == [Outcome.PASS]
    assert runs["reed"].elapsed_ns == 1_200_000_000
    assert runs["bank"].status is Outcome.SKIP


@pytest.mark.parametrize(
    "printed",
    [
        "##[group]Run go test ./...",
        "::group::FAIL pond.TestFlow",
        "  FAIL Package",
        "  PASS pond.TestFlow (0.31s)",
    ],
)
def test_other_groups_and_what_a_test_prints_name_no_test(printed: str) -> None:
    text = (
        f"=== RUN   TestA\n{printed}\n    a_test.go:7: so far\n--- PASS: TestA (0.00s)\nPASS\n"
        "ok  \texample.com/a\t0.1s\n"
    )
    (run,) = read_text(text.encode(), name="test.log").packages
    assert [(run.package, test.name) for test in run.tests] == [("example.com/a", "TestA")]
