"""All that triage tells of a fleet at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from flakecore.comparison import Association
from flakecore.fleet.store import FleetStore
from flakecore.fleet.triage.clusters import Cluster, clusters
from flakecore.fleet.triage.flaky_tests import FlakyTest, flaky_tests
from flakecore.fleet.triage.fleet_conditions import FleetConditions
from flakecore.fleet.triage.results import Results, TriageFilter, codes, column, read_results


@dataclass(frozen=True, slots=True)
class FleetTotals:
    """How large a fleet is.

    Attributes:
        bundles, damaged: bundles that were read, and places that could not be.
        runs, failed_runs: their runs, and those in which something failed.
        first_ns, last_ns: when the first and the latest began; 0 if unknown.
    """

    bundles: int
    damaged: int
    runs: int
    failed_runs: int
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class Triage:
    """What a fleet tells.

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


def triage(store: FleetStore, chosen: TriageFilter, *, conditions_of: int) -> Triage:
    """Return what a fleet tells.

    Args:
        store: the scanned fleet.
        chosen: what is looked at.
        conditions_of: how many tests, the first of the list, are asked for their conditions.

    Raises:
        FlakeError: there is no scanned fleet, or a file of it cannot be read.
    """
    results = read_results(store, chosen)
    tests = flaky_tests(results)
    return Triage(
        totals=_totals(store),
        chosen=chosen,
        tests=tests,
        clusters=clusters(store, chosen),
        goes_with=_goes_with(store, results, tests[:conditions_of]),
    )


def _goes_with(
    store: FleetStore, results: Results, tests: tuple[FlakyTest, ...]
) -> dict[int, tuple[Association, ...]]:
    if not tests:
        return {}
    conditions = FleetConditions(store, results)
    return {test.number: conditions.associations(test.number) for test in tests}


def _totals(store: FleetStore) -> FleetTotals:
    bundles = store.read("bundles", ("problem",))
    runs = store.read("runs", ("passed", "started_unix_ns"))
    problems, problem = codes(bundles, "problem")
    damaged = int(np.count_nonzero(np.array([bool(text) for text in [*problems, ""]])[problem]))
    started = column(runs, "started_unix_ns")
    known = started[started > 0]
    return FleetTotals(
        bundles=bundles.num_rows - damaged,
        damaged=damaged,
        runs=runs.num_rows,
        failed_runs=int(np.count_nonzero(column(runs, "passed") == 0)),
        first_ns=int(known.min()) if len(known) else 0,
        last_ns=int(known.max()) if len(known) else 0,
    )
