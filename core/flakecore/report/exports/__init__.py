"""What other programs open: one module a format, and the registry of them."""

from flakecore.report.exports.registry import EXPORTS, Export, export
from flakecore.report.exports.request import ExportRequest

__all__ = ["EXPORTS", "Export", "ExportRequest", "export"]
