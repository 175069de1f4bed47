"""The installed program, run as a person runs it."""

from __future__ import annotations

import importlib.resources
import os
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

PROGRAM = Path(
    os.environ.get("FLAKETUI_TEST_PROGRAM") or Path(sysconfig.get_path("scripts")) / "flaketui"
)
"""The command that installing the distribution puts beside this Python, or one installed elsewhere
that the environment names."""

SAMPLE = Path(str(importlib.resources.files("flaketui") / "sample" / "demo.zip"))
"""The bundle that ships with the program."""

PATIENCE_S = 120.0
"""Seconds to wait for what must come: far more than it takes, on a busy machine too."""


def run_program(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdout: int = subprocess.PIPE,
) -> subprocess.CompletedProcess[str]:
    """Run the program with no terminal and nothing to read, and return how it ended."""
    return subprocess.run(
        [PROGRAM, *arguments],
        cwd=cwd,
        env=os.environ | dict(env or {}),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
