"""What do thousands of bundles say together? Each read once into rows; rates, clusters, trends."""

from flakecore.fleet.scan.scan import ScanCounts, scan
from flakecore.fleet.schema import FLEET_TABLES
from flakecore.fleet.store import FleetStore
from flakecore.fleet.triage.results import TriageFilter
from flakecore.fleet.triage.triage import Triage, TriageSession, triage

__all__ = [
    "FLEET_TABLES",
    "FleetStore",
    "ScanCounts",
    "Triage",
    "TriageFilter",
    "TriageSession",
    "scan",
    "triage",
]
