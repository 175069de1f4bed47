"""Findings of failures for a report, each worked out once, with the sources that are at hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flakecore.bundle import Bundle
from flakecore.diagnosis import Finding, explain
from flakecore.timeline import Case, Failure
from flakecore.timeline.sources import Sources, bundled_sources


class Explainer:
    """Explains the failures of a bundle's cases."""

    def __init__(self, bundle: Bundle, working: Path | None = None) -> None:
        """Take a bundle, and the folder in whose module sources are looked for besides."""
        self._working = working
        self._bundled = cache(lambda: bundled_sources(bundle))
        self._sources: dict[str, Sources] = {}
        self._found: dict[tuple[int, int], tuple[Finding, ...]] = {}

    def findings(self, case: Case, failure: Failure) -> tuple[Finding, ...]:
        """Return the findings on one failure of a case, the most telling first."""
        key = (id(case), failure.index)
        if key not in self._found:
            self._found[key] = explain(case, failure, self._sources_of(case))
        return self._found[key]

    def _sources_of(self, case: Case) -> Sources:
        if case.package not in self._sources:
            self._sources[case.package] = Sources(
                go_version=case.go_version,
                package=case.package,
                bundled=self._bundled(),
                working=self._working,
            )
        return self._sources[case.package]
