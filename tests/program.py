"""The installed program, run as a person runs it."""

from __future__ import annotations

import contextlib
import importlib.resources
import io
import os
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from flaketui.cli import main

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


def call_program(
    *arguments: str | Path, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program in this process, with neither a terminal nor the cost of starting a Python.

    What a process has of its own is not to be seen here: descriptors, signals, how it starts.
    """
    words = [str(each) for each in arguments]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with (
        contextlib.chdir(cwd or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            code = main(words)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
    for stream in (out, err):
        stream.seek(0)
    return subprocess.CompletedProcess(words, code, out.read(), err.read())
