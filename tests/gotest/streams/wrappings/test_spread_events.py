"""Events that jq has spread over lines are read as the stream that they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flakecore.gotest import Outcome, read_json
from flakecore.gotest.streams.wrappings.spread_events import joined_events
from timeline.captures import read

EVENTS = [
    {"Time": "2026-01-02T15:04:05.1Z", "Action": "run", "Package": "p", "Test": "TestHaul"},
    {
        "Time": "2026-01-02T15:04:05.2Z",
        "Action": "output",
        "Package": "p",
        "Test": "TestHaul",
        "Output": '    haul_test.go:12: want {\n  "a": 1\n}\n',
    },
    {
        "Time": "2026-01-02T15:04:05.3Z",
        "Action": "fail",
        "Package": "p",
        "Test": "TestHaul",
        "Elapsed": 0.2,
    },
]


@pytest.mark.parametrize("indent", [2, 4, "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spread_events_are_those_of_the_stream(indent: int | str, end: str) -> None:
    spread = "\n".join(json.dumps(event, indent=indent) for event in EVENTS) + "\n"
    plain = "".join(f"{json.dumps(event)}\n" for event in EVENTS)
    found, bare = (
        read_json(text.encode(), name="test.json").packages
        for text in (spread.replace("\n", end), plain)
    )
    assert [run.tests for run in found] == [run.tests for run in bare]
    assert [list(run.lines) for run in found] == [list(run.lines) for run in bare]


def test_a_file_of_them_is_told_by_its_content(tmp_path: Path) -> None:
    spread = "\n".join(json.dumps(event, indent=2) for event in EVENTS)
    (tmp_path / "job.txt").write_text(spread)
    (failure,) = read(tmp_path).case.failures
    assert (failure.test_name, failure.file, failure.line) == ("TestHaul", "haul_test.go", 12)


def test_other_objects_stay_as_they_are() -> None:
    for text in (
        "".join(f"{json.dumps(event)}\n" for event in EVENTS),
        json.dumps({"Effect": "Allow", "Action": "run"}, indent=2),
        "{\n",
        "",
    ):
        assert joined_events(text.encode()) == text.encode()


def test_a_stream_that_is_cut_in_an_event_keeps_the_others() -> None:
    spread = "\n".join(json.dumps(event, indent=2) for event in EVENTS)
    (run,) = read_json(spread[:-40].encode(), name="test.json").packages
    assert [test.outcome for test in run.tests] == [Outcome.UNFINISHED]
