"""``flaketui features`` as it is run."""

from __future__ import annotations

import json
from pathlib import Path

from program import SAMPLE, call_program


def test_it_prints_the_run_first() -> None:
    found = call_program("features", str(SAMPLE))
    assert found.returncode == 0
    assert found.stdout.splitlines()[2].split()[0] == "goroutine_count_variance"


def test_it_writes_a_file(tmp_path: Path) -> None:
    file = tmp_path / "features.json"
    found = call_program("features", str(SAMPLE), "--format", "json", "-o", str(file))
    assert (found.returncode, found.stdout) == (0, "")
    assert json.loads(file.read_bytes())["schema"] == "flaketui.features/1"


def test_parquet_goes_to_a_file_only() -> None:
    found = call_program("features", str(SAMPLE), "--format", "parquet")
    assert found.returncode == 2
    assert found.stderr == "flaketui: Parquet is no text; name a file with -o FILE\n"
