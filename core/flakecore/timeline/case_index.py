"""Lists the cases of a bundle from its test output alone, before any trace is read.

A bundle may hold hundreds of traces, of several packages and several attempts at each, and a
person looks at one of them at a time. What ran and what failed stands in the test output, which is
small; so it is read for all, and every other artefact is only given to the case it belongs to.

Where an artefact lies names its package in a bundle of ``collect``, and hints at it in one that a
script made: ``pool/trace.out`` for ``example.com/pool``, ``trace2.out`` for the second of three
runs in ``run1.json`` to ``run3.json``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from flakecore.bundle import Artefact, Bundle, Kind
from flakecore.errors import BundleError
from flakecore.gotest import (
    Outcome,
    PackageRun,
    TestLog,
    first_message,
    no_room_for_build,
    read_json,
    read_junit,
    read_loose_errors,
    read_text,
)
from flakecore.loss import Loss
from flakecore.timeline.failures.ci_endings import is_ended_job
from flakecore.unexpected_errors import loss_of_error

NOTHING_RECOGNISED = (
    "no result, crash or race of go test was recognised in it; --output shows its text"
)
_TEST_OUTPUT = {Kind.TEST_JSON, Kind.TEST_TEXT, Kind.TEST_JUNIT}
_OF_NO_CASE = {Kind.MANIFEST, Kind.PREDICATES, Kind.SOURCE, Kind.UNKNOWN, *_TEST_OUTPUT}


class _Reader(Protocol):
    """``read_json``, ``read_junit`` or ``read_text``."""

    def __call__(self, data: memoryview, /, *, name: str) -> TestLog:
        """Return what is read from a file."""


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """The listing of a case before its trace is read.

    Attributes:
        package: import path; "" if unknown.
        attempt: which of several runs of the package it is; "" where there is only one.
        run: its test output; None for a trace or profiles without any.
        artefacts: its traces, profiles and what else is known, in the order they are stored in;
            neither the test output nor the manifest, which may be of several cases.
        losses: what could not be read on the way here, and belongs to this case or to none.
    """

    package: str
    attempt: str
    run: PackageRun | None
    artefacts: tuple[Artefact, ...]
    losses: tuple[Loss, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the tests that failed or never ended, without those that hold such tests."""
        tests = self.run.tests if self.run is not None else ()
        bad = dict.fromkeys(
            test.name for test in tests if test.outcome in (Outcome.FAIL, Outcome.UNFINISHED)
        )
        parents = {name[: slash.start()] for name in bad for slash in re.finditer("/", name)}
        return tuple(name for name in bad if name not in parents)

    @property
    def has_result(self) -> bool:
        """Whether anything in the output is of a test or a package, so that it passed or failed."""
        run = self.run
        if run is None:
            return False
        is_named = bool(run.package or run.tests or run.crashes or run.races)
        return is_named or run.status is not Outcome.UNFINISHED

    @property
    def failing(self) -> bool:
        """Whether the run failed, crashed or never ended."""
        run = self.run
        if run is None or not self.has_result:
            return False
        ended_well = run.status in (Outcome.PASS, Outcome.SKIP)
        return not ended_well or bool(run.crashes or run.races or self.failed)


def list_cases(bundle: Bundle) -> tuple[CaseEntry, ...]:
    """Return what cases a bundle holds, at least one: those that fail first, then by attempt."""
    runs, losses = _read_runs(bundle)
    entries: list[CaseEntry] = []
    attempts = {*runs, *(artefact.attempt for artefact in bundle.artefacts)}
    for attempt in sorted(attempts, key=_natural):
        theirs = [each for each in bundle.artefacts if each.attempt == attempt]
        entries += _of_attempt(attempt, runs.get(attempt, []), theirs)
    entries = entries or [CaseEntry("", "", None, (), ())]
    entries.sort(key=lambda entry: not entry.failing)
    # After reading, so that damage found on the way is among them.
    losses = [*bundle.losses, *losses, *entries[0].losses]
    entries[0] = replace(entries[0], losses=tuple(losses))
    return tuple(entries)


