"""A result that its test's own output hid from test2json is the test's all the same."""

from __future__ import annotations

import json

import pytest

from flakecore.gotest import Outcome, read_json


def outcome(*output: str) -> Outcome:
    base = {"Package": "example.com/quay", "Test": "TestHaul"}
    events = [{"Action": "run", **base}]
    events += [{"Action": "output", **base, "Output": f"{text}\n"} for text in output]
    data = "\n".join(map(json.dumps, events)).encode()
    (run,) = read_json(data, name="test.json").packages
    (test,) = run.tests
    return test.outcome


@pytest.mark.parametrize("before", ["\r\r", "\r\x1b[K", "hauled 5 of 5"])
@pytest.mark.parametrize("result", ["PASS", "FAIL", "SKIP"])
def test_the_last_line_of_a_test_has_its_result(before: str, result: str) -> None:
    said = outcome("hauling", f"{before}--- {result}: TestHaul (0.20s)")
    assert said is Outcome[result]


@pytest.mark.parametrize(
    "output",
    [
        ("--- PASS: TestHaul (0.20s)", "and on"),
        ("\r--- PASS: TestOther (0.20s)",),
        ("\r--- PASS: TestHaul",),
        ("    want no --- FAIL: TestHaul (0.20s)",),
        (),
    ],
)
def test_other_lines_are_no_result(output: tuple[str, ...]) -> None:
    assert outcome(*output) is Outcome.UNFINISHED
