"""Where results go: not over what they are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from program import SAMPLE, run_program


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "B", "--format", "csv", "-o", "B"),
        ("export", "B", "--format", "csv", "-o", "linked.zip"),
        ("features", "B", "--format", "csv", "-o", "B"),
        ("profile", "B", "-o", "B"),
        ("sql", "B", "SELECT 1", "-o", "B"),
        ("report", "B", "--write-baseline", "--baseline", "B"),
    ],
)
@pytest.mark.slow
def test_a_bundle_is_not_replaced_by_what_is_made_of_it(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(SAMPLE.read_bytes())
    (tmp_path / "linked.zip").symlink_to(bundle)
    done = run_program(*("bundle.zip" if each == "B" else each for each in arguments), cwd=tmp_path)
    assert done.returncode == 2
    option = "--baseline" if arguments[0] == "report" else "-o"
    assert done.stderr.endswith(
        f".zip is what is read; it would be replaced; name another file with {option}\n"
    )
    assert bundle.read_bytes() == SAMPLE.read_bytes()
