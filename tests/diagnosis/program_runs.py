"""Runs of the programs under ``programs``, each of whose tests hangs in a way of its own.

A line that ends in ``// @name`` is known by that name. ``told`` writes findings so that they can be
compared as text: places by these names, and goroutines by letters in the order they are named in.
"""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

from capture_cache import Recipe, cached_capture, once_a_process
from diagnosis.checked_findings import explain
from diagnosis.rule_table import record
from flakecore.diagnosis import Finding, Weight
from flakecore.timeline import Case, Failure
from flakecore.timeline.sources import Sources
from go_binaries import RUNNER, run_binary
from packages import cache_folder, one_at_a_time
from timeline.captures import BUNDLE, EXIT_CODE, Capture, go_test, read
from toolchains import NEWEST

PROGRAMS = Path(__file__).parent / "programs"
RELEASES = (pytest.param("1.22.10", marks=pytest.mark.slow), NEWEST)
BY_BINARY = {"closings", "crash_pasts", "hurts_later", "late_words", "nil_values", "panics"}
"""Programs whose single tests are run from one binary, without the go command: they end by a panic,
by a fatal error or well, and not by ``os.Exit`` or a signal, of which that command says more."""
OF_FIXED_PORTS = {"dialled_early", "fixed_port", "left_behind"}
"""Programs that listen on ports of their own, so that only one runs on this machine at a time."""
_MARK = re.compile(r"// @([\w-]+)$")
_PLACE = re.compile(r"(\w+\.go):(\d+)")
_GOROUTINE = re.compile(r"\bG(\d+)\b")
_TIME = re.compile(
    r"\d+% of [\d.]+[mµ]?s|[\d.]+[nmµ]?s(?= (?:later|after|before))|(?<=at )\d+\.\d{3}(?: \d{3})?s"
    r"|(?<=last )[\d.]+m?s|\d+%|(?<= for )[\d.]+m?s(?: of [\d.]+m?s)?|(?<=up after )[\d.]+m?s"
)


class Level(StrEnum):
    """How much of the evidence is at hand."""

    FULL = "dump, trace and source"
    LOG = "dump and source"
    BARE = "dump alone"
    TRACE = "trace alone"
    TRACE_SOURCE = "trace and source"

    @property
    def has_source(self) -> bool:
        """Whether the source is at hand."""
        return self in (Level.FULL, Level.LOG, Level.TRACE_SOURCE)


@once_a_process
def program(shape: str, release: str, *arguments: str) -> Capture:
    """Run the tests of a program, side by side, until their time is up; some with ``-run=``."""

    def run_some(folder: Path) -> None:
        bundle = folder / BUNDLE
        bundle.mkdir()
        flags = ("-cpu=4", f"-trace={bundle / 'trace.out'}", "-parallel=64", *arguments)
        code = run_binary(release, PROGRAMS / shape, bundle / "test.json", *flags)
        (folder / EXIT_CODE).write_text(str(code))

    def run(folder: Path) -> None:
        flags = ("-json", "-cpu=4", "-timeout=1s", "-parallel=64", *arguments)
        alone = one_at_a_time(cache_folder() / f".ports-{shape}")
        with alone if shape in OF_FIXED_PORTS else nullcontext():
            go_test(release, PROGRAMS / shape, folder, flags)

    some = shape in BY_BINARY and any(each.startswith("-run=") for each in arguments)
    sources = (PROGRAMS / shape, *((RUNNER,) if some else ()))
    recipe = Recipe(f"{shape}-{release}", sources, (shape, release, arguments))
    folder = cached_capture(recipe, run_some if some else run)
    return read(folder / BUNDLE, int((folder / EXIT_CODE).read_text()))


def reduced(case: Case, level: Level) -> Case:
    """Return a case with the evidence of a level alone."""
    if level in (Level.TRACE, Level.TRACE_SOURCE):
        failures = tuple(replace(each, crash=-1) for each in case.failures)
        return replace(case, failures=failures, crashes=())
    if level in (Level.LOG, Level.BARE):
        return replace(case, schedule=None, trace=None, gc=None, annotations=None)
    return case


def findings(run: Capture, test: str, level: Level = Level.FULL) -> tuple[Finding, ...]:
    """Return the findings on the failure of a test."""
    case = reduced(run.case, level)
    return explain(case, failure_of(case, test), sources_of(case) if level.has_source else None)


def failure_of(case: Case, test: str) -> Failure:
    """Return the failure of a test."""
    (failure,) = (each for each in case.failures if each.test_name == test)
    return failure


def sources_of(case: Case) -> Sources:
    """Return where the source of the programs is found."""
    return Sources(go_version=case.go_version, package=case.package)


@cache
def marks(file: str) -> dict[int, str]:
    """Return the names of the lines of a program's file."""
    paths = list(PROGRAMS.glob(f"*/{file}"))  # none where it is a file of Go's own
    lines = [line for path in paths for line in path.read_text().splitlines()]
    return {at: found[1] for at, line in enumerate(lines, 1) if (found := _MARK.search(line))}


def named(text: str) -> str:
    """Return a text with names for lines, letters for goroutines, and T for times and shares."""
    letters: dict[str, str] = {}

    def letter(found: re.Match[str]) -> str:
        return letters.setdefault(found[1], f"G{chr(ord('a') + len(letters))}")

    def mark(found: re.Match[str]) -> str:
        name = marks(found[1]).get(int(found[2]))
        return f"@{name}" if name else found[0]

    return _TIME.sub("T", _GOROUTINE.sub(letter, _PLACE.sub(mark, text)))


def told(finding: Finding) -> str:
    """Return a finding as text: its rule, certainty, claim and places."""
    places = [
        named(f"{place.role} {place.file.rpartition('/')[2]}:{place.line}")
        for place in finding.places
    ]
    return f"{finding.rule}, {finding.certainty}: {named(finding.claim)} [{'; '.join(places)}]"


@dataclass(frozen=True)
class Expected:
    """What is told of a test that hangs, as ``told`` writes it.

    Attributes:
        full: with all evidence.
        log: without the trace, where that differs.
        bare: by the dump alone; None for silence.
        trace: by the trace alone; None for silence.
    """

    full: str
    log: str | None = None
    bare: str | None = None
    trace: str | None = None

    def at(self, level: Level) -> list[str]:
        """Return the causes that are told at a level."""
        by_level = {
            Level.FULL: self.full,
            Level.LOG: self.log or self.full,
            Level.BARE: self.bare,
            Level.TRACE: self.trace,
        }
        return [found] if (found := by_level[level]) is not None else []


def causes(run: Capture, test: str, level: Level) -> list[str]:
    """Return the causes of a test's failure that are told at a level."""
    return [told(each) for each in findings(run, test, level) if each.weight is Weight.CAUSE]


def check_told(shape: str, release: str, test: str, expected: Expected, *turned: Expected) -> None:
    """Assert that a test's failure is told as expected, and nothing else of other evidence.

    What is ``turned`` is the same, told from another of its goroutines on: which one has the lowest
    number is up to the scheduler.
    """
    run = program(shape, release)
    told = causes(run, test, Level.FULL)
    expected = next((each for each in turned if told == each.at(Level.FULL)), expected)
    rule = expected.full.partition(",")[0]
    for level in (Level.FULL, Level.LOG, Level.BARE, Level.TRACE):
        told = causes(run, test, level)
        record(rule, level, expected.at(level) or [expected.full], told)
        assert told == expected.at(level), level
    # A trace has no addresses, and of a goroutine that runs no stack: it may tell less.
    told_of_trace = causes(run, test, Level.TRACE_SOURCE)
    assert all(each.startswith(f"{rule},") for each in told_of_trace)


def check_silent(shape: str, release: str, test: str) -> None:
    """Assert that no cause is told of a test that is sound, whatever evidence there is."""
    run = program(shape, release)
    for level in Level:
        told = causes(run, test, level)
        record(f"({shape})", level, [], told)
        assert told == [], level
