"""The bundle is written whatever the streams of the program itself are."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from collect.running import make_module
from program import PATIENCE_S, PROGRAM
from toolchains import NEWEST, go_toolchain

SOURCE = """package uni

import (
	"fmt"
	"testing"
)

func TestGrüße(t *testing.T) { fmt.Println("grüße 漢字 ✓"); t.Error("✗ böse") }
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_module(
        tmp_path_factory.mktemp("uni") / "src", "example.com/uni", {"uni_test.go": SOURCE}
    )


@pytest.mark.parametrize(
    ("redirection", "env", "shown"),
    [
        (">&-", {}, ""),
        (">&- 2>&-", {}, ""),
        (">/dev/full", {}, ""),
        (">/dev/full 2>/dev/full", {}, ""),
        (">shown", {"PYTHONIOENCODING": "ascii"}, "gr??e ?? ?"),
        (">shown", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "gr"),
    ],
    ids=lambda value: str(value) or "as it is",
)
@pytest.mark.slow
def test_a_stream_that_cannot_be_written_costs_no_bundle(
    redirection: str, env: dict[str, str], shown: str, module: Path, tmp_path: Path
) -> None:
    bundle = tmp_path / "x.zip"
    redirected = redirection.replace("shown", f"{tmp_path}/shown")
    ended = subprocess.run(
        [
            *(
                "sh",
                "-c",
                f'cd "$0"; exec "$@" {redirected}',
            ),
            *(module, PROGRAM, "collect", "--no-race", "--go", go_toolchain(NEWEST), "-o", bundle),
        ],
        env=os.environ | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr.decode()
    assert b"Traceback" not in ended.stderr
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        assert any(name.endswith("trace.out") for name in archive.namelist())
        output = next(name for name in archive.namelist() if name.endswith("test.json"))
        assert "grüße 漢字 ✓".encode() in archive.read(output)
    if shown:
        assert shown.encode() in (tmp_path / "shown").read_bytes()
