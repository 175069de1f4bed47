"""The result of a triage: flaky tests, clusters and conditions of a fleet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from flakecore.comparison import Association
from flakecore.fleet.store import FleetStore
from flakecore.fleet.triage.clusters import Cluster, FailurePlace, clusters
from flakecore.fleet.triage.flaky_tests import FlakyTest, flaky_tests
from flakecore.fleet.triage.fleet_conditions import FleetConditions
from flakecore.fleet.triage.results import TriageFilter, codes, column, read_results


@dataclass(frozen=True, slots=True)
class FleetTotals:
    """How large a fleet is.

    Attributes:
        bundles, damaged: bundles that were read, and places that could not be.
        runs, failed_runs: their runs, and those in which something failed.
        drawn_runs, drawn_failed_runs: those whose conditions were drawn evenly, of which a rate is
            reported.
        first_ns, last_ns: when the first and the latest began; 0 if unknown.
    """

    bundles: int
    damaged: int
    runs: int
    failed_runs: int
    drawn_runs: int
    drawn_failed_runs: int
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class Triage:
    """The summary of a fleet.

    Attributes:
        totals: of the whole fleet, whatever the filter.
        chosen: the filter.
        tests: the tests that failed.
        clusters: their failures by what they share.
        goes_with: by the number of a test the conditions that its failures go with.
    """

    totals: FleetTotals
    chosen: TriageFilter
    tests: tuple[FlakyTest, ...]
    clusters: tuple[Cluster, ...]
    goes_with: Mapping[int, tuple[Association, ...]]


class TriageSession:
    """A fleet that is looked at: its summary is read at once, what costs more when asked for.

    Attributes:
        found: its summary, without the conditions that failures go with.
    """

    def __init__(self, store: FleetStore, chosen: TriageFilter) -> None:
        """Read a fleet.

        Args:
            store: the scanned fleet.
            chosen: what is looked at.

        Raises:
            FlakeError: there is no scanned fleet, or a file of it cannot be read.
        """
        self._store = store
        self._results = read_results(store, chosen)
        self._conditions: FleetConditions | None = None
        self.found = Triage(
            totals=_totals(store),
            chosen=chosen,
            tests=flaky_tests(self._results),
            clusters=clusters(store, chosen),
            goes_with={},
        )

    def associations(self, test: FlakyTest) -> tuple[Association, ...]:
        """Return the conditions that the failures of a test go with, the surest first.

        Raises:
            FlakeError: a file of the fleet cannot be read.
        """
        if self._conditions is None:
            self._conditions = FleetConditions(self._store, self._results)
        return self._conditions.associations(test.number)

    def latest_failure(self, test: FlakyTest) -> FailurePlace | None:
        """Return where the latest failure of a test can be looked at.

        It is None where no bundle holds the evidence of one, as of runs that were not kept.

        Raises:
            FlakeError: a file of the fleet cannot be read.
        """
        chosen = replace(self.found.chosen, package=test.package, test=test.test)
        own = [
            (cluster.last_ns, example)
            for cluster in clusters(self._store, chosen)
            for example in cluster.examples
            if (example.package, example.test) == (test.package, test.test)
        ]
        return max(own, key=lambda each: each[0])[1] if own else None


def triage(store: FleetStore, chosen: TriageFilter, *, conditions_of: int) -> Triage:
    """Return the summary of a fleet.

    Args:
        store: the scanned fleet.
        chosen: what is looked at.
        conditions_of: how many tests, the first of the list, are asked for their conditions.

    Raises:
        FlakeError: there is no scanned fleet, or a file of it cannot be read.
    """
    session = TriageSession(store, chosen)
    asked = session.found.tests[:conditions_of]
    return replace(
        session.found, goes_with={test.number: session.associations(test) for test in asked}
    )


def _totals(store: FleetStore) -> FleetTotals:
    bundles = store.read("bundles", ("problem",))
    runs = store.read("runs", ("passed", "drawn", "started_unix_ns"))
    problems, problem = codes(bundles, "problem")
    damaged = int(np.count_nonzero(np.array([bool(text) for text in [*problems, ""]])[problem]))
    started = column(runs, "started_unix_ns")
    known = started[started > 0]
    failed, drawn = column(runs, "passed") == 0, column(runs, "drawn") != 0
    return FleetTotals(
        bundles=bundles.num_rows - damaged,
        damaged=damaged,
        runs=runs.num_rows,
        failed_runs=int(np.count_nonzero(failed)),
        drawn_runs=int(np.count_nonzero(drawn)),
        drawn_failed_runs=int(np.count_nonzero(failed & drawn)),
        first_ns=int(known.min()) if len(known) else 0,
        last_ns=int(known.max()) if len(known) else 0,
    )
