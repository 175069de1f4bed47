"""A profile as JSON: its rows, with callers and callees. The keys are stable."""

from __future__ import annotations

from typing import Any

import orjson

from flakecore.pprof import call_totals, grand_total
from flakecore.report.profile.profile_request import ProfileRequest, ProfileShown
from flakecore.report.profile.profile_text import listed_lines, node_rows, rows_shown

SCHEMA = "flaketui.profile/1"


def profile_json(found: ProfileShown, request: ProfileRequest, pattern: str = "") -> bytes:
    """Return the rows of a profile, each with who called it and what it called.

    Raises:
        ProfileError: if a pattern is given and no row matches, or it is no regular expression.
    """
    nodes, totals = node_rows(found, request.granularity)
    calls = call_totals(found.profile.stacks, found.profile.stack_values(found.column), nodes)
    frames, functions = found.profile.stacks.frames, found.profile.stacks.functions
    rows = []
    for node in rows_shown(nodes, totals, request, pattern, most=0):
        frame = int(nodes.first[node])
        function = int(frames.function[frame])
        rows.append(
            {
                "name": nodes.names[node],
                "function": functions.names[function],
                "file": functions.files[function],
                "flat": int(totals.flat[node]),
                "cumulative": int(totals.cumulative[node]),
                "callers": [
                    {"name": nodes.names[calls.caller[each]], "value": int(calls.value[each])}
                    for each in calls.into(node)
                ],
                "callees": [
                    {"name": nodes.names[calls.callee[each]], "value": int(calls.value[each])}
                    for each in calls.out_of(node)
                ],
            }
        )
    return _encoded(found, {"rows": rows})


def lines_json(found: ProfileShown, pattern: str) -> bytes:
    """Return the lines of functions that match, each with what it is charged."""
    listed = [
        {
            "function": function,
            "file": file,
            "lines": [
                {"line": line, "flat": flat, "cumulative": cumulative}
                for line, flat, cumulative in rows
            ],
        }
        for function, file, rows in listed_lines(found, pattern)
    ]
    return _encoded(found, {"functions": listed})


def _encoded(found: ProfileShown, what: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {
            "schema": SCHEMA,
            "profile": found.name,
            "measure": found.measure,
            "unit": found.unit,
            "total": grand_total(found.whole, found.column),
            "duration_ns": found.profile.duration_ns,
            **what,
            "losses": [str(loss) for loss in found.losses],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )
