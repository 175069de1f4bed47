from __future__ import annotations

import orjson

from flakecore.report.profile.profile_json import lines_json, profile_json
from flakecore.report.profile.profile_request import ProfileRequest, profile_shown
from pprof.profiles import profile
from toolchains import NEWEST


def test_rows_add_up_and_tell_callers_and_callees() -> None:
    ours = profile(NEWEST, "cpu")
    request = ProfileRequest("cpu", node_fraction=0)
    told = orjson.loads(profile_json(profile_shown(ours, request), request))
    assert (told["schema"], told["measure"], told["unit"]) == (
        *("flaketui.profile/1", "cpu", "nanoseconds"),
    )
    assert sum(row["flat"] for row in told["rows"]) == told["total"] == ours.values[:, 1].sum()
    names = {row["name"]: row for row in told["rows"]}
    for row in told["rows"]:
        for caller in row["callers"]:
            back = {each["name"]: each["value"] for each in names[caller["name"]]["callees"]}
            assert back[row["name"]] == caller["value"]
    (only,) = orjson.loads(profile_json(profile_shown(ours, request), request, r"work\.burn$"))[
        "rows"
    ]
    assert only["name"] == "example.com/work.burn"


def test_lines_are_told_by_function_and_file() -> None:
    found = profile_shown(profile(NEWEST, "mem"), ProfileRequest("mem"))
    (listed,) = orjson.loads(lines_json(found, r"work\.allocate$"))["functions"]
    assert listed["file"].endswith("work_test.go")
    assert [set(line) for line in listed["lines"]] == [{"line", "flat", "cumulative"}]