def _read_runs(bundle: Bundle) -> tuple[dict[str, list[tuple[str, PackageRun]]], list[Loss]]:
    """Return by attempt each run with the name of the file that holds it."""
    runs: defaultdict[str, list[tuple[str, PackageRun]]] = defaultdict(list)
    losses: list[Loss] = []
    for artefact in bundle.of_kind(Kind.TEST_JSON):
        log = _read(read_json, bundle, artefact, losses)
        # Lines before any package is named belong to a run without one.
        runs[artefact.attempt] += [
            (artefact.name, run) for run in log.packages if run.package or run.tests
        ]
    as_events = {(each, run.package): name for each in runs for name, run in runs[each]}
    for artefact in bundle.of_kind(Kind.TEST_TEXT):
        log = _read(read_text, bundle, artefact, losses)
        untested = not any(run.tests for run in log.packages)
        of_tests = [_is_of_tests(run) or (untested and is_ended_job(run)) for run in log.packages]
        for run, is_of_tests in zip(log.packages, of_tests, strict=True):
            known = as_events.get((artefact.attempt, run.package))
            if known is not None:
                what = f"{run.package} is told of by {known} too, and not shown twice"
                losses.append(Loss(artefact.name, what))
            elif is_of_tests or len(log.packages) == 1:
                runs[artefact.attempt].append((artefact.name, run))
        if not runs[artefact.attempt] and log.packages:
            # Nothing of go test was recognised in it: it is shown as it is.
            most = max(log.packages, key=lambda run: len(run.lines))
            runs[artefact.attempt].append((artefact.name, most))
        if not any(of_tests) and not any(run.dumps for run in log.packages):
            message = next(filter(None, (first_message(run.lines) for run in log.packages)), "")
            hint = f"; a test says in it: {message}" if message else ""
            losses.append(Loss(artefact.name, f"{NOTHING_RECOGNISED}{hint}"))
    _add_junit(bundle, runs, losses)
    return runs, losses


def _add_junit(
    bundle: Bundle, runs: dict[str, list[tuple[str, PackageRun]]], losses: list[Loss]
) -> None:
    """Add the packages of reports in JUnit's XML that no output mentions."""
    known = {(attempt, run.package): name for attempt in runs for name, run in runs[attempt]}
    for artefact in bundle.of_kind(Kind.TEST_JUNIT):
        for run in _read(read_junit, bundle, artefact, losses).packages:
            name = known.get((artefact.attempt, run.package))
            if name is None:
                runs[artefact.attempt].append((artefact.name, run))
            else:
                what = f"{run.package} is told of by {name} too, and not shown twice"
                losses.append(Loss(artefact.name, what))


def _is_of_tests(run: PackageRun) -> bool:
    """Return whether a run is more than text before or behind the packages of a log."""
    if run.package or run.tests or run.crashes or run.races or run.dumps:
        return True
    return bool(read_loose_errors(run.lines)) or no_room_for_build(run.lines.texts) >= 0


def _read(reader: _Reader, bundle: Bundle, artefact: Artefact, losses: list[Loss]) -> TestLog:
    """Return what a file of test output holds; nothing where its reader fails, which is a loss."""
    try:
        log = reader(bundle.read(artefact), name=artefact.name)
    except Exception as error:
        losses.append(loss_of_error(error, artefact.name))
        return TestLog((), ())
    losses.extend(log.losses)
    return log


def _of_attempt(
    attempt: str, runs: Sequence[tuple[str, PackageRun]], artefacts: Iterable[Artefact]
) -> list[CaseEntry]:
    """Return the cases of one attempt: the packages in its output, then those of other files."""
    by_package: dict[str, list[tuple[str, PackageRun]]] = {}
    for name, run in runs:
        by_package.setdefault(run.package, []).append((name, run))
    named = list(by_package)
    evidence = [each for each in artefacts if each.kind not in _OF_NO_CASE]
    exact = {each.package for each in evidence if each.package in by_package}
    of_package: defaultdict[str, list[Artefact]] = defaultdict(list)
    for artefact in evidence:
        of_package[_package(artefact.package, named, exact)].append(artefact)
    entries = []
    for package in dict.fromkeys([*named, *of_package]):
        entries += _repetitions(attempt, package, by_package.get(package, []), of_package[package])
    return entries


