"""Builds the standard library with what was put into it, before any test is built with it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PACKAGES = ("testing", "testing/internal/testdeps")
"""Those that every test binary has; they import all that was changed."""
_SOON_S = 2
"""Within this it comes from Go's build cache: 0.3 s with Go 1.27.3 on two processors."""
_NOTE = (
    "flaketui: the standard library is compiled once more, to know who holds which lock: about"
    " half a minute of processor time, and then it is in Go's cache (--no-objects goes without)\n"
)


def why_not_built(
    go: str,
    overlay: Path,
    cwd: Path,
    flags: Sequence[str],
    note: Callable[[str], None],
    variables: Mapping[str, str],
) -> str:
    """Return why the standard library cannot be built with an overlay, empty if it can.

    Args:
        go: the executable.
        overlay: the file to name to ``-overlay``.
        cwd: the folder to build in.
        flags: further flags of `go build`.
        note: called with a word that it takes long, where it does.
        variables: what it runs with besides this process's own environment.
    """
    command = [go, "build", f"-overlay={overlay}", *flags, *_PACKAGES]
    try:
        with subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        ) as build:
            try:
                _, output = build.communicate(timeout=_SOON_S)
            except subprocess.TimeoutExpired:
                note(_NOTE)
                _, output = build.communicate()
    except OSError as error:
        return f"{go} cannot be run ({error.strerror})"
    if build.returncode == 0:
        return ""
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith("#")]
    return f"this Go's standard library does not build with it ({''.join(lines[:1])})"
