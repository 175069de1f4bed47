"""``flaketui runs`` as it is run."""

from __future__ import annotations

import json

from program import SAMPLE, call_program


def test_several_bundles_count_together() -> None:
    found = call_program("runs", str(SAMPLE), str(SAMPLE))
    assert found.returncode == 0
    assert found.stdout.startswith("2 runs; failed: 2 of 2, 100.0 % (95 %: 34.2 to 100.0 %)\n")


def test_it_prints_json() -> None:
    report = json.loads(call_program("runs", str(SAMPLE), "--format", "json").stdout)
    assert [run["passed"] for run in report["runs"]] == [False]
    assert len(report["failures"]) == 4
