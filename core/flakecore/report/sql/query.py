"""One SQL query over tables that are made when the query names them, by DuckDB.

DuckDB runs in memory and is given the tables and nothing else: access to files and the network is
switched off, extensions are not loaded, and the configuration is locked, so that a query copied
from somewhere reads what the tables hold and can neither read nor write anything beside.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from flakecore.errors import FlakeError
from flakecore.fleet import FLEET_TABLES, FleetStore
from flakecore.fleet.arrow import arrow
from flakecore.report.sql.bundle_tables import BUNDLE_TABLES, BundleTables
from flakecore.timeline import OpenedBundle

_CONFIG = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_BATCH = 10_000
_LONGEST = 500
"""Characters of DuckDB's own words on an error."""
_ALL_COLUMNS = re.compile(
    r"\*|\b(?:columns|describe|summarize|show|pivot|unpivot|natural|table)\b"
    r"|(?:^|[(;]|\bas)\s*from\b",
    re.IGNORECASE,
)
"""What may mean columns without naming them."""
_COUNT = re.compile(r"\bcount\s*\(\s*\*\s*\)", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_TABLE = re.compile(
    r"(?:\b(?:from|join|describe|summarize|show|table|pivot|unpivot)\b|[,(])"
    r"\s*(?:\w+\.)*\"?(\w+)",
    re.IGNORECASE,
)
"""What stands where a table may: behind these words, a comma or a bracket."""
_CATALOG = re.compile(r"\bshow\s+(?:all\s+)?tables\b|\binformation_schema\b", re.IGNORECASE)
"""What lists the tables that are there."""
_WORD = re.compile(r"\w+")


class Answer:
    """The rows that a query gave, to be read once.

    Attributes:
        columns: names of the columns, in order.
    """

    def __init__(self, connection: Any, sql: str) -> None:
        """Take a connection of DuckDB's and a query, which is bound now and run when it is read."""
        self._connection, self._sql = connection, sql
        self._relation = connection.sql(sql)
        self.columns: tuple[str, ...] = tuple(self._relation.columns)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows, from a few thousand at a time.

        Raises:
            FlakeError: the query fails on the way.
        """
        try:
            self._connection.execute(self._sql)
            while found := self._connection.fetchmany(_BATCH):
                yield from found
        except _duckdb().Error as error:
            raise _failed(error) from error
        except RuntimeError as error:
            raise _interrupted(error) from error

    def arrow_table(self) -> Any:
        """Return all rows as a ``pyarrow.Table``.

        Raises:
            FlakeError: the query fails on the way.
        """
        try:
            return self._relation.to_arrow_table()
        except _duckdb().Error as error:
            raise _failed(error) from error
        except RuntimeError as error:
            raise _interrupted(error) from error


def query_bundle(opened: OpenedBundle, sql: str) -> Answer:
    """Return the result of a query over the tables of a bundle.

    Raises:
        FlakeError: DuckDB or pyarrow is not installed, or the query cannot be run.
    """
    tables = BundleTables(opened)
    return _query(sql, BUNDLE_TABLES, tables.table)


def query_fleet(store: FleetStore, sql: str) -> Answer:
    """Return the result of a query over the tables of a scanned fleet.

    Only the columns that it names are read.

    Raises:
        FlakeError: DuckDB or pyarrow is not installed, there is no scanned fleet, or the query
            cannot be run.
    """

    def read(name: str) -> Any:
        return store.read(name, columns_named(sql, [each.name for each in FLEET_TABLES[name]]))

    return _query(sql, tuple(FLEET_TABLES), read)


def tables_named(sql: str, known: Collection[str]) -> list[str]:
    """Return the tables that a query names, by name: those that stand where a table may.

    DuckDB's own ``get_table_names`` has to bind the columns, for which there must be tables.
    """
    words = {found.lower() for found in _TABLE.findall(_COMMENT.sub(" ", sql))}
    return sorted(words & set(known))


def columns_named(sql: str, columns: Sequence[str]) -> Sequence[str]:
    """Return the columns that a query may use: those whose names are among its words.

    All where something in it may mean columns without naming them; the first where it names none.
    """
    without_counts = _COUNT.sub(" ", sql)
    if _ALL_COLUMNS.search(without_counts):
        return columns
    words = {word.lower() for word in _WORD.findall(without_counts)}
    return [name for name in columns if name in words] or columns[:1]


def _query(sql: str, known: Collection[str], table: Callable[[str], Any]) -> Answer:
    duckdb = _duckdb()
    arrow()
    connection = duckdb.connect(":memory:", config=_CONFIG)
    try:
        statements = connection.extract_statements(sql)
        kinds = [each.type.name for each in statements]
        if kinds != ["SELECT"]:
            raise FlakeError(
                f"it is {'no query' if len(kinds) < 2 else 'more than one query'}",
                remedy="give one SELECT, such as: SELECT test, status FROM tests",
            )
        if _CATALOG.search(_COMMENT.sub(" ", sql)):
            raise FlakeError(
                f"tables are {', '.join(sorted(known))}, each made where a query names it",
                remedy="DESCRIBE tests tells the columns of one",
            )
        for name in tables_named(sql, known):
            connection.register(name, table(name))
        connection.execute("SET lock_configuration = true")
        return Answer(connection, sql)
    except duckdb.Error as error:
        raise _failed(error, f"tables are {', '.join(sorted(known))}") from error


def _interrupted(error: RuntimeError) -> BaseException:
    """Return what DuckDB's own error at Ctrl-C, a plain ``RuntimeError``, stands for."""
    return KeyboardInterrupt() if "interrupted" in str(error) else error


def _failed(error: Exception, remedy: str = "") -> FlakeError:
    words = " ".join(str(error).split())
    if "does not exist" not in words:
        remedy = ""
    return FlakeError(f"the query cannot be run: {words[:_LONGEST]}", remedy=remedy)


def _duckdb() -> Any:
    try:
        return importlib.import_module("duckdb")
    except ImportError as error:
        raise FlakeError(
            "SQL needs DuckDB, which is not installed",
            remedy="python3 -m pip install 'flaketui[sql]'",
        ) from error
