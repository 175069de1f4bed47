"""Pages are written while a thousand goroutines lock, send and end."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect.running import collected, make_module
from toolchains import NEWEST, go_toolchain

PROGRAM = Path(__file__).with_name("stress_test.go.txt")


@pytest.mark.slow
@pytest.mark.parametrize("race", [False, True])
@pytest.mark.parametrize("version", [pytest.param("1.21.13", marks=pytest.mark.slow), NEWEST])
def test_a_hundred_pages_harm_nobody_and_name_no_wrong_holder(
    version: str, race: bool, tmp_path: Path
) -> None:
    package = "internal/sync" if version == NEWEST else "sync"
    program = PROGRAM.read_text().replace("LAYOUT_OF_MUTEX", f"{package}.flaketuiLayoutOfMutex")
    # A function without a body needs a package that has assembly.
    files = {"x_test.go": program, "x.go": "package stress\n", "x.s": ""}
    module = make_module(tmp_path / "module", "example.com/stress", files)
    run = collected(module, tmp_path / "x.zip", go=go_toolchain(version), race=race, timeout="120s")
    assert run.result.exit_code == 0, run.shown[-4000:]
    assert "verified " in run.shown
