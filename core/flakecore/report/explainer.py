"""Findings and headlines for a report, each worked out once, with the sources at hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flakecore.bundle import Bundle, Kind
from flakecore.comparison import recorded_runs, with_runs, with_verdicts
from flakecore.diagnosis import (
    CounterpartWait,
    Finding,
    explain,
    explain_passed,
    headline,
    waits_of_failure,
)
from flakecore.diagnosis.headline import cut_to_headline
from flakecore.gotest import PackageRun
from flakecore.loss import Loss
from flakecore.report.baseline import Baseline, Key, finding_key
from flakecore.timeline import Case, Failure, list_cases
from flakecore.timeline.profiles.profile_series import heap_profiles
from flakecore.timeline.sources import Sources, bundled_sources


@dataclass(frozen=True, slots=True)
class Passed:
    """What was found on a case besides its failures.

    Attributes:
        findings: those that are printed, the strongest first.
        known: how many are left out, for a baseline has them.
    """

    findings: tuple[Finding, ...] = ()
    known: int = 0


class Explainer:
    """Explains the failures of a bundle's cases."""

    def __init__(
        self, bundle: Bundle, working: Path | None = None, baseline: Baseline | None = None
    ) -> None:
        """Take a bundle.

        Args:
            bundle: the bundle.
            working: a folder in whose module sources are looked for; None for none.
            baseline: findings that are known and accepted; None for none.
        """
        self._bundle = bundle
        self._baseline = baseline or Baseline()
        self._working = working
        self._bundled = cache(lambda: bundled_sources(bundle))
        self._runs = cache(lambda: _runs_of(bundle))
        self._sources: dict[str, Sources] = {}
        self._manifest = bundle.manifest
        self._recorded = recorded_runs(bundle)
        self._asked: dict[int, Case] = {}
        self._losses: dict[int, list[Loss]] = {}
        self._found: dict[tuple[int, int], tuple[Finding, ...]] = {}
        self._passed: dict[int, tuple[Finding, ...]] = {}
        self._known: dict[int, frozenset[Key]] = {}

    def findings(self, case: Case, failure: Failure) -> tuple[Finding, ...]:
        """Return the findings on one failure of a case, the strongest first."""
        key = (self._number_of(case), failure.index)
        if key not in self._found:
            found = explain(
                case,
                failure,
                self.sources_of(case),
                self._manifest,
                self._losses_of(case),
                self._runs(),
            )
            found = with_runs(found, case, failure, self._recorded)
            experiments = self._manifest.experiments if self._manifest is not None else ()
            self._found[key] = with_verdicts(found, case, failure, experiments)
        return self._found[key]

    def headline(self, case: Case, failure: Failure) -> str:
        """Return the one sentence on a failure."""
        return headline(failure, self.findings(case, failure))

    def leading(self, case: Case, failure: Failure) -> Finding | None:
        """Return the finding whose claim is the headline of a failure; None where none is."""
        headline = self.headline(case, failure)
        found = self.findings(case, failure)
        return next((each for each in found if cut_to_headline(each.claim) == headline), None)

    def waits(self, case: Case, failure: Failure) -> tuple[CounterpartWait, ...]:
        """Return what the goroutines of a failed test waited on, where an objects page has it."""
        return waits_of_failure(case, failure, self.sources_of(case))

    def passed(self, case: Case) -> Passed:
        """Return the findings on a case that belong to no failure, the strongest first."""
        found = self._of_passed(case)
        new = tuple(each for each in found if not self.is_in_baseline(case, each))
        return Passed(new, len(found) - len(new))

    def is_in_baseline(self, case: Case, finding: Finding) -> bool:
        """Return whether the baseline has a finding."""
        return finding_key(case.package, finding) in self._known_of(case)

    def _known_of(self, case: Case) -> frozenset[Key]:
        """Return what the findings on a case are known by that the baseline has."""
        if not self._baseline.keys:
            return frozenset()
        number = self._number_of(case)
        if number not in self._known:
            keys = [finding_key(case.package, each) for each in self.all_findings(case)]
            self._known[number] = self._baseline.known(keys)
        return self._known[number]

    def all_findings(self, case: Case) -> tuple[Finding, ...]:
        """Return every finding on a case: of its failures and besides, the known ones too."""
        of_failures = (each for failure in case.failures for each in self.findings(case, failure))
        return (*of_failures, *self._of_passed(case))

    def losses(self, case: Case) -> tuple[Loss, ...]:
        """Return which rules have failed so far on a case."""
        return tuple(self._losses_of(case))

    def _losses_of(self, case: Case) -> list[Loss]:
        return self._losses.setdefault(self._number_of(case), [])

    def _number_of(self, case: Case) -> int:
        """Return the number of a case, which is held so that no other one gets its number."""
        self._asked.setdefault(id(case), case)
        return id(case)

    def _of_passed(self, case: Case) -> tuple[Finding, ...]:
        number = self._number_of(case)
        if number not in self._passed:
            self._passed[number] = explain_passed(
                case,
                self.sources_of(case),
                self._losses_of(case),
                cache(lambda: heap_profiles(self._bundle, case)),
            )
        return self._passed[number]

    def sources_of(self, case: Case) -> Sources:
        """Return where the sources of a case's stacks may be found."""
        if case.package not in self._sources:
            self._sources[case.package] = Sources(
                go_version=case.go_version,
                package=case.package,
                bundled=self._bundled(),
                working=self._working,
            )
        return self._sources[case.package]


def _runs_of(bundle: Bundle) -> tuple[PackageRun, ...]:
    """Return the runs of a bundle's packages where it has several attempts at them."""
    logs = (*bundle.of_kind(Kind.TEST_JSON), *bundle.of_kind(Kind.TEST_TEXT))
    if len({each.attempt for each in logs}) < 2:
        return ()
    return tuple(entry.run for entry in list_cases(bundle) if entry.run is not None)
