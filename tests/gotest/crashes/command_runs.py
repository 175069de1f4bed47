"""What small commands under testdata print, cached on disk."""

from __future__ import annotations

import subprocess
from pathlib import Path

from capture_cache import Recipe, cached_capture, once_a_process
from gotest.go_runs import TESTDATA
from toolchains import go_environment, go_toolchain


@once_a_process
def printed(release: str, command: str, *arguments: object, **environment: str) -> bytes:
    """Return what a command printed to stdout.

    Args:
        release: of Go.
        command: its folder under testdata.
        arguments: those of the command.
        environment: variables beside those of the tests.
    """
    go, source = go_toolchain(release), TESTDATA / command

    def run(folder: Path) -> None:
        with (folder / "output").open("wb") as output:
            subprocess.run(
                [go, "run", ".", *map(str, arguments)],
                cwd=source,
                env=go_environment(release) | environment,
                stdout=output,
                check=True,
            )

    recipe = Recipe(f"printed-{command}-{release}", (source,), (go, arguments, environment))
    return (cached_capture(recipe, run) / "output").read_bytes()
