"""Failing runs are always noted; passing ones as long as it does not take too much of a hunt."""

from __future__ import annotations

import time
from pathlib import Path

from flakecore.bundle import Attempt, Phases
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.capture.json_follower import TestStream
from flakecore.collect.hunt.run_notes import RunNotes
from flakecore.errors import BundleError


def ran(number: int, exit_code: int = 0) -> Ran:
    attempt = Attempt(number=number, folder=f"attempts/{number:03d}", exit_code=exit_code)
    return Ran(attempt, TestStream(lambda _: None), (), (), Phases())


def line(folder: Path, number: int) -> bytes:
    return f"{folder.name} {number}\n".encode()


def test_every_run_adds_its_lines(tmp_path: Path) -> None:
    notes = RunNotes(tmp_path, line, time.monotonic_ns())
    notes.add(ran(1))
    notes.add(ran(2, 1))
    assert (tmp_path / "predicates.jsonl").read_text() == "001 1\n002 2\n"
    assert notes.missing() == []


def test_passing_runs_are_passed_over_once_it_took_too_long(tmp_path: Path) -> None:
    notes = RunNotes(tmp_path, line, time.monotonic_ns(), noted=20, spent_ns=10**15)
    notes.add(ran(21))
    notes.add(ran(22, 1))
    assert (tmp_path / "predicates.jsonl").read_text() == "022 22\n"
    (sentence,) = notes.missing()
    assert sentence.startswith("what happened inside 1 run that passed: ")


def test_the_first_runs_are_noted_beyond_their_share(tmp_path: Path) -> None:
    notes = RunNotes(tmp_path, line, time.monotonic_ns(), spent_ns=10**9)
    notes.add(ran(1))
    assert notes.noted == 1


def test_a_run_that_cannot_be_read_is_said_once(tmp_path: Path) -> None:
    def fails(folder: Path, number: int) -> bytes:
        raise BundleError(f"{folder.name} is empty {number}")

    notes = RunNotes(tmp_path, fails, time.monotonic_ns())
    notes.add(ran(1))
    notes.add(ran(2))
    assert notes.missing() == ["what happened inside some runs: 001 is empty 1"]
    assert not (tmp_path / "predicates.jsonl").exists()


def test_without_a_recorder_nothing_is_noted(tmp_path: Path) -> None:
    notes = RunNotes(tmp_path, None, time.monotonic_ns())
    notes.add(ran(1, 1))
    assert list(tmp_path.iterdir()) == []


def test_runs_that_take_very_long_to_note_are_passed_over_from_the_first_on(tmp_path: Path) -> None:
    notes = RunNotes(tmp_path, line, time.monotonic_ns(), noted=1, spent_ns=10**15)
    notes.add(ran(2))
    assert (notes.noted, notes.passed_over) == (1, 1)
