"""``flaketui scan`` as it is run."""

from __future__ import annotations

from pathlib import Path

from fleet.bundles import plain_run
from program import call_program


def test_it_says_what_became_of_the_bundles(tmp_path: Path) -> None:
    plain_run(tmp_path / "in" / "a.txt", failed=True)
    (tmp_path / "in" / "b.zip").write_bytes(b"PK\x03\x04" + b"x" * 99)
    found = call_program(
        "scan", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--workers", "1"
    )
    assert (found.returncode, found.stderr) == (0, "")
    first, second, *_ = found.stdout.splitlines()
    assert first.startswith("1 bundle read in ")
    assert second == "  1 that cannot be read, which the table has as rows:"


def test_without_a_bundle_there_is_nothing_to_do(tmp_path: Path) -> None:
    found = call_program("scan", str(tmp_path), "-o", str(tmp_path / "out"))
    assert found.returncode == 2
    assert found.stderr.startswith(f"flaketui: there is no bundle in {tmp_path}; ")


def test_a_name_with_a_newline_makes_no_line_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a\n::error::b.zip").write_bytes(b"PK\x03\x04" + b"x" * 99)
    found = call_program(
        "scan", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--workers", "1"
    )
    assert found.returncode == 0
    assert not any(line.startswith("::") for line in found.stdout.splitlines())
