"""Runs tests repeatedly until they fail, and retains failing runs and some that passed."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from flakecore.bundle import Settings
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.capture.process import Interruption
from flakecore.collect.command.options import HuntOptions
from flakecore.collect.command.plan import Plan, Tools
from flakecore.collect.hunt.conditions import (
    ConditionOutcomes,
    axes,
    background_load,
    is_learned,
    stressed,
)
from flakecore.collect.hunt.numbered_runs import NumberedRuns
from flakecore.collect.hunt.rerun import Built
from flakecore.collect.hunt.retained import RetainedRuns
from flakecore.collect.hunt.run_notes import RecordRun, RunNotes
from flakecore.collect.zip_writer import remove_folder

_TICK = 0.2


@dataclass(frozen=True, slots=True)
class HuntProgress:
    """How far a hunt has come.

    Attributes:
        runs: attempts that are over.
        failures: how many of them failed.
        drawn_runs, drawn_failures: those whose conditions were drawn evenly, whose rate counts; 0
            where there is none, as of runs with and without something.
        max_runs: how many there will be at most; 0 for no limit.
        elapsed_ns: how long it has been going on.
        limit_ns: how long it may go on; 0 for no limit.
        latest: the failed tests of an attempt that has just failed.
    """

    runs: int
    failures: int
    drawn_runs: int
    drawn_failures: int
    max_runs: int
    elapsed_ns: int
    limit_ns: int
    latest: tuple[str, ...] = ()


def hunt(
    plan: Plan,
    tools: Tools,
    built: Built,
    root: Path,
    hunting: HuntOptions,
    fixed: Settings | None,
    interruption: Interruption,
    report: Callable[[HuntProgress], None],
    *,
    oom_kills: Callable[[], int],
    record: RecordRun | None = None,
) -> tuple[RetainedRuns, RunNotes]:
    """Run the tests repeatedly.

    Args:
        plan: what is run.
        tools: the relay.
        built: the test binaries.
        root: the bundle in its unpacked layout; attempts lie below ``attempts``.
        hunting: when to stop and what to keep.
        fixed: what every attempt runs under, to run one again; None where that may vary.
        interruption: ends the hunt, too.
        report: called after each attempt, and from time to time.
        oom_kills: returns how many processes were killed so far for want of memory.
        record: makes what is kept of every run; None to keep no more than the manifest has.
    """
    retained = RetainedRuns(max(1, hunting.keep))
    began = time.monotonic_ns()
    notes = RunNotes(root, record, began)
    runs = NumberedRuns(plan, tools, root, interruption, oom_kills)

    def progress(latest: tuple[str, ...] = ()) -> HuntProgress:
        elapsed = time.monotonic_ns() - began
        return HuntProgress(
            runs=retained.runs,
            failures=retained.failures,
            drawn_runs=retained.drawn_runs,
            drawn_failures=retained.drawn_failures,
            max_runs=hunting.max_runs,
            elapsed_ns=elapsed,
            limit_ns=hunting.limit_ns,
            latest=latest,
        )

    def one(settings: Settings, *, drawn: bool) -> Ran:
        ran = runs.run(
            built,
            lambda number: _own_seed(plan, settings, number) if fixed is None else settings,
        )
        return replace(ran, attempt=replace(ran.attempt, drawn=drawn))

    nothing_ran = False

    def over() -> bool:
        enough = 0 < hunting.max_runs <= retained.runs
        late = 0 < hunting.limit_ns <= time.monotonic_ns() - began
        # Of several those count that show what failures go with; the first is the first.
        counted = retained.failures if hunting.until_fail == 1 else retained.drawn_failures
        caught = 0 < hunting.until_fail <= counted
        return bool(interruption.signals) or enough or late or caught or nothing_ran

    outcomes = ConditionOutcomes()
    for settings, learned in _rounds(plan, tools, hunting, fixed, outcomes):
        if over():
            break
        count = settings.instances
        if hunting.max_runs:
            count = min(count, hunting.max_runs - retained.runs)
        with background_load(settings.load), ThreadPoolExecutor(count) as pool:
            pending: set[Future[Ran]] = {
                pool.submit(one, settings, drawn=not learned and (at == 0 or fixed is not None))
                for at in range(count)
            }
            while pending:
                done, pending = wait(pending, _TICK, "FIRST_COMPLETED")
                for each in done:
                    ran = each.result()
                    if interruption.signals and retained.runs:
                        # It was stopped: no result of the tests.
                        remove_folder(root / ran.attempt.folder)
                        continue
                    notes.add(ran)
                    retained.add(ran, root)
                    outcomes.add(settings, failed=bool(ran.attempt.exit_code))
                    nothing_ran = _is_empty(ran)
                    report(progress(ran.attempt.failed if ran.attempt.exit_code else ()))
                report(progress())
    notes.nothing_ran = nothing_ran
    return retained, notes


def _is_empty(ran: Ran) -> bool:
    """Return whether a run passed in which no test began, as none has a name that is asked for."""
    return not ran.attempt.exit_code and not any(each.ran for each in ran.stream.packages.values())


def _rounds(
    plan: Plan,
    tools: Tools,
    hunting: HuntOptions,
    fixed: Settings | None,
    outcomes: ConditionOutcomes,
) -> Iterator[tuple[Settings, bool]]:
    """Yield what each round runs under, and whether that was learned; ``outcomes`` grows."""
    asked = plan.options.asked()
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    values = axes(
        cpus,
        cpu=asked.get("cpu", ""),
        randomises=tools.can_randomise and not plan.race,
        fixed=frozenset(asked),
    )
    for turn in itertools.count():
        if fixed is not None:
            yield fixed, False
        elif hunting.stress:
            shuffle = "shuffle" not in asked
            learned = is_learned(turn, outcomes)
            yield stressed(hunting.seed, turn, values, outcomes, shuffle=shuffle), learned
        else:
            yield Settings(cpu=asked.get("cpu", "")), False


def _own_seed(plan: Plan, settings: Settings, number: int) -> Settings:
    """Return settings with a seed of the attempt's own, where the order is shuffled at all."""
    if plan.options.asked().get("shuffle") == "on":
        return replace(settings, shuffle=str(number))
    return settings
