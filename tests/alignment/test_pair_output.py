"""The output of a run paired with its trace, or nothing where one of them is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.alignment.pair_output import PairedOutput, pair_output
from flakecore.bundle import Artefact, open_bundle
from flakecore.gotest import Lines, PackageRun
from flakecore.gotrace import Trace
from flakecore.loss import Loss
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from gotrace.constructed import starts
from program import SAMPLE
from timeline.constructed_runs import ANNOUNCES, RUNNER, output, read, run_of, write_events

PRINTS = (
    "syscall.write",
    "os.(*File).Write",
    "fmt.Fprintln",
    "fmt.Println",
    "example.com/pool.TestA",
)
WRITES = write_events(1, 2, 2)
TRACE = read(
    {
        1: [
            *starts(1, 1, 0),
            *WRITES[:2],
            "GoCreate dt=1 new_g=7 new_stack=3 stack=0",
            "GoBlock dt=1 reason=0 stack=0",
            "GoStart dt=1 g=7 g_seq=1",
            *WRITES[2:],
        ]
    },
    stacks=[ANNOUNCES, PRINTS, [RUNNER]],
)
"""Goroutine 1 announces a test and creates goroutine 7, which prints two lines."""
RUN = run_of(
    {"Action": "run", "Test": "TestA"},
    output("=== RUN   TestA", "TestA"),
    output("one", "TestA"),
    output("two", "TestA"),
)


def _pair(
    run: PackageRun | None = RUN, trace: Trace = TRACE, artefacts: tuple[Artefact, ...] = ()
) -> tuple[PairedOutput | None, tuple[Loss, ...]]:
    with open_bundle(SAMPLE) as bundle:
        return pair_output(bundle, run, artefacts, trace, GoroutineTree(trace, {7: 0}), [7])


def test_lines_are_paired_with_the_writes_of_the_trace() -> None:
    paired, losses = _pair()
    assert losses == ()
    assert paired is not None
    assert paired.pairs.write.tolist() == [0, 1, 2]
    assert paired.pairs.goroutine.tolist() == [1, 7, 7]
    assert len(paired.writes) == 3


@pytest.mark.parametrize(
    "run",
    [None, replace(RUN, cached=True), replace(RUN, lines=Lines.of(()))],
    ids=["no run", "an old result", "no lines"],
)
def test_without_lines_of_this_run_nothing_is_paired(run: PackageRun | None) -> None:
    assert _pair(run) == (None, ())


def test_a_part_of_a_trace_and_one_without_writes_pair_nothing() -> None:
    assert _pair(trace=replace(TRACE, whole=False)) == (None, ())
    assert _pair(trace=read({1: [*starts(1, 7, 0), "GoDestroy dt=1"]})) == (None, ())


def test_of_very_many_lines_none_is_paired_which_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flakecore.alignment.pair_output.MOST_LINES", 2)
    paired, (loss,) = _pair()
    assert paired is None
    assert loss.what.startswith("which goroutine printed each of its 3 lines is not worked out")
