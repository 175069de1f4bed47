"""The tables of a scanned fleet: which columns each has, and what they mean.

A Parquet part holds rows of all tables, the name of its table in the column ``table`` of each, and
nothing in the columns that its table lacks. What most questions group by, when a run began and at
which revision, stands in each row: repeated values take no room in Parquet, and no two tables have
to be joined to draw a trend.
"""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One column: its name, its type (text, int64, int32, float64 or bool), what it is."""

    name: str
    type: str
    meaning: str


_CONTENT = Column("content", "text", "the bundle: the hash of its bytes")
_RUN = Column("run", "int32", "number of the run in its bundle, from 1; -1 for several together")
_CASE = (
    _CONTENT,
    _RUN,
    Column("package", "text", "import path; empty if unknown"),
    Column("attempt", "text", "name of the attempt; empty where there is only one"),
)
_DRAWN = Column(
    "drawn",
    "bool",
    "whether its conditions were drawn evenly: else a hunt chose them for failures before, or had"
    " them twice, and it counts in no rate",
)
_WHEN = (
    Column("started_unix_ns", "int64", "when its run began; 0 if unknown"),
    Column("revision", "text", "revision of the source, 12 characters; empty if unknown"),
    Column("branch", "text", "branch of the source; empty if unknown"),
)

FLEET_TABLES: dict[str, tuple[Column, ...]] = {
    "bundles": (
        _CONTENT,
        Column("bundle", "text", "where it lies; behind `!/` its name in an archive of several"),
        Column("version", "text", "what changes when what lies there does"),
        Column("bytes", "int64", "its size"),
        Column("go", "text", "release of Go; empty if unknown"),
        Column("ci", "text", "kind of CI job; empty for none"),
        *_WHEN,
        Column("runs", "int32", "runs that it tells of"),
        Column("cases", "int32", "packages that it has evidence of, by run"),
        Column("losses", "int32", "what is missing or damaged in it, pieces"),
        Column("problem", "text", "why nothing of it could be read; empty where it could"),
        Column("took_ns", "int64", "how long it took to read"),
    ),
    "runs": (
        _CONTENT,
        _RUN,
        *_WHEN,
        Column("duration_ns", "int64", "how long it took; null if unknown"),
        Column("passed", "bool", "whether nothing failed"),
        Column("kept", "bool", "whether its evidence is in the bundle"),
        _DRAWN,
    ),
    "tests": (
        *_CASE,
        Column("test", "text", "full name; empty for the package itself"),
        Column("repetition", "int32", "1 for its first time in the run, 2 for the next"),
        Column("status", "text", "`pass`, `fail`, `skip` or `unfinished`"),
        Column("failed", "bool", "whether it failed by itself, and not by a subtest alone"),
        Column("rule", "text", "rule of the first finding on its failure; empty for none"),
        Column("elapsed_ns", "int64", "how long it took; null if unknown"),
        Column(
            "results",
            "int32",
            "how many such results the row stands for: 1, or the passes of runs that were not kept",
        ),
        _DRAWN,
        *_WHEN,
    ),
    "failures": (
        *_CASE,
        Column("failure", "int32", "its number in its case, from 0"),
        Column("test", "text", "full name of the test; empty for the package itself"),
        Column("kind", "text", "`assertion`, `panic`, `timeout` and so on"),
        Column("signature", "text", "its message without what varies, its place, its rule"),
        Column("cause", "text", "the first cause found, without what varies; empty for none"),
        Column("rule", "text", "rule of its first finding; empty for none"),
        Column("certainty", "text", "of that finding: `seen`, `inferred` or `associated`"),
        Column("headline", "text", "one sentence: why it failed, or what failed"),
        Column("file", "text", "source file that reported it"),
        Column("line", "int32", "line of that file; 0 if unknown"),
        Column("at_ns", "int64", "when, since its case began"),
        *_WHEN,
    ),
    "findings": (
        *_CASE,
        Column("failure", "int32", "number of the failure it is on; -1 for none"),
        Column("test", "text", "full name of the test it is on; empty for none"),
        Column("rule", "text", "the rule that made it"),
        Column("claim", "text", "who, where, why"),
        Column("certainty", "text", "`seen`, `inferred` or `associated`"),
        Column("weight", "text", "`cause`, `effect` or `circumstance`"),
    ),
    "conditions": (
        _CONTENT,
        _RUN,
        Column("condition", "text", "its name: `GOMAXPROCS`, `race`, `load before`"),
        Column("text", "text", "its value; null for a number"),
        Column("number", "float64", "its value; null for a text"),
    ),
    "features": (
        *_CASE,
        Column("test", "text", "full name of the test; empty for the whole run"),
        Column("feature", "text", "id of the feature"),
        Column("value", "float64", "its value; unknown ones have no row"),
    ),
}
"""The columns of each table, by its name."""


def physical_columns() -> tuple[Column, ...]:
    """Return the columns of a part: ``table``, and each column that any table has."""
    found = {"table": Column("table", "text", "the table that the row is of")}
    for columns in FLEET_TABLES.values():
        for column in columns:
            found.setdefault(column.name, column)
    return tuple(found.values())
