"""Two runs part where a goroutine met another one, and not where they took turns."""

from __future__ import annotations

import numpy as np

from comparison.divergence.firstparts import SOURCE, line, parts, sides
from flakecore.comparison.predicates.event import RunEvent, TestRecord


def test_who_ended_the_wait() -> None:
    first, second = sides(parts("TestCancel"))
    assert first.startswith(f"work waited at {line('waits')} (select) and was woken by TestCancel")
    assert second.startswith(f"work waited at {line('waits')} (select) and was woken by TestC")
    assert first.endswith(line("cancelled"))
    assert second.endswith(line("ready"))


def test_which_worker_took_the_job() -> None:
    found = parts("TestJob")
    first, second = sides(found)
    assert first.startswith(f"TestJob at {line('job')} woke take started at ")
    assert ", number 3 (G" in first
    assert first.endswith(f"which waited at {line('taken')} (chan receive)")
    assert ", number 3" not in second
    assert not found.is_usual


def test_what_other_passing_runs_did_too_is_told_last() -> None:
    place = next(text for text in SOURCE if "go take(" in text)
    started = f"firstparts_test.go:{SOURCE.index(place) + 1}"
    event = RunEvent(
        "woken",
        f"take started at {started}, number 3",
        f"is woken at {line('taken')} by it at {line('job')}",
    )
    record = TestRecord([event], np.zeros(1, np.int32), np.zeros(1, np.int64), -1)
    other = parts("TestJob", record)
    assert other.is_usual or line("job") not in other.words[0]
