"""A case as tables: columns of one length each, for numpy, pandas and polars."""

from flakecore.timeline.tables.case_tables import TABLES, CaseTables
from flakecore.timeline.tables.columns import Table

__all__ = ["TABLES", "CaseTables", "Table"]
