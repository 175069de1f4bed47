"""SQL over the tables of a bundle or of a scanned fleet."""

from flakecore.report.sql.formats import SQL_FORMATS, render_result_text
from flakecore.report.sql.query import Answer, query_bundle, query_fleet

__all__ = ["SQL_FORMATS", "Answer", "query_bundle", "query_fleet", "render_result_text"]
