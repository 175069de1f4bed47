"""A table of all cases as CSV: RFC 4180's quoting, a line of names, a newline after each row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from flakecore.bundle import Bundle
from flakecore.errors import FlakeError
from flakecore.gotrace import EventFilter
from flakecore.report.explainer import Explainer
from flakecore.report.exports.request import ExportRequest
from flakecore.timeline import TABLES, Case, Table

_ROWS = 50_000
"""Rows that become text at a time: some 10 MB of it."""
_KEYS = ("package", "run")
_SURROGATES = re.compile("[\ud800-\udfff]")


def write_csv(
    bundle: Bundle, cases: Sequence[Case], request: ExportRequest, explainer: Explainer
) -> Iterator[bytes]:
    """Yield a table in pieces; the package of the case and which run of it stand before.

    Raises:
        FlakeError: there is no table of that name.
    """
    del bundle, explainer
    if request.table not in TABLES:
        raise FlakeError(
            f"there is no table {request.table!r}", remedy=f"--table is one of {', '.join(TABLES)}"
        )
    for number, case in enumerate(cases):
        named = number > 0
        for table in _tables(case, request):
            if not named:
                yield _lines([(*_KEYS, *table)])
                named = True
            wanted = request.rows(case, table).nonzero()[0]
            for at in range(0, len(wanted), _ROWS):
                rows = wanted[at : at + _ROWS]
                columns = [_texts(column[rows].tolist()) for column in table.values()]
                values = zip(*columns, strict=True)
                yield _lines((case.package, case.attempt, *row) for row in values)


def _tables(case: Case, request: ExportRequest) -> Iterator[Table]:
    """Yield the table of a case, that of events in parts."""
    if request.table == "events":
        yield from case.tables.event_parts(EventFilter(request.from_ns, request.to_ns))
    else:
        yield getattr(case.tables, request.table)()


def _texts(values: list[object]) -> list[object]:
    if values and isinstance(values[0], bool):
        return ["true" if value else "false" for value in values]
    return values


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text.getvalue()).encode()
