"""What do thousands of bundles say together? Each read once into rows; rates, clusters, trends."""

from flakecore.fleet.scan.scan import ScanCounts, scan
from flakecore.fleet.schema import FLEET_TABLES
from flakecore.fleet.store import FleetStore

__all__ = ["FLEET_TABLES", "FleetStore", "ScanCounts", "scan"]
