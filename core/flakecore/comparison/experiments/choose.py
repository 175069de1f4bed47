"""Which experiments put the likeliest explanations of a failure to the test, the surest first.

Three kinds: a condition that failures go with is taken away; a test that another is claimed to
suffer from is left out; a goroutine claimed to come too late is held up, or one at the place
where the run parts from one that passed. What none of them fits is tried by the settings of the
failing run as a whole, where these are not the defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flakecore.bundle import Attempt, Experiment, Manifest, Settings
from flakecore.bundle.trial import Trial
from flakecore.comparison.divergence.first_difference import FirstDifference
from flakecore.comparison.predicates.predicate_associations import PredicateAssociation
from flakecore.comparison.runs.association import Association, associations, holds
from flakecore.comparison.runs.conditions import conditions_of, conditions_shown
from flakecore.comparison.runs.rates import what_happened
from flakecore.comparison.runs.run import Run
from flakecore.diagnosis import Finding
from flakecore.timeline import Case, Failure, Lane, LaneKind, Stack, own_frame

_SHORTEST_NS, _LONGEST_NS = 10_000_000, 2_000_000_000
_BEYOND = 1.5
"""A goroutine is held up for so many times what the test took to fail: what comes so late comes
after the failure, whatever the test waited with. Within these bounds, which are chosen."""
_LONGER = 5
"""By how much longer it is held up where that was not enough."""
_MOST = 6
"""Experiments at most, the likeliest first: each costs its runs twice. Chosen, not measured."""
_DIFFERENCES = 3
"""Differences to a run that passed whose places are held up, the first ones. Those that other runs
that passed had too come last: they may mean nothing, which an experiment shows."""
_PROCS = "GOMAXPROCS"
_FIELDS = {
    _PROCS: ("gomaxprocs", "cpu"),
    "shuffle": ("shuffle",),
    "runs at once": ("instances",),
    "busy processes": ("load",),
    "-parallel": ("parallel",),
    "GOGC": ("gogc",),
    "GOMEMLIMIT": ("memory_limit",),
    "niceness": ("nice",),
    "processors allowed": ("processors",),
    "short stops": ("pauses",),
    "scheduler": ("scheduler",),
}
"""The settings behind a condition. Others, such as the machine, cannot be put back here."""
_OF_NEIGHBOURS = ("shared-state", "order-dependent")
_BESIDE = re.compile(r"(\S+) (?:runs at the same time|ran before it)")
_SITE = re.compile(
    r"^(?!not: |it )(?P<who>.+?) (?:waits|is woken).* at (?P<file>[^\s:]+\.go):(?P<line>\d+)"
)


def choose_trials(
    case: Case,
    failure: Failure,
    findings: Sequence[Finding],
    runs: Sequence[Run],
    manifest: Manifest,
    parts: Sequence[FirstDifference] = (),
) -> tuple[Trial, ...]:
    """Return what to try on a failure, at most six, the likeliest first.

    Args:
        case: the case of the failure.
        failure: the failure of a test.
        findings: those on it, the strongest first.
        runs: the runs of its bundle.
        manifest: the manifest of its bundle.
        parts: where it parts from a run that passed, the first and likeliest in front.
    """
    name = f"{case.package}.{failure.test_name}" if case.package else failure.test_name
    number = int(case.attempt) if case.attempt.isdigit() else 1
    attempts = {each.number: each for each in manifest.attempts}
    failing = attempts.get(number) or Attempt()
    predicates = what_happened(runs, name)
    found = [
        *_of_conditions(name, runs, manifest),
        *_of_neighbours(case, failure, findings, predicates, failing.settings, name),
        *_of_delays(case, failure, findings, predicates, parts, failing.settings, name),
    ]
    if not found:
        found = [*_of_all_settings(name, failing, manifest)]
    return tuple(found[:_MOST])


def _of_conditions(name: str, runs: Sequence[Run], manifest: Manifest) -> Iterator[Trial]:
    """Yield each condition that failures go with, which a run that passed has not."""
    attempts = {each.number: each for each in manifest.attempts}
    for found in associations(runs, lambda run: name in run.failed):
        fields = _FIELDS.get(found.condition)
        failed = [run for run in runs if name in run.failed and holds(found, run.conditions)]
        passed = [run for run in runs if run.ended_well and not holds(found, run.conditions)]
        if fields is None or not failed or not passed:
            continue
        attempt, other = (attempts[each[0].number] for each in (failed, passed))
        with_it = attempt.settings
        without = replace(with_it, **{each: getattr(other.settings, each) for each in fields})
        if found.condition == _PROCS:
            # Go's own choice may be the same under the other settings of the failing run.
            procs = str(passed[0].conditions.get(_PROCS, ""))
            without = replace(without, gomaxprocs=int(procs) if procs.isdigit() else 0)
        if holds(found, conditions_of(manifest, replace(attempt, settings=without))):
            continue
        yield Trial(_experiment("condition", name, "flags", found), with_it, without)


def _experiment(kind: str, name: str, rule: str, found: Association) -> Experiment:
    return Experiment(kind=kind, test=name, rule=rule, claim=found.sentence(), words=found.words)


def _of_neighbours(
    case: Case,
    failure: Failure,
    findings: Sequence[Finding],
    predicates: Sequence[PredicateAssociation],
    settings: Settings,
    name: str,
) -> Iterator[Trial]:
    """Yield each test that the failing one is claimed to suffer from, to be left out."""
    own = failure.test_name.partition("/")[0]
    tests = list(dict.fromkeys(each.name for each in case.tests if each.parent < 0))
    suspected: dict[str, tuple[str, str]] = {}
    for finding in findings:
        if finding.rule in _OF_NEIGHBOURS:
            texts = (finding.claim, *(each.text for each in finding.evidence))
            for test in tests:
                if any(text.startswith((f"{test} ran ", f"{test}, which ran ")) for text in texts):
                    suspected.setdefault(test, (finding.rule, finding.claim))
    for predicate in predicates:
        for words in (predicate.words, *predicate.alike):
            if beside := _BESIDE.fullmatch(words):
                suspected.setdefault(beside[1], ("predicate", predicate.sentence()))
    for test, (rule, claim) in suspected.items():
        others = [each for each in tests if each not in (test, own)]
        if test == own or test not in tests:
            continue
        pattern = f"^({'|'.join(map(re.escape, [*others, own]))})$"
        found = Experiment(kind="neighbour", test=name, rule=rule, claim=claim, words=test)
        yield Trial(found, settings, replace(settings, run=pattern))


def _of_delays(
    case: Case,
    failure: Failure,
    findings: Sequence[Finding],
    predicates: Sequence[PredicateAssociation],
    parts: Sequence[FirstDifference],
    settings: Settings,
    name: str,
) -> Iterator[Trial]:
    """Yield each place of another goroutine that is claimed to come too late, to be held up.

    So is where the run parts from one that passed, whatever goroutine that is of.
    """
    sites: dict[tuple[str, int], tuple[str, str]] = {}
    for finding in findings:
        for place in finding.places:
            if finding.test == failure.test and place.goroutine not in (0, failure.goroutine):
                site = _works_at(case, failure, place.goroutine)
                if site is not None:
                    sites.setdefault(site, (finding.rule, finding.claim))
    for predicate in predicates:
        for words in (predicate.words, *predicate.alike):
            later = words.rpartition(" before ")[2]
            if site_of := _SITE.match(later):
                site = (site_of["file"], int(site_of["line"]))
                sites.setdefault(site, ("predicate", predicate.sentence()))
    for each in parts[:_DIFFERENCES]:
        for at_line in each.places:
            name_of_file, _, number = at_line.rpartition(":")
            claim = f"Parts from a run that passed: {each.sentence()}"
            sites.setdefault((name_of_file, int(number)), ("parting", claim))
    for delay_ns in _delays(case, failure):
        for (file, line), (rule, claim) in sites.items():
            at = f"{file.rpartition('/')[2]}:{line}"
            milliseconds = f"{delay_ns // 10**6}ms"
            words = f"a delay of {milliseconds} before {at}"
            found = Experiment(kind="delay", test=name, rule=rule, claim=claim, words=words)
            delayed = replace(settings, delay=f"{at} for {milliseconds}")
            yield Trial(found, delayed, settings, file, line, delay_ns)


def _delays(case: Case, failure: Failure) -> tuple[int, int]:
    """Return how long a goroutine is held up: beyond the failure as it was, and then for longer."""
    took = failure.at_ns - case.tests[failure.test].start_ns
    delay = min(max(int(_BEYOND * took), _SHORTEST_NS), _LONGEST_NS)
    step = 10 ** (len(str(delay)) - 2)  # two digits, rounded up
    delay = -(-delay // step) * step
    return delay, min(_LONGER * delay, _LONGER * _LONGEST_NS)


def _works_at(case: Case, failure: Failure, number: int) -> tuple[str, int] | None:
    """Return a line in which a goroutine of the test waited, before the failure or at the end."""
    schedule = case.schedule
    if schedule is None:
        return None
    lane = Lane(LaneKind.GOROUTINE, number)
    interval = schedule.at(lane, failure.at_ns) or schedule.last(lane)
    while interval is not None:
        site = _site(interval.stack, case.package)
        if interval.state.waiting and site is not None:
            return site
        interval = schedule.before(lane, interval.start_ns)
    return None


def _site(stack: Stack, package: str) -> tuple[str, int] | None:
    frame = own_frame(stack, package)
    return (frame.file, frame.line) if frame is not None and frame.file else None


def _of_all_settings(name: str, failing: Attempt, manifest: Manifest) -> Iterator[Trial]:
    settings = failing.settings
    usual = Settings(run=settings.run)
    if settings != usual:
        default = conditions_of(manifest, replace(failing, settings=usual))
        own = conditions_of(manifest, failing)
        differing = {each: value for each, value in own.items() if default.get(each) != value}
        words = ", ".join(conditions_shown(differing)) or "the settings of the failing run"
        found = Experiment(kind="condition", test=name, rule="flags", words=words)
        yield Trial(found, settings, usual)
