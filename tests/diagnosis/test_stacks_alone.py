"""Stacks cut out of a hang's log, with nothing around them: what they prove by themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagnosis.program_runs import RELEASES, program
from flakecore.diagnosis import Finding, explain_passed
from flakecore.report.text.text_report import render_text
from flakecore.timeline.sources import Sources
from timeline.captures import read

ALARM = "startAlarm"
PREFIX = "#14 12.3 "
"""As builders of containers print it before each line."""


def stacks(shape: str, release: str) -> str:
    """Return the stacks of a hang's goroutines as one copies them, without the deadline's own."""
    lines = (program(shape, release).folder / "test.json").read_text().splitlines()
    text = "".join(json.loads(line).get("Output", "") for line in lines)
    blocks = text[text.index("panic: test timed out") :].split("\n\n")
    copied = [each for each in blocks if each.startswith("goroutine ") and ALARM not in each]
    return "\n\n".join(copied).partition("\nexit status")[0] + "\n"


def found(folder: Path, text: str, name: str = "stacks.txt") -> tuple[Finding, ...]:
    """Return what is found in a file of stacks, of which nothing may be said to be lost."""
    (folder / name).write_text(text)
    held = read(folder / name)
    assert not held.case.failures
    assert not held.case.losses
    return explain_passed(held.case, Sources())


@pytest.mark.needs_go
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("shape", "rule"), [("lock_cycle", "lock-cycle"), ("self_lock", "self-lock")]
)
def test_locks_that_never_come_free_are_told_by_stacks_alone(
    tmp_path: Path, shape: str, rule: str, release: str
) -> None:
    told = {each.rule for each in found(tmp_path, stacks(shape, release))}
    assert rule in told
    assert told <= {"lock-cycle", "self-lock", "chan-nil"}


@pytest.mark.needs_go
@pytest.mark.parametrize("release", RELEASES)
def test_waits_that_may_end_are_no_findings_of_stacks_alone(tmp_path: Path, release: str) -> None:
    assert not found(tmp_path, stacks("peer_gone", release))


@pytest.mark.needs_go
@pytest.mark.parametrize("release", RELEASES)
def test_what_is_found_in_stacks_stands_before_them(tmp_path: Path, release: str) -> None:
    (tmp_path / "stacks.txt").write_text(stacks("self_lock", release))
    held = read(tmp_path / "stacks.txt")
    text = render_text(held.bundle, [held.case])
    assert text.index("Found in the stacks:") < text.index("goroutines in stacks.txt:")


@pytest.mark.needs_go
def test_stacks_behind_a_prefix_are_read_as_those_without(tmp_path: Path) -> None:
    text = stacks("lock_cycle", "1.27.3")
    behind = "".join(f"{PREFIX}{line}".rstrip(" ") for line in text.splitlines(keepends=True))
    claims = [each.claim for each in found(tmp_path, text)]
    assert [each.claim for each in found(tmp_path, behind, "job.log")] == claims
