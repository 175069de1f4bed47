"""Puts explanations of a failure to the test: runs with what each names, and as many without.

The two halves take turns, so that a machine that grows busier meanwhile falls on both alike. An
experiment that proves its explanation is the last one; what a signal or the limit of time breaks
off keeps the counts that it has.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from flakecore.bundle import Experiment, Settings
from flakecore.bundle.trial import Trial
from flakecore.collect.binaries.delay import write_delay_overlay
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.capture.process import Interruption
from flakecore.collect.command.options import ConfirmOptions
from flakecore.collect.command.plan import Plan, Tools, make_tools
from flakecore.collect.hunt.conditions import background_load
from flakecore.collect.hunt.hunt import HuntProgress
from flakecore.collect.hunt.numbered_runs import NumberedRuns
from flakecore.collect.hunt.rerun import Built, build
from flakecore.collect.hunt.retained import RetainedRuns
from flakecore.collect.zip_writer import remove_folder
from flakecore.errors import CollectError

_LIMIT_NS = 600 * 10**9
"""How long all experiments take at most, where no limit is given."""


@dataclass(slots=True)
class _Confirmer:
    """Makes one run after another, and counts them."""

    plan: Plan
    attempts: NumberedRuns
    built: Built
    work: Path
    asked: ConfirmOptions
    retained: RetainedRuns
    report: Callable[[HuntProgress], None]
    began_ns: int
    until_ns: int

    def over(self) -> bool:
        """Return whether no further run may begin."""
        return bool(self.attempts.interruption.signals) or time.monotonic_ns() >= self.until_ns

    def runs(self, built: Built, settings: Settings, count: int) -> list[Ran]:
        """Run the tests so many times at once, and return the runs that came to their end."""

        def one() -> Ran:
            return self.attempts.run(built, lambda _: settings)

        with background_load(settings.load), ThreadPoolExecutor(count) as pool:
            ended = [each.result() for each in [pool.submit(one) for _ in range(count)]]
        root = self.attempts.root
        if self.attempts.interruption.signals and self.retained.runs:
            for ran in ended:
                remove_folder(root / ran.attempt.folder)
            return []
        for ran in ended:
            self.retained.add(ran, root)
            self._progress(ran)
        return ended

    def _progress(self, ran: Ran) -> None:
        self.report(
            HuntProgress(
                runs=self.retained.runs,
                failures=self.retained.failures,
                drawn_runs=0,
                drawn_failures=0,
                max_runs=0,
                elapsed_ns=time.monotonic_ns() - self.began_ns,
                limit_ns=self.until_ns - self.began_ns,
                latest=ran.attempt.failed if ran.attempt.exit_code else (),
            )
        )


def confirm(
    plan: Plan,
    tools: Tools,
    built: Built,
    root: Path,
    work: Path,
    asked: ConfirmOptions,
    keep: int,
    limit_ns: int,
    interruption: Interruption,
    report: Callable[[HuntProgress], None],
    *,
    oom_kills: Callable[[], int],
) -> tuple[RetainedRuns, tuple[Experiment, ...]]:
    """Make experiments, one after another, until one proves its explanation.

    Args:
        plan: what is run.
        tools: the relay.
        built: the test binaries.
        root: the bundle in its unpacked layout; attempts lie below ``attempts``.
        work: a folder for what is built with a delay.
        asked: the experiments.
        keep: how many failing runs are retained at most.
        limit_ns: how long all may take; 0 for ten minutes.
        interruption: ends it, too.
        report: called after each run.
        oom_kills: returns how many processes were killed so far for want of memory.
    """
    began = time.monotonic_ns()
    confirmer = _Confirmer(
        plan=plan,
        attempts=NumberedRuns(plan, tools, root, interruption, oom_kills),
        built=built,
        work=work,
        asked=asked,
        retained=RetainedRuns(max(1, keep)),
        report=report,
        began_ns=began,
        until_ns=began + (limit_ns or _LIMIT_NS),
    )
    made: list[Experiment] = []
    for number, trial in enumerate(asked.trials):
        if confirmer.over() and made:
            break
        found = _made(confirmer, built, trial, number)
        made.append(found)
        if asked.is_proved(found):
            break
    if not confirmer.retained.runs:
        # Nothing could be tried: one run, so that the bundle holds the tests as they are.
        confirmer.runs(built, asked.trials[0].without, 1)
    return confirmer.retained, tuple(made)


def _made(confirmer: _Confirmer, built: Built, trial: Trial, number: int) -> Experiment:
    """Make one experiment, and return it with its counts."""
    experiment = replace(trial.experiment, planned=confirmer.asked.runs)
    with_it = built
    if trial.line:
        try:
            with_it = _delayed(confirmer, trial, number)
        except CollectError as error:
            return replace(experiment, why_not=error.problem)
    counts, otherwise = {True: [0, 0], False: [0, 0]}, 0
    for turn in range(2 * confirmer.asked.runs):
        # With, without, without, with: neither half is always the first of a pair.
        is_with = turn % 4 in (0, 3)
        settings = trial.with_it if is_with else trial.without
        left = confirmer.asked.runs - counts[is_with][1]
        count = min(max(1, settings.instances), left)
        if count <= 0:
            continue
        if confirmer.over():
            break
        for ran in confirmer.runs(with_it if is_with else built, settings, count):
            counts[is_with][1] += 1
            if not _has_failed(experiment.test, ran):
                continue
            if is_with and trial.line and not confirmer.asked.is_alike(_printed(trial, ran)):
                otherwise += 1
            else:
                counts[is_with][0] += 1
    return replace(
        experiment,
        failed_with=counts[True][0],
        runs_with=counts[True][1],
        otherwise_with=otherwise,
        failed_without=counts[False][0],
        runs_without=counts[False][1],
    )


def _has_failed(test: str, ran: Ran) -> bool:
    return any(each == test or each.startswith(f"{test}/") for each in ran.attempt.failed)


def _printed(trial: Trial, ran: Ran) -> list[str]:
    """Return the last lines that the failed test and its subtests printed."""
    test = trial.experiment.test
    return [
        line
        for package, verdict in ran.stream.packages.items()
        for name, lines in verdict.output.items()
        if f"{package}.{name}" == test or f"{package}.{name}".startswith(f"{test}/")
        for text in lines
        for line in text.splitlines()
    ]


def _delayed(confirmer: _Confirmer, trial: Trial, number: int) -> Built:
    """Build the test binaries with a delay in front of a line.

    Raises:
        CollectError: the line is not found, or nothing can be put in front of it.
    """
    plan, work = confirmer.plan, confirmer.work / f"delay-{number}"
    work.mkdir(parents=True)
    source = _source(plan, trial.file)
    asked = plan.options.asked()
    cwd = plan.groups[0].cwd
    overlay = write_delay_overlay(
        work, source, trial.line, trial.delay_ns, users=asked.get("overlay", ""), cwd=cwd
    )
    options = replace(
        plan.options,
        test_flags={**plan.options.test_flags, "-overlay": str(overlay)},
        extra=tuple(
            word for word in plan.options.extra if not word.lstrip("-").startswith("overlay=")
        ),
    )
    delayed = replace(plan, options=options)
    tools = make_tools(delayed, work / "tools", lambda _: None)
    built = build(
        delayed, tools, lambda _: None, confirmer.attempts.interruption, confirmer.built.server
    )
    if built is None:
        raise CollectError(f"with a delay before {source.name}:{trial.line} it does not build")
    return built


def _source(plan: Plan, file: str) -> Path:
    """Return a source file by its path in a stack, or by its name beside the tests.

    Raises:
        CollectError: it is not there, or lies outside the modules under test.
    """
    name = file.rpartition("/")[2]
    beside = [Path(each.folder) / name for each in plan.packages if each.folder]
    below = [group.cwd.resolve() for group in plan.groups]
    named = Path(file)
    if named.is_absolute() and any(each in named.resolve().parents for each in below):
        beside.insert(0, named)
    found = next((each for each in beside if each.is_file()), None)
    if found is None:
        raise CollectError(f"{name} is not among the files of the packages under test")
    return found.resolve()
