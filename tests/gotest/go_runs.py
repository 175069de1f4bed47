"""Runs of the small Go modules under testdata, cached on disk."""

from __future__ import annotations

import subprocess
from pathlib import Path

from capture_cache import Recipe, cached_capture, once_a_process
from flakecore.gotest import Line, Lines, PackageRun, TestLog, read_json, read_text
from go_binaries import RUNNER, run_binary, test_binary
from go_tools import go_tool
from toolchains import NEWEST, go_environment, go_toolchain

TESTDATA = Path(__file__).parent / "testdata"
CRASHES = TESTDATA / "crashes"
RELEASES = ("1.22.10", "1.25.5", NEWEST)
"""Before and after build-output events (1.24) and OutputType (1.27)."""


@once_a_process
def go_test(release: str, module: str, *arguments: str, runs: int = 1) -> bytes:
    """Return what ``go test -json`` writes on stdout and stderr, both in one stream."""
    return go_plain(release, module, "-json", *arguments, runs=runs)


@once_a_process
def go_plain(
    release: str, module: str, *arguments: str, packages: str = ".", runs: int = 1
) -> bytes:
    """Return what ``go test`` writes on stdout and stderr, both in one stream.

    Of several ``runs`` it is the output of the last, which Go may replay from its test cache.
    """
    go = go_toolchain(release)

    def run(folder: Path) -> None:
        for _ in range(runs):
            with (folder / "output").open("wb") as output:
                subprocess.run(
                    [go, "test", *arguments, packages],
                    cwd=TESTDATA / module,
                    env=go_environment(release, race="-race" in arguments),
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=300,
                    check=False,
                )

    recipe = Recipe(
        f"output-{module}-{release}", (TESTDATA / module,), (go, arguments, packages, runs)
    )
    return (cached_capture(recipe, run) / "output").read_bytes()


def died(release: str, test: str, **environment: str) -> PackageRun:
    """Return the run of one test of the module ``crashes`` without ``go test`` around it."""
    said = subprocess.run(
        [test_binary(release, CRASHES), "-test.v", f"-test.run=^{test}$"],
        env=go_environment(release) | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    ).stdout
    (run,) = read_text(said, name="test.log").packages
    return run


def as_events(release: str, text: bytes) -> bytes:
    """Return what Go's own converter makes of plain output of one package."""
    command: list[str | Path] = [go_tool("test2json", release), "-p", "example.com/x"]
    return subprocess.run(
        command, input=text, env=go_environment(release), capture_output=True, check=True
    ).stdout


def read(release: str, module: str, *arguments: str, runs: int = 1) -> TestLog:
    """Return the log of one run."""
    return read_json(go_test(release, module, *arguments, runs=runs), name="test.json")


def package(release: str, module: str, *arguments: str, runs: int = 1) -> PackageRun:
    """Return the one package run of one run, which must be read without loss."""
    log = read(release, module, *arguments, runs=runs)
    assert log.losses == ()
    (run,) = (run for run in log.packages if run.package)
    return run


@once_a_process
def crashed(release: str, test: str, *flags: str) -> PackageRun:
    """Return the run of one test of the module ``crashes``, which must be read without loss."""

    def run(folder: Path) -> None:
        run_binary(release, CRASHES, folder / "output", f"-run=^{test}$", *flags)

    recipe = Recipe(f"crash-{test}-{release}", (CRASHES, RUNNER), (go_toolchain(release), flags))
    log = read_json((cached_capture(recipe, run) / "output").read_bytes(), name="test.json")
    assert log.losses == ()
    (found,) = log.packages
    return found


def as_lines(*texts: str, test: int = 0) -> Lines:
    """Return lines of one test with the given texts."""
    return Lines.of(Line(at, None, test, text, "") for at, text in enumerate(texts))
