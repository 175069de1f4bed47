"""Many runs as text: what failed how often, what goes with it, and the runs one a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.comparison import (
    FailureRate,
    Run,
    conditions_beside,
    conditions_shown,
    drawn_rate_sentence,
    failure_rates,
)
from flakecore.report.comparing.compare_text import repetition_lines
from flakecore.report.text.finding_text import wrapped
from flakecore.text.counted import counted
from flakecore.text.printable import clean, printable
from flakecore.times import format_duration

_IN_SHORT = 5
_RATES = 40
_SIGNATURES = 3
_PREDICATES = 3
_RUNS = 60
"""Runs that are listed, the failing ones first; JSON and --all have every one."""


def render_run_text(
    runs: Sequence[Run], rates: Sequence[FailureRate], *, in_full: bool = False
) -> bytes:
    """Return runs as text in UTF-8.

    Args:
        runs: all of them.
        rates: what failed in any of them.
        in_full: every run and every rate, however many.
    """
    lines = [*_summary(runs), "", *_rates(rates, in_full), *_repetitions(runs)]
    lines += _runs(runs, in_full)
    return ("\n".join(printable(clean(line)) for line in lines) + "\n").encode()


def runs_in_short(runs: Sequence[Run]) -> Iterator[str]:
    """Yield how often each test failed, for the head of a report.

    What its failures go with is a finding on each of them.
    """
    for rate in failure_rates(runs)[:_IN_SHORT]:
        yield f"Runs: {rate.name} failed {rate.sentence()}."


def _summary(runs: Sequence[Run]) -> Iterator[str]:
    bundles = len({run.bundle for run in runs})
    failed = sum(not run.ended_well for run in runs)
    drawn = [run for run in runs if run.drawn]
    drawn_failed = sum(not run.ended_well for run in drawn)
    where = f" in {bundles:,} bundles" if bundles > 1 else ""
    if not runs:
        yield "no run: it has no result of any test"
        return
    rate = drawn_rate_sentence(drawn_failed, len(drawn), failed, len(runs))
    yield f"{counted(len(runs), 'run')}{where}; failed: {rate}"
    if len(drawn) < len(runs):
        yield from wrapped(
            f"Rates, and the conditions that failures go with, are told from the {len(drawn):,}"
            " runs whose conditions were drawn evenly, one of each round; the others repeat"
            " conditions, most of them those under which tests failed. What happened inside is told"
            " of all.",
            "  ",
        )
    if same := _shared(runs):
        yield from wrapped(f"All ran with {', '.join(same)}.", "  ")


def _rates(rates: Sequence[FailureRate], in_full: bool) -> Iterator[str]:
    for rate in rates if in_full else rates[:_RATES]:
        yield f"{rate.name}"
        yield f"  failed {rate.sentence()}"
        for each in rate.goes_with:
            yield from wrapped(f"{each.sentence()}.", "  associated: ")
        for found in rate.predicates[:_PREDICATES]:
            yield from wrapped(
                f"{found.sentence()}.{_same_runs_sentence(found.alike)}", "  associated: "
            )
        for text, count in rate.signatures[:_SIGNATURES]:
            times = f"{count} times: " if count > 1 else ""
            yield from wrapped(f"{times}{text}", "  - ")
        if len(rate.signatures) > _SIGNATURES:
            yield f"  - … {counted(len(rate.signatures) - _SIGNATURES, 'other signature')}"
        yield ""
    if not in_full and len(rates) > _RATES:
        yield f"… {len(rates) - _RATES:,} more failed; --all lists them"
        yield ""


def _repetitions(runs: Sequence[Run]) -> Iterator[str]:
    """Yield how the repetitions of tests differ in the first run that has such, as of -count."""
    run = next((each for each in runs if each.repetitions), None)
    if run is not None:
        yield f"Within run {run.number}:"
        yield from (f"  {line}" for line in repetition_lines(run.repetitions))
        yield ""


def _same_runs_sentence(others: Sequence[str]) -> str:
    """Return a sentence on what else held in the very same runs."""
    if not others:
        return ""
    more = f" and {len(others) - 1:,} more" if len(others) > 1 else ""
    return f" In the same runs: {others[0]}{more}."


def _runs(runs: Sequence[Run], in_full: bool) -> Iterator[str]:
    several = len({run.bundle for run in runs}) > 1
    shared = _shared(runs)
    chosen = list(runs)
    if not in_full and len(runs) > _RUNS:
        first = sorted(runs, key=lambda run: run.ended_well)[:_RUNS]
        chosen = [run for run in runs if run in first]
    firsts = {run.bundle: run for run in reversed(runs) if run.number == 1}
    if firsts and len(runs) > 1:
        yield "Runs; what is not told of one is as in run 1:"
    rows = []
    for run in chosen:
        outcome = "pass" if run.ended_well else "FAIL"
        took = format_duration(run.duration_ns) if run.duration_ns is not None else ""
        beside = firsts.get(run.bundle, run)
        own = [each for each in conditions_shown(run.conditions) if each not in shared]
        if run is not beside:
            own = conditions_beside(run.conditions, beside.conditions)
        failed = [name.rpartition(".")[2] for name in dict.fromkeys(run.failed)]
        more = f" and {len(failed) - 3:,} more" if len(failed) > 3 else ""
        where = f"{run.bundle} " if several else ""
        kept = "kept" if run.kept else ""
        names = ", ".join(failed[:3]) + more
        rows.append((f"{where}{run.number}", outcome, took, kept, "  ".join(own), names))
    widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True) if width)
        yield f"  {'  '.join(cells)}".rstrip()
    if len(chosen) < len(runs):
        yield f"  … {len(runs) - len(chosen):,} more; --all lists them"


def _shared(runs: Sequence[Run]) -> list[str]:
    """Return the conditions that all runs have alike, as words."""
    if not runs:
        return []
    first = runs[0].conditions
    same = {
        name: value
        for name, value in first.items()
        if all(run.conditions.get(name) == value for run in runs)
    }
    return conditions_shown(same)
