"""Runs of the small Go modules under testdata, each made once per session."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path

from flakecore.gotest import Line, Lines, PackageRun, TestLog, read_json, read_text
from toolchains import go_environment, go_toolchain

TESTDATA = Path(__file__).parent / "testdata"
RELEASES = ("1.22.10", "1.25.5", "1.27.3")
"""Before and after build-output events (1.24) and OutputType (1.27)."""


@functools.cache
def go_test(release: str, module: str, *arguments: str) -> bytes:
    """Return what ``go test -json`` writes on stdout and stderr, both in one stream."""
    return go_plain(release, module, "-json", *arguments)


@functools.cache
def go_plain(release: str, module: str, *arguments: str, packages: str = ".") -> bytes:
    """Return what ``go test`` writes on stdout and stderr, both in one stream."""
    command = [str(go_toolchain(release)), "test", *arguments, packages]
    return subprocess.run(
        command,
        cwd=TESTDATA / module,
        env=go_environment(release, race="-race" in arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    ).stdout


@functools.cache
def test_binary(release: str, module: str) -> Path:
    """Return the test binary of a module, which lives as long as the session."""
    path = Path(_binaries().name) / f"{module}-{release}.test"
    command = [str(go_toolchain(release)), "test", "-c", "-o", str(path), "."]
    subprocess.run(command, cwd=TESTDATA / module, env=go_environment(release), check=True)
    return path


@functools.cache
def _binaries() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="flaketui-binaries-")


def died(release: str, test: str, **environment: str) -> PackageRun:
    """Return the run of one test of the module ``crashes`` without ``go test`` around it."""
    said = subprocess.run(
        [test_binary(release, "crashes"), "-test.v", f"-test.run=^{test}$"],
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
    command = [str(go_toolchain(release)), "tool", "test2json", "-p", "example.com/x"]
    return subprocess.run(
        command, input=text, env=go_environment(release), capture_output=True, check=True
    ).stdout


def read(release: str, module: str, *arguments: str) -> TestLog:
    """Return the log of one run."""
    return read_json(go_test(release, module, *arguments), name="test.json")


def package(release: str, module: str, *arguments: str) -> PackageRun:
    """Return the one package run of one run, which must be read without loss."""
    log = read(release, module, *arguments)
    assert log.losses == ()
    (run,) = (run for run in log.packages if run.package)
    return run


def crashed(release: str, test: str, *arguments: str) -> PackageRun:
    """Return the run of one test of the module ``crashes``."""
    return package(release, "crashes", "-run", f"^{test}$", *arguments)


def as_lines(*texts: str, test: int = 0) -> Lines:
    """Return lines of one test with the given texts."""
    return Lines.of(Line(at, None, test, text, "") for at, text in enumerate(texts))
