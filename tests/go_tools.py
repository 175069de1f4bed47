"""Go's own tools, run without the go command, which takes longer to find one than most of them run.

``go tool trace`` takes 0.16 s of processor time with Go 1.27.3, and the tool itself 0.01 s.
"""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

from toolchains import NEWEST, go_environment, go_toolchain

NO_DEBUG_INFO = "-ldflags=-w"
"""For a binary that is kept. The go command leaves it out of a test binary that is not; what it
writes takes a quarter of the 0.43 s of processor time of a small package's run with Go 1.27.3."""


def go_tool(name: str, release: str = NEWEST) -> Path:
    """Return the executable of ``go tool NAME``, which a process asks the go command for once."""
    return _executable(name, go_toolchain(release), release)


@functools.cache
def _executable(name: str, go: Path, release: str) -> Path:
    environment = go_environment(release)
    said = subprocess.run(
        [go, "tool", "-n", name], env=environment, capture_output=True, text=True, check=True
    )
    executable = Path(said.stdout.strip())
    if not executable.exists():
        # Since Go 1.25 it is built when it is first asked for.
        subprocess.run([go, "tool", name, "-h"], env=environment, capture_output=True, check=False)
    return executable
