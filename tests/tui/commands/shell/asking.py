"""What shells are asked to complete, and how."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ASKED = [
    (("rep",), ["report"]),
    (("co",), ["collect", "compare", "completion"]),
    (("--ver",), ["--version"]),
    (("report", "--fo"), ["--format"]),
    (("report", "--format", "j"), ["json", "junit"]),
    (("export", "--table", "co"), ["collections"]),
    (("completion", "f"), ["fish"]),
    (("collect", "-sh"), ["-short", "-shuffle"]),
    (("bundle.zip", "--only-t"), ["--only-test"]),
    (("report", "bun"), ["bundle.zip"]),
    (("report", "--baseline", "bun"), ["bundle.zip"]),
    (("collect", "--out-dir", "fol"), ["folder"]),
    (("events", "--type", "x"), []),
    (("man", "--nothing"), []),
]
"""The words behind ``flaketui``, the last of them unfinished, and what it may become."""


def folder_of_two(folder: Path) -> Path:
    """Put a file and a folder that words may name into a folder."""
    (folder / "bundle.zip").touch()
    (folder / "folder").mkdir()
    return folder


def answer(command: list[str], cwd: Path, *, said: str = "") -> list[str]:
    """Return the lines that a command prints; it has nothing to complain of."""
    done = subprocess.run(
        command, cwd=cwd, input=said, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def needs(shell: str) -> pytest.MarkDecorator:
    """Return the mark of a test that runs a shell which may not be here."""
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not here")