def _package(folder: str, named: Sequence[str], exact: set[str]) -> str:
    """Return the package that an artefact's folder stands for, among those the output names."""
    if folder in named:
        return folder
    if folder:
        alike = [each for each in named if _stands_for(folder, each)]
        if len(alike) == 1:
            return alike[0]
    # Beside the output of one package, what is loose or in a folder of its own is that package's.
    return named[0] if len(named) == 1 and not exact else folder


def _stands_for(folder: str, package: str) -> bool:
    flat = (re.sub(r"\W", "_", folder), re.sub(r"\W", "_", package))
    return flat[1].endswith(f"_{flat[0]}") or f"_{flat[0]}".endswith(f"_{flat[1]}")


def _repetitions(
    attempt: str,
    package: str,
    runs: Sequence[tuple[str, PackageRun]],
    artefacts: Sequence[Artefact],
) -> list[CaseEntry]:
    """Return one case for each run of a package in one attempt, each with the files it left."""
    if len(runs) <= 1:
        run = runs[0][1] if runs else None
        return [CaseEntry(package, attempt, run, tuple(artefacts), ())]
    sources = [name for name, _ in runs]
    if len(set(sources)) == len(sources):
        labels = [_stem(name) for name in sources]
    else:
        labels = [str(number) for number in range(1, len(runs) + 1)]
    shares: list[list[Artefact]] = [[] for _ in runs]
    losses: list[Loss] = []
    for kind in dict.fromkeys(artefact.kind for artefact in artefacts):
        same = [artefact for artefact in artefacts if artefact.kind is kind]
        if len(same) == len(runs):
            order = sorted(range(len(runs)), key=lambda at: _natural(sources[at]))
            for at, artefact in zip(
                order, sorted(same, key=lambda each: _natural(each.name)), strict=True
            ):
                shares[at].append(artefact)
            continue
        for artefact in same:
            number = _number(artefact.name)
            named = [at for at, name in enumerate(sources) if number and _number(name) == number]
            # Each run begins the file anew, so what there is comes from the last one.
            shares[named[0] if len(named) == 1 else -1].append(artefact)
            if len(named) != 1:
                what = f"which of {len(runs)} runs it is from is not said; taken for the last one's"
                losses.append(Loss(artefact.name, what))
    return [
        CaseEntry(
            package,
            f"{attempt}/{label}" if attempt else label,
            run,
            tuple(share),
            tuple(losses) if share is shares[-1] else (),
        )
        for label, (_, run), share in zip(labels, runs, shares, strict=True)
    ]


def _stem(name: str) -> str:
    return name.rpartition("/")[2].partition(".")[0]


def _number(name: str) -> str:
    """Return the last number in a file's name, without zeros in front; "" for none."""
    found = re.findall(r"\d+", _stem(name))
    return found[-1].lstrip("0") or "0" if found else ""


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that puts ``run10`` behind ``run9``."""
    parts = re.split(r"(\d+)", name)
    numbers = [number.lstrip("0") for number in parts[1::2]]
    keys = [(0, part) for part in parts]
    keys[1::2] = [(len(number), number) for number in numbers]
    return keys


def choose_cases(
    entries: Sequence[CaseEntry], package: str | None = None, attempt: str | None = None
) -> tuple[CaseEntry, ...]:
    """Return the cases of a package and an attempt, in the order they are listed in.

    Args:
        entries: all cases.
        package: its import path, or as many elements from its end as distinguish it.
        attempt: its name, or its number without the zeros in front; "" for the one without a name.

    Raises:
        BundleError: if there is none; it names those that there are.
    """
    chosen = list(entries)
    if package is not None:
        exact = [entry for entry in chosen if entry.package == package]
        end = f"/{package.strip('./')}"
        chosen = exact or [each for each in chosen if f"/{each.package}".endswith(end)]
        if not chosen:
            known = ", ".join(dict.fromkeys(each.package for each in entries if each.package))
            remedy = f"there is {known}" if known else "none is named in it"
            raise BundleError(f"there is no package {package!r}", remedy=remedy)
    if attempt is not None:
        wanted = _natural(attempt)
        named = ", ".join(dict.fromkeys(each.attempt for each in chosen if each.attempt))
        chosen = [entry for entry in chosen if _natural(entry.attempt) == wanted]
        if not chosen:
            remedy = f"there is {named}" if named else "there is only one, without a name"
            raise BundleError(f"there is no attempt {attempt!r}", remedy=remedy)
    return tuple(chosen)
