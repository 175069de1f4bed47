"""What do thousands of bundles show together? Each read once into rows; rates, clusters, trends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakecore.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from flakecore.fleet.scan.scan import ScanCounts
    from flakecore.fleet.schema import FLEET_TABLES
    from flakecore.fleet.store import FleetStore
    from flakecore.fleet.triage.results import TriageFilter
    from flakecore.fleet.triage.triage import Triage, TriageSession
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "scan.scan": ("ScanCounts",),
            "schema": ("FLEET_TABLES",),
            "store": ("FleetStore",),
            "triage.results": ("TriageFilter",),
            "triage.triage": ("Triage", "TriageSession"),
        },
    )

__all__ = [
    "FLEET_TABLES",
    "FleetStore",
    "ScanCounts",
    "Triage",
    "TriageFilter",
    "TriageSession",
]
