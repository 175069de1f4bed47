"""Test binaries of the small Go modules that tests read: built once, run for one test at a time.

``go test`` builds and links for each run. Where many runs of one package differ by ``-run`` alone,
its binary is built once. Each run is then turned into events as ``go test -json`` does it: by Go's
own converter, which also gets the lines that the go command prints behind the binary's own
(``runTestActor.Act`` in ``cmd/go/internal/test/test.go``).
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from capture_cache import Recipe, cached_capture, once_a_process
from go_tools import NO_DEBUG_INFO, go_tool
from toolchains import go_environment, go_toolchain

RUNNER = Path(__file__)
"""A source of each capture that is made by ``run_binary``."""


@once_a_process
def test_binary(release: str, module: Path) -> Path:
    """Return the test binary of the package in a module's folder."""
    go = go_toolchain(release)

    def build(folder: Path) -> None:
        subprocess.run(
            [go, "test", "-c", "-vet=off", NO_DEBUG_INFO, "-o", folder / "binary.test", "."],
            cwd=module,
            env=go_environment(release),
            check=True,
        )

    recipe = Recipe(f"binary-{module.name}-{release}", (module,), (go,))
    return cached_capture(recipe, build) / "binary.test"


def run_binary(release: str, module: Path, output: Path, *flags: str) -> int:
    """Run a module's test binary, write its events as JSON, and return the exit code.

    Args:
        release: the Go release.
        module: the folder of the module; its package at the top is run.
        output: the file to write.
        flags: as ``go test`` takes them, each with one dash.
    """
    path = (module / "go.mod").read_text().split()[1]
    own = [f"-test.{flag.removeprefix('-')}" for flag in flags]
    environment = go_environment(release)
    with (
        output.open("wb") as events,
        subprocess.Popen(
            [go_tool("test2json", release), "-t", "-p", path],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=events,
        ) as converter,
    ):
        assert converter.stdin is not None
        code = subprocess.run(
            [test_binary(release, module), "-test.paniconexit0", "-test.v=test2json", *own],
            cwd=module,
            env=environment,
            stdout=converter.stdin,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        ).returncode
        end = f"\x16FAIL\t{path}\t0.01s\n" if code else f"ok  \t{path}\t0.01s\n"
        converter.stdin.write(end.encode())
    return code
